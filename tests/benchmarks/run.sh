#!/usr/bin/env bash
# Measures hypoco on this machine and prints ratios taken in one run;
# the numbers go to build-benchmarks/results.json.
#
#   bash tests/benchmarks/run.sh [PART ...]
#   parts: rhs scaling startup references spectra paths two-dimensional; none named: all
#   of them by default
#
# Every figure is a median. Run it on a machine that does nothing else:
# what is compared alternates, but a program that
# shares the memory bus slows the stencil and the triad by different factors.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/prepare.sh"

install_missing build benchmark
folder="$root/build-benchmarks"
here="$root/tests/benchmarks"
python=/usr/bin/python3 # the distribution's, which has numpy, scipy and h5py
cmake -S "$here" -B "$folder" >"$folder.log" 2>&1 || { cat "$folder.log" >&2; exit 1; }
cmake --build "$folder" --parallel "$(env -u OMP_NUM_THREADS nproc)" >>"$folder.log" 2>&1 ||
  { cat "$folder.log" >&2; exit 1; }
mv "$folder.log" "$folder/build.log"

export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
  OMPI_MCA_rmaps_base_oversubscribe=1
rows="$folder/rows.jsonl"
: >"$rows"

on() { # on RANKS command...
  mpiexec -n "$1" "${@:2}" | tee -a "$rows"
}

collect() {
  { echo '['; sed '$!s/$/,/' "$rows"; echo ']'; } >"$folder/results.json"
}

rhs() {
  echo "# One right-hand side -T + L + R against the triad of as many elements"
  for ranks in 1 2; do
    for eps in none separable coupled; do on $ranks "$folder/rhs" -d 1 -n 2048 -eps $eps; done
    for eps in none separable product1 coupled product3 product4 full; do
      on $ranks "$folder/rhs" -d 2 -n 64 -eps $eps -samples 5
    done
  done
}

scaling() {
  echo "# Time an unknown as the problem grows; the same problem on 1, 2 and 4 ranks;" \
    "the same load on every rank"
  for n in 316 632 1264 2528 4096; do on 1 "$folder/rhs" -d 1 -n $n; done
  for n in 18 32 48 64; do on 1 "$folder/rhs" -d 2 -n $n -samples 5; done
  for ranks in 1 2 4; do on $ranks "$folder/rhs" -d 1 -n 2048; done
  on 1 "$folder/rhs" -d 1 -n 1448
  on 2 "$folder/rhs" -d 1 -n 2048
  echo "# Messages between two ranks, and what they and the time an unknown say about many"
  on 2 "$folder/message"
  collect
  python3 "$here/model.py" "$folder/results.json"
  python3 "$here/model.py" "$folder/results.json" --latency 2 --bandwidth 10
}

startup() {
  echo "# Whole processes, wall clock"
  "$python" "$here/startup.py" "$folder/hypoco/hypoco" | tee -a "$rows"
}

references() {
  echo "# Case B3 by hypoco, by three programs in numpy and scipy, and by SUNDIALS"
  local sundials=()
  [ -x "$folder/sundials" ] && sundials=(--sundials "$folder/sundials") # not without its library
  "$python" "$here/references.py" "$folder/hypoco/hypoco" "${sundials[@]}" \
    --json "$folder/references.json"
}

spectra() {
  echo "# Six eigenvalues at two resolutions by hypoco, at one by scipy"
  "$python" "$here/spectrum.py" "$folder/hypoco/hypoco"
  echo "# Processor time of a sweep's cases beyond the first"
  "$python" "$here/sweep.py" "$folder/hypoco/hypoco"
  echo "# Six eigenvalues in d = 3 at degree 12, and at degree 8"
  time "$folder/hypoco/hypoco" spectrum "$here/d3-12.yaml" | grep -A 7 ^spectrum
}

paths() {
  echo "# ASGD on a scalar quadratic, one core, the aim is 5e7: path-steps per second, five runs"
  "$folder/sampler"
  for _ in 1 2 3 4 5; do
    "$folder/hypoco/hypoco" sample "$root/runs/sample-speed.yaml" | grep path-steps
  done | sort -g
}

two-dimensional() {
  echo "# d = 2, 64^4 unknowns: ||h||^2 at T = 2 is 1.16146 exactly"
  for ranks in 1 2; do
    mpiexec -n $ranks "$folder/hypoco/hypoco" solve "$here/d2-64.yaml" \
      -json "$folder/d2-$ranks.json" | grep -E "\|\|h\|\|\^2|^time"
  done
}

[ $# -gt 0 ] || set -- rhs scaling startup references spectra paths two-dimensional
for part in "$@"; do
  declare -F "$part" >/dev/null ||
    { echo "run.sh: no part is called $part; rhs, scaling, startup, references, spectra, paths," \
        "two-dimensional exist" >&2; exit 2; }
  "$part"
done
collect
echo "results: $folder/results.json"
