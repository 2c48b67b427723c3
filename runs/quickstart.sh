#!/usr/bin/env bash
# Installs what is missing, builds hypoco in build/ and runs its main job:
# the decay of the kinetic equation to its steady
# state in the underdamped case of the theorem, next to the rate that theory gives.
# Works again, fast, from any folder.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../cmake/prepare.sh"

install_missing build
build "$root/build"

experiment=theorem31-underdamped
results=$root/results
mkdir -p "$results" || fail "cannot write to $results"
export OMP_NUM_THREADS=1
say "hypoco solve runs/$experiment.yaml"
"$root/build/hypoco" solve "$root/runs/$experiment.yaml" -output "$results/$experiment.h5" \
  -json "$results/$experiment.json"
"$root/build/hypoco" plot "$results/$experiment.h5" -format png >/dev/null

say "results: in $results, $experiment.h5 (time series, snapshots)," \
  "$experiment.json (summary) and pictures:"
ls "$results/$experiment"-*.png
say "next: $root/build/hypoco solve $root/runs/perturbed.yaml, or another of $root/runs"
