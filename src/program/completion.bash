# Completion of hypoco's commands, options and choices in bash;
# everything comes from `hypoco --help` and `hypoco COMMAND --help`,
# and so from the table that the program checks options against.  To use it:
# source this file (installed: share/bash-completion/completions/hypoco, which bash finds)

_hypoco() {
  local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]} \
    before=${COMP_WORDS[COMP_CWORD - 1]} choices
  if [ "$COMP_CWORD" -eq 1 ]; then
    choices=$("$program" --help 2>/dev/null |
      awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')
    choices+=" --help --help-expressions --help-markdown --version"
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    return
  fi
  if [[ $before == -* ]]; then
    choices=$("$program" "$command" --help 2>/dev/null |
      awk -v key="$before" '$1 == key && $2 ~ /[|]/ { gsub("[|]", " ", $2); print $2 }')
    [ -n "$choices" ] && mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word") && return
  fi
  if [[ $word == -* ]]; then
    choices=$("$program" "$command" --help 2>/dev/null |
      awk '$1 ~ /^-[a-z]/ { gsub("#", "1", $1); print $1 }')
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    return
  fi
  compopt -o filenames 2>/dev/null
  case $command in
  plot | report | rerun)
    mapfile -t COMPREPLY < <(compgen -f -X '!*.h5' -- "$word"; compgen -d -- "$word") ;;
  *) mapfile -t COMPREPLY < <(compgen -f -X '!*.@(yaml|yml)' -- "$word"; compgen -d -- "$word") ;;
  esac
}
shopt -s extglob
complete -F _hypoco hypoco
