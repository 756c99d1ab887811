#!/usr/bin/env bash
# Measures Callboard against the bare databases: builds it optimised, starts a
# durable PostgreSQL of its own, and prints ratios with their targets beside
# them (docs/performance.md says what they mean). Leave the machine alone
# meanwhile.
#   tests/bench/run.sh [--quick | --tiny | --rivals]
# --quick takes under 5 minutes; --tiny only shows that all of it works.
# --rivals compares with other queues instead: graphile-worker, which npm
# installs into a temporary folder (CALLBOARD_RIVALS names one to keep it in),
# and the pattern of a transaction a job.
# CALLBOARD_BUILD names another folder for the build, CALLBOARD_PROGRAM a
# program that is built already.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${CALLBOARD_BUILD:-$root/build/bench}
program=${CALLBOARD_PROGRAM:-$build/app/callboard}
export PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)"

if [ "${1:-}" = --rivals ] && ! command -v npm >/dev/null; then
  echo "$0: --rivals needs npm and node: apt-get install npm" >&2
  exit 1
fi

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

if [ "${1:-}" = --rivals ]; then
  rivals=${CALLBOARD_RIVALS:-$server/rivals}
  if ! [ -d "$rivals/node_modules/graphile-worker" ]; then
    mkdir -p "$rivals"
    npm install --prefix "$rivals" --no-audit --no-fund --silent \
      graphile-worker@0.17.3 >&2
  fi
  python3 "$root/tests/bench/rivals.py" "$program" "$root" "$url" "$rivals"
  exit
fi

mkdir "$server/bench"
for each in statements bare_sqlite; do
  "${CXX:-c++}" -std=c++20 -O2 -I"$root" "$root/tests/bench/$each.cpp" \
    -o "$server/bench/$each" -lsqlite3
done
python3 "$root/tests/bench/yardstick.py" "$program" \
  "$server/bench/statements" "$server/bench/bare_sqlite" "$url" "$@"
