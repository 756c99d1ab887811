#!/usr/bin/env bash
# Measures Callboard against the bare databases: builds it optimised, starts a
# durable PostgreSQL of its own, and prints ratios with their targets beside
# them (docs/performance.md says what they mean). Leave the machine alone
# meanwhile.
#   tests/bench/run.sh [--quick | --tiny]
# --quick takes under 5 minutes; --tiny only shows that all of it works.
# CALLBOARD_BUILD names another folder for the build, CALLBOARD_PROGRAM a
# program that is built already.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${CALLBOARD_BUILD:-$root/build/bench}
program=${CALLBOARD_PROGRAM:-$build/app/callboard}
export PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)"

if [ -z "${CALLBOARD_PROGRAM:-}" ]; then
  [ -f "$build/build.ninja" ] || cmake -S "$root" -B "$build" -G Ninja \
    -DCALLBOARD_TESTS=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo >&2
  cmake --build "$build" --target callboard -j "$(nproc)" >&2
fi

server=$(mktemp -d "${TMPDIR:-/tmp}/callboard-postgres.XXXXXX")
chmod 755 "$server"
trap '"$root/tests/support/postgres.sh" stop "$server"' EXIT
trap 'exit 130' INT TERM
url=$(CALLBOARD_POSTGRES_CONF="shared_preload_libraries = 'pg_stat_statements'
max_wal_size = 4GB
shared_buffers = 512MB
synchronous_commit = on
fsync = on" "$root/tests/support/postgres.sh" start "$server")

mkdir "$server/bench"
for each in statements bare_sqlite; do
  "${CXX:-c++}" -std=c++20 -O2 -I"$root" "$root/tests/bench/$each.cpp" \
    -o "$server/bench/$each" -lsqlite3
done
python3 "$root/tests/bench/yardstick.py" "$program" \
  "$server/bench/statements" "$server/bench/bare_sqlite" "$root" "$url" "$@"
