#!/usr/bin/env bash
# Installs what the tests need, and builds them; prints the build's folder.
#   tests/build.sh [TARGET...]         default: everything
# The build goes to build/tests; CALLBOARD_BUILD names another folder, and
# CALLBOARD_SANITIZE sanitizers (see tests/sanitize.sh).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${CALLBOARD_BUILD:-$root/build/tests}

"$root/cmake/install-packages.sh" test >&2
if ! [ -f "$build/build.ninja" ]; then
  # Asserts are on, and compiling takes 40 % less time than with -O2 -g.
  cmake -S "$root" -B "$build" -G Ninja -DCALLBOARD_TESTS=ON \
    -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1 -D_GLIBCXX_ASSERTIONS" \
    -DCALLBOARD_SANITIZE="${CALLBOARD_SANITIZE:-}" >&2
fi
if [ $# -gt 0 ]; then
  cmake --build "$build" -j "$(nproc)" --target "$@" >&2
else
  cmake --build "$build" -j "$(nproc)" >&2
fi
echo "$build"
