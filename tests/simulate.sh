#!/usr/bin/env bash
# A long run of the simulation: several nodes on one database in virtual time,
# everything that happens decided by a seed (tests/actors/simulation). Prints
# the log and a one-line reproducer of the first seed that breaks a promise.
#   tests/simulate.sh [SEEDS [FIRST]]     100,000 seeds from a random one on
# CALLBOARD_BUILD names another build folder than build/tests.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${CALLBOARD_BUILD:-$root/build/tests}
seeds=${1:-100000}
first=${2:-$((RANDOM * 32768 + RANDOM + 100000))}
jobs=$(nproc)

if ! [ -f "$build/build.ninja" ]; then
  "$root/cmake/install-packages.sh" test
  cmake -S "$root" -B "$build" -G Ninja -DCALLBOARD_TESTS=ON \
    -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1 -D_GLIBCXX_ASSERTIONS"
fi
cmake --build "$build" -j "$jobs" --target test_simulation

each=$(((seeds + jobs - 1) / jobs))
running=()
for ((i = 0; i < jobs; i++)); do
  CALLBOARD_FIRST_SEED=$((first + i * each)) CALLBOARD_SEEDS=$each \
    "$build/tests/actors/simulation/test_simulation" \
    "whatever goes wrong*" &
  running+=($!)
done
status=0
for one in "${running[@]}"; do
  wait "$one" || status=$?
done
exit "$status"
