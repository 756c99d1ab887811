#!/usr/bin/env bash
# Installs what the tests need, builds, starts a PostgreSQL of its own, runs
# every test, and stops the server. Ends with ctest's summary.
#   tests/run.sh [CTEST OPTION...]     for example -R store or -L unit
# The build goes to build/tests; CALLBOARD_BUILD names another folder, and
# CALLBOARD_TARGETS the only targets to build.
# tests/sanitize.sh does the same under sanitizers.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${CALLBOARD_BUILD:-$root/build/tests}
jobs=$(nproc)

"$root/cmake/install-packages.sh" test

if ! [ -f "$build/build.ninja" ]; then
  # Asserts are on, and compiling takes 40 % less time than with -O2 -g.
  cmake -S "$root" -B "$build" -G Ninja -DCALLBOARD_TESTS=ON \
    -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1 -D_GLIBCXX_ASSERTIONS" \
    -DCALLBOARD_SANITIZE="${CALLBOARD_SANITIZE:-}"
fi
read -ra targets <<<"${CALLBOARD_TARGETS:-all}"
cmake --build "$build" -j "$jobs" --target "${targets[@]}"

server=$(mktemp -d "${TMPDIR:-/tmp}/callboard-postgres.XXXXXX")
chmod 755 "$server"
stop() { "$root/tests/support/postgres.sh" stop "$server"; }
trap stop EXIT
trap 'exit 130' INT TERM
CALLBOARD_TEST_POSTGRES=$("$root/tests/support/postgres.sh" start "$server")
export CALLBOARD_TEST_POSTGRES

status=0
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$jobs" "$@" \
  || status=$?
exit "$status"
