#!/usr/bin/env bash
# Measures how Callboard scales on this machine: processes on one PostgreSQL
# (started for it), idle nodes, performers at one node. Builds it optimised.
#   tests/bench/scaling.sh [--quick] [--idle]      --idle: only idle nodes
# CALLBOARD_BUILD names another folder for the build, CALLBOARD_PROGRAM and
# CALLBOARD_CROWD programs that are built already.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${CALLBOARD_BUILD:-$root/build/scaling}
program=${CALLBOARD_PROGRAM:-$build/app/callboard}
crowd=${CALLBOARD_CROWD:-$build/tests/bench/callboard_crowd}
export PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)"

if [ -z "${CALLBOARD_PROGRAM:-}" ]; then
  [ -f "$build/build.ninja" ] || cmake -S "$root" -B "$build" -G Ninja \
    -DCALLBOARD_TESTS=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo >&2
  cmake --build "$build" --target callboard callboard_crowd -j "$(nproc)" >&2
fi

server=$(mktemp -d "${TMPDIR:-/tmp}/callboard-postgres.XXXXXX")
chmod 755 "$server"
trap '"$root/tests/support/postgres.sh" stop "$server"' EXIT
trap 'exit 130' INT TERM
url=$(CALLBOARD_POSTGRES_CONF="shared_preload_libraries = 'pg_stat_statements'
max_wal_size = 4GB
shared_buffers = 512MB" "$root/tests/support/postgres.sh" start "$server")
python3 "$root/tests/bench/scaling.py" "$program" "$crowd" "$url" "$@"
