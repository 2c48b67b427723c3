# What bash offers after a beginning: completion.sh HYPOCO [COMPLETION, of another edition]
set -u
PATH=$(dirname "$1"):$PATH
source "${2:-$HYPOCO_SOURCE_DIR/src/program/completion.bash}"
failed=0

# offers EXPECTED WORD...: the last word is the one being typed
offers() {
  local expected=$1
  shift
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _hypoco
  [ "${COMPREPLY[*]}" = "$expected" ] ||
    { echo "'$*' offers '${COMPREPLY[*]}', expected '$expected'" >&2; failed=1; }
}

touch run.yaml run.h5 run.txt
offers "spectrum" hypoco spec
offers "-model_gamma" hypoco solve -model_g
offers "-epsilon_1 -epsilon_1_file" hypoco solve -epsilon_1
keys=$(COMP_WORDS=(hypoco verify -eps) COMP_CWORD=2; _hypoco; echo "${COMPREPLY[*]}")
for key in ${COMPREPLY[*]} $keys; do
  case $(hypoco verify "$key" 2>&1) in
  *"unknown option"*) echo "$key is offered and unknown" >&2; failed=1 ;;
  esac
done
offers "tensor simplex" hypoco solve -space_type ""
offers "phase" hypoco plot -what ph
offers "run.yaml" hypoco solve run
offers "run.h5" hypoco plot run
exit $failed
