#!/usr/bin/env bash
# The chaos test: several real daemons on a database of the test's own, and
# performers that are linked to them over TLS, while nodes and performers are
# killed, stopped, poisoned, deployed and cut off, their links are partitioned,
# and the database server is restarted; then every job must have been performed
# to its end, each outcome accepted once, and each repeated performance explained
# by a fault. Prints a report; the exit code is 1 when a promise was broken, and
# then all that was written is kept.
#   tests/chaos.sh             about a minute and a half, PostgreSQL
#   tests/chaos.sh --long      22 minutes, 700 faults
#   tests/chaos.sh --sqlite    several processes on one SQLite file, no performers
# Options:
#   --seed N       repeats a schedule of faults and jobs
#   --minutes N    how long faults come
#   --faults N     how many
#   --nodes N      how many daemons (default: 3)
#   --performers N how many of them (default: 3)
#   --rate N       about so many jobs a second (default: 80)
#   --kinds A,B    only these faults, such as kill,link_partition
#   --json         one JSON document instead of text
#   --keep         keeps what was written in any case
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; }

database=postgres
minutes=1
faults=
keep=no
options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --long) minutes=22 faults=700 ;;
    --postgres | --sqlite) database=${1#--} ;;
    --minutes) minutes=${2:?}; shift ;;
    --faults) faults=${2:?}; shift ;;
    --seed | --nodes | --performers | --rate | --kinds) options+=("$1" "${2:?}"); shift ;;
    --json) options+=("$1") ;;
    --keep) keep=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

# Performers and their links have faults of their own.
if [ -z "$faults" ]; then
  if [ "$database" = postgres ]; then faults=36; else faults=25; fi
fi

# ctest has built everything, and says where.
build=${CALLBOARD_BUILT:-}
[ -n "$build" ] || build=$("$root/tests/build.sh" callboard_chaos)

folder=$(mktemp -d "${TMPDIR:-/tmp}/callboard-chaos.XXXXXX")
chmod 755 "$folder"
mkdir "$folder/run"
server=$folder/server
status=2
test=
clean_up() {
  # Its daemons die with it.
  if [ -n "$test" ]; then
    kill -KILL "$test" 2>/dev/null || true
    wait "$test" 2>/dev/null || true
  fi
  if [ "$status" -ne 0 ] || [ "$keep" = yes ]; then
    cp "$server/server.log" "$folder/run/" 2>/dev/null || true
    [ "$database" = sqlite ] || "$root/tests/support/postgres.sh" stop "$server"
    echo "chaos: ledger, logs and configs are in $folder/run" >&2
  else
    [ "$database" = sqlite ] || "$root/tests/support/postgres.sh" stop "$server"
    rm -rf "$folder"
  fi
}
trap clean_up EXIT
trap 'exit 130' INT TERM

if [ "$database" = postgres ]; then
  # The server dies, not the machine: without fsync nothing more is lost, and a
  # busy disk can't hold up a stop for a minute.
  url=$(CALLBOARD_POSTGRES_CONF='fsync = off' \
    "$root/tests/support/postgres.sh" start "$server")
else
  url=sqlite:$folder/run/callboard.db
fi

# In the background, so that the traps work while it runs.
"$build/tests/chaos/callboard_chaos" \
  --program "$build/app/callboard" \
  --plugin "$build/tests/chaos/chaos_plugin.so" \
  --job "$build/tests/chaos/chaos_job" \
  --folder "$folder/run" --database "$url" \
  --postgres-script "$root/tests/support/postgres.sh" \
  --server-folder "$server" \
  --minutes "$minutes" --faults "$faults" "${options[@]}" &
test=$!
status=0
wait "$test" || status=$?
test=
exit "$status"
