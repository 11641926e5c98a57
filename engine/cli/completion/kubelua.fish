# Completion of kubelua in fish, made by: kubelua completion fish

function __kubelua_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l lines ($words[1] completion words $words[2..] "$word" 2>/dev/null </dev/null)
    set -q lines[1]; or return
    set -l directive $lines[-1]
    set -e lines[-1]
    # The value of --flag=value is completed, and stands behind the flag again.
    set -l flag (string match -r -- '^-[^=]*=' $word)
    set -l value (string replace -- "$flag" '' $word)
    switch $directive
        case :8
            set lines (for ending in $lines; __fish_complete_suffix "$value" .$ending; end)
        case :16
            set lines (__fish_complete_directories "$value")
        case :0
            set -q lines[1]; or set lines (__fish_complete_path "$value")
    end
    printf '%s\n' "$flag"$lines
end

complete -c kubelua -f -a '(__kubelua_complete)'
complete -c kubectl-lua -f -a '(__kubelua_complete)'
