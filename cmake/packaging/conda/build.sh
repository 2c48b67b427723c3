#!/usr/bin/env bash
# Run by conda build, in the tree
set -euo pipefail
cmake -S . -B build -D CMAKE_BUILD_TYPE=Release -D HYPOCO_NATIVE=OFF \
  -D CMAKE_INSTALL_PREFIX="$PREFIX" \
  -D CMAKE_INSTALL_LIBDIR=lib -D CMAKE_PREFIX_PATH="$PREFIX"
cmake --build build --parallel "${CPU_COUNT:-2}"
cmake --install build
"$PYTHON" -m pip install --no-deps --no-build-isolation ./python
