#!/usr/bin/env bash
# Memory and arithmetic errors: memory.sh [--quick] [FOLDER] builds twice below FOLDER
# (build-memory in the tree), and runs
#   with ASan and UBSan:             one run of every kind, the tests of the groups unit and fuzz;
#   without --quick identities and faults too
#   for valgrind, without sanitizers: the same runs under -malloc_debug, -fp_trap and valgrind;
#   with --quick only two of them under valgrind
# valgrind 3.19 does not know every instruction of a new processor,
# so that build is for a plain one (HYPOCO_NATIVE=OFF).
# What is suppressed, and why: valgrind.supp here, cmake/leaks-of-mpi.supp.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
jobs=$(env -u OMP_NUM_THREADS nproc)
quick=
[ "${1:-}" = --quick ] && { quick=yes; shift; }
builds=${1:-$root/build-memory}
export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
  OMPI_MCA_btl_vader_single_copy_mechanism=none
failed=0

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
tensor='space: {type: tensor}
axis: {x: {type: TYPE, n: 11}, v: {type: fv, n: 10}}
time: {end: 1, output_interval: 0.25}'
echo "${tensor//TYPE/fv}" >fv.yaml
printf '%s\nepsilon: "0.2*sin(theta)"\n' "${tensor//TYPE/fourier}" >fourier.yaml
printf 'space: {degree: 6}\nepsilon: "0.2*sin(theta)"\ntime: {end: 1, output_interval: 0.25}\n' \
  >simplex.yaml
printf '%s\n' 'commands: sample, theory' 'sample: {model: asgd, paths: 50, steps: 20}' \
  'model: {learning_rate: 0.05, staleness: 0.5, noise: 0.1}' >sample.yaml
runs=(
  "solve fv.yaml -output a.h5 -json a.json -checkpoint_steps 1"
  "solve fv.yaml -output a.h5 -json a.json -restart auto"
  "solve fourier.yaml -ts_type arkimex"
  "solve simplex.yaml -ts_type rk -output b.h5 -checkpoint_steps 3"
  "steady fourier.yaml"
  "spectrum simplex.yaml"
  "sample sample.yaml -output s.h5"
  "theory sample.yaml"
)

# try NAME COMMAND...: what it wrote is shown if it failed
try() {
  local name=$1
  shift
  "$@" >out 2>&1 || { echo "$name: ${*:2}"; grep -aE '^==|error' out | head -60 || true; failed=1; }
}

build=$builds/sanitizers
cmake -S "$root" -B "$build" -D HYPOCO_TESTS=ON -D CMAKE_BUILD_TYPE=Debug -D CMAKE_C_FLAGS=-O1 \
  -D HYPOCO_SANITIZE=address,undefined >/dev/null
targets=(all)
[ -z "$quick" ] || mapfile -t targets < <(make -C "$build" --no-print-directory help |
  grep -oE 'hypoco-program|test-(unit|fuzz)-[-_a-z0-9]+')
make -C "$build" --no-print-directory -j"$jobs" "${targets[@]}" >log 2>&1 ||
  { tail -20 log; exit 1; }
export ASAN_OPTIONS=fast_unwind_on_malloc=0 \
  LSAN_OPTIONS=print_suppressions=0:suppressions=$root/cmake/leaks-of-mpi.supp
for run in "${runs[@]}"; do
  # shellcheck disable=SC2086
  try sanitizers "$build/hypoco" $run
done
groups='^(unit|fuzz|identities|faults)$'
[ -z "$quick" ] || groups='^(unit|fuzz)$'
ctest --test-dir "$build" -L "$groups" --output-on-failure >log 2>&1 || { tail -40 log; failed=1; }
tests=$(grep -oE '[0-9]+% tests passed.*' log)

build=$builds/valgrind
cmake -S "$root" -B "$build" -D HYPOCO_NATIVE=OFF -D CMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
make -C "$build" --no-print-directory -j"$jobs" hypoco-program >log 2>&1 ||
  { tail -20 log; exit 1; }
for run in "${runs[@]}"; do
  # shellcheck disable=SC2086
  try -malloc_debug "$build/hypoco" $run -malloc_debug -malloc_dump
  # -malloc_dump lists what was not freed; the error handler itself is freed after that
  if grep -E '^\[ *0\][0-9 ]* bytes' out | grep -v PetscPushErrorHandler; then
    echo "PETSc memory left: $run"; failed=1
  fi
  # shellcheck disable=SC2086
  try -fp_trap "$build/hypoco" $run -fp_trap
done
[ -z "$quick" ] || runs=("${runs[0]}" "${runs[3]}")
if command -v valgrind >/dev/null; then
  for run in "${runs[@]}"; do
    # shellcheck disable=SC2086
    try valgrind valgrind -q --error-exitcode=99 --suppressions="$here/valgrind.supp" \
      --leak-check=full --show-leak-kinds=definite \
      --errors-for-leak-kinds=definite --num-callers=30 "$build/hypoco" $run
  done
  valgrind="valgrind on ${#runs[@]} runs"
else
  valgrind="valgrind skipped, because it is not installed (Debian package: valgrind)"
fi
verdict=$([ $failed = 0 ] && echo nothing found || echo FAILED)
echo "memory: ASan and UBSan on 8 runs and $tests; -malloc_debug and -fp_trap on 8 runs;" \
  "$valgrind; $verdict"
exit $failed
