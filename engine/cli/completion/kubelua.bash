# Completion of kubelua in bash, made by: kubelua completion bash

_kubelua() {
  # The words up to the cursor. Bash has split them at = and : where nothing is
  # between; they are put together again.
  local words=() word rest=${COMP_LINE:0:COMP_POINT} n=0
  for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ $n -gt 0 && $rest != [[:space:]]* ]]; then
      words[n-1]+=$word
    else
      words[n]=$word n=$((n + 1))
    fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    rest=${rest#"$word"}
  done
  word=${words[n-1]}

  # What of the word stands before its last part is not to be repeated: that part
  # alone is what bash replaces.
  local flag= kept=${COMP_WORDS[COMP_CWORD]}
  [[ $kept != [=:] ]] || kept=
  kept=${word%"$kept"}
  [[ $word != -*=* ]] || flag=${word%%=*}=
  word=${word#"$flag"}

  local line lines=() directive
  while IFS= read -r line; do
    lines+=("$line")
  done < <("${COMP_WORDS[0]/#~/$HOME}" completion words "${words[@]:1}" 2>/dev/null </dev/null)
  n=${#lines[@]}
  [[ $n -gt 0 ]] || return
  directive=${lines[n-1]#:}
  unset "lines[n-1]"

  COMPREPLY=()
  if [[ $directive == 8 ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do
      COMPREPLY+=("$line")
    done < <(compgen -d -- "$word"; for line in "${lines[@]}"; do compgen -f -X "!*.$line" -- "$word"; done)
    return
  fi
  for line in "${lines[@]}"; do
    printf -v line %q "${line%%$'\t'*}"
    line=$flag$line
    COMPREPLY+=("${line#"$kept"}")
  done
  case $directive in
  0)
    [[ ${#COMPREPLY[@]} -eq 0 ]] || return
    line=-f
    ;;
  16) line=-d ;;
  *) return ;;
  esac
  compopt -o filenames 2>/dev/null
  while IFS= read -r rest; do
    COMPREPLY+=("$rest")
  done < <(compgen $line -- "$word")
}

complete -F _kubelua kubelua kubectl-lua
