#!/usr/bin/env bash
# Runs the fuzz targets under libFuzzer with ASan and UBSan: fuzz.sh [SECONDS [TARGET...]];
# 600 s each of expression, options,
# mesh, checkpoint, initial if nothing is said. The last line is the figure;
# an input that is a finding stays in build-fuzz/findings.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
jobs=$(env -u OMP_NUM_THREADS nproc)
build=${HYPOCO_FUZZ_BUILD:-$root/build-fuzz}
seconds=${1:-600}
[ $# -gt 1 ] && targets=("${@:2}") || targets=(expression options mesh checkpoint initial)
if ! command -v clang >/dev/null ||
  ! ls "$(clang -print-resource-dir)"/lib/linux/libclang_rt.fuzzer-* >/dev/null 2>&1; then
  echo "fuzz.sh: needs clang and its libFuzzer (Debian packages: clang libclang-rt-dev)" >&2
  exit 2
fi

# The empty list leaves signals to libFuzzer.
export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
  OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_opal_signal=
# A refusal leaves memory behind, as any error in PETSc does.
export ASAN_OPTIONS=detect_leaks=0
cmake -S "$root" -B "$build" -D CMAKE_C_COMPILER=clang \
  -D HYPOCO_SANITIZE=fuzzer-no-link,address,undefined -D CMAKE_BUILD_TYPE=RelWithDebInfo \
  -D HYPOCO_TESTS=ON >/dev/null
for target in "${targets[@]}"; do
  make -C "$build" --no-print-directory -j"$jobs" "fuzz-$target" >"$build/log" 2>&1 ||
    { tail -20 "$build/log"; exit 1; }
done

failed=0
for target in "${targets[@]}"; do
  folder=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)")
  mkdir -p "$folder/corpus" "$build/findings"
  cd "$folder"
  case $target in
  expression) split -l 1 "$here/expressions.txt" corpus/ ;;
  options) cp "$root"/runs/*.yaml corpus ;;
  mesh) cp "$root/meshes/graded-48.txt" "$here/narrow-mesh.txt" corpus ;;
  checkpoint)
    split -l 1 "$here/checkpoints.txt" corpus/
    "$build/tests/fuzz/checkpoint" -runs=1 2>/dev/null >&2 # leaves a good one
    cp fuzz.1 corpus/whole
    ;;
  initial)
    split -l 1 "$here/initials.txt" corpus/
    "$build/tests/fuzz/initial" -runs=1 2>/dev/null >&2 # leaves a good one
    cp fuzz.h5 corpus/whole
    ;;
  esac
  "$build/tests/fuzz/$target" corpus -max_total_time="$seconds" -timeout=20 -rss_limit_mb=8000 \
    -max_len=65536 -close_fd_mask=1 \
    -print_final_stats=1 -artifact_prefix="$build/findings/$target-" 2>&1 >/dev/null |
      grep -av "^hypoco: restart: " >log && found=0 || found=1
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' log)
  echo "$target: ${runs:-?} inputs in $seconds s, $found findings"
  [ "$found" = 0 ] || { failed=1; grep -v '^#' log | tail -40; }
  rm -rf "$folder"
done
exit $failed
