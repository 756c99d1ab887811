#!/usr/bin/env bash
# Measures what a job costs on PostgreSQL while backlog, delayed jobs, dead
# letters, churn, queues, slots, nodes or args grow, on a durable server of its
# own, and draws a figure for each. Leave the machine alone meanwhile.
#   tests/bench/growth.sh FOLDER [--quick] [CURVE...]
# FOLDER takes the figures and their numbers, such as docs/figures. --quick only
# shows that all of it works. CALLBOARD_BUILD names another folder for the
# build, CALLBOARD_PROGRAM a program that is built already.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:?a folder for the figures}
shift
build=${CALLBOARD_BUILD:-$root/build/bench}
program=$(realpath -m "${CALLBOARD_PROGRAM:-$build/app/callboard}")
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
pg_stat_statements.track = top
max_wal_size = 8GB
shared_buffers = 512MB
synchronous_commit = on
fsync = on" "$root/tests/support/postgres.sh" start "$server")

PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/bench/growth.py" "$program" \
  "$url" "$folder" "$@"
