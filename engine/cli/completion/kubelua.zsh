#compdef kubelua kubectl-lua
# Completion of kubelua in zsh, made by: kubelua completion zsh

_kubelua() {
  local -a lines offered
  local line
  lines=("${(@f)$("${(Q)~words[1]}" completion words "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  local directive=${lines[-1]#:}
  lines[-1]=()
  [[ $PREFIX != -*=* ]] || compset -P '*='
  if [[ $directive == 8 ]]; then
    _files -g "*.(${(j:|:)lines})"
    return
  fi
  for line in $lines; do
    offered+=("${${line%%$'\t'*}//:/\\:}${${(M)line%$'\t'*}/$'\t'/:}")
  done
  if (( $#offered )); then
    _describe -V kubelua offered
    return
  fi
  case $directive in
    0) _files ;;
    16) _files -/ ;;
  esac
}

# In a folder of functions this file is the function; else it has been sourced.
if [[ $funcstack[1] == _kubelua ]]; then
  _kubelua "$@"
else
  compdef _kubelua kubelua kubectl-lua
fi
