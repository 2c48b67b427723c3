#!/usr/bin/env bash
# Installs what is missing, builds hypoco and its tests in build-tests/ with warnings as errors,
# and runs every test.
# Arguments go to CTest: `bash tests/run.sh -L unit` runs one group,
# `-R name` the tests of that name.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../cmake/prepare.sh"

install_missing build test
build "$root/build-tests" -D HYPOCO_TESTS=ON -D HYPOCO_WERROR=ON
ctest --test-dir "$root/build-tests" --output-on-failure --no-tests=error \
  --parallel "$(env -u OMP_NUM_THREADS nproc)" "$@"
