#!/usr/bin/env bash
# Callboard in half a minute: installs the packages, builds, enqueues jobs of
# several kinds into an SQLite file, and shows them being performed.
#   app/demo.sh          goes on with new jobs until Ctrl-C
#   app/demo.sh --once   ends by itself when all is done, with a summary
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${CALLBOARD_BUILD:-$root/build/demo}
once=
case "${1:-}" in
  '') ;;
  --once) once=1 ;;
  -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "usage: app/demo.sh [--once]" >&2; exit 2 ;;
esac

"$root/cmake/install-packages.sh" build
if ! [ -f "$build/build.ninja" ]; then
  cmake -S "$root" -B "$build" -G Ninja -DCALLBOARD_TESTS=OFF >&2
fi
cmake --build "$build" -j "$(nproc)" --target callboard >&2

CALLBOARD_DEMO_DATA=$(mktemp -d "${TMPDIR:-/tmp}/callboard-demo.XXXXXX")
export CALLBOARD_DEMO_DATA
export CALLBOARD_CONFIG=$root/config/demo.json
callboard=$build/app/callboard
feeder=
clean_up() {
  [ -z "$feeder" ] || kill "$feeder" 2>/dev/null || true
  rm -rf "$CALLBOARD_DEMO_DATA"
}
trap clean_up EXIT

# One round of jobs. Round 1 also has the ones that need to be seen only once.
mkdir -p "$CALLBOARD_DEMO_DATA/inbox"
enqueue_round() {
  for name in alpha beta gamma; do
    seq 1 20000 >"$CALLBOARD_DEMO_DATA/inbox/$name-$1.txt"
    printf '{"queue": "files", "type": "compress", "arg": "%s-%s.txt"}\n' "$name" "$1"
  done
  printf '{"queue": "mail", "type": "welcome", "arg": {"user": %d}}\n' 1 2 3
  printf '{"queue": "mail", "type": "flaky"}\n'
  printf '{"queue": "mail", "type": "welcome", "arg": "later", "delay": "3s"}\n'
  if [ "$1" = 1 ]; then
    printf '{"queue": "mail", "type": "broken", "arg": "customer 4711"}\n'
    printf '{"queue": "clock", "type": "tick", "arg": "3"}\n'
  fi
}
enqueue_round 1 | "$callboard" enqueue --stdin --quiet

if [ -n "$once" ]; then
  "$callboard" run --live --once --once-horizon 10s
  echo "Compressed files:"
  (cd "$CALLBOARD_DEMO_DATA/archive" && ls -l | awk 'NF > 8 {printf "  %-16s %6d bytes\n", $9, $5}')
  exit 0
fi

# New jobs every few seconds, until Ctrl-C ends the daemon.
(
  trap - EXIT
  trap 'exit 0' INT TERM
  round=2
  while sleep 5; do
    enqueue_round "$round" | "$callboard" enqueue --stdin --quiet || true
    round=$((round + 1))
  done
) >/dev/null 2>&1 &
feeder=$!
echo "Ctrl-C ends the demo." >&2
trap : INT
status=0
"$callboard" run --live || status=$?
exit "$status"
