#!/usr/bin/env bash
# Builds everything again under sanitizers and runs the tests with them.
#   tests/sanitize.sh address [CTEST OPTION...]   AddressSanitizer and UBSan
#   tests/sanitize.sh thread [CTEST OPTION...]    ThreadSanitizer
# Debian's CAF is not instrumented, so ThreadSanitizer can't see its
# synchronisation and reports races that are none: it runs only the tests
# without actors (labels unit and database).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
kind=${1:-address}
[ $# -eq 0 ] || shift
case "$kind" in
  address) sanitizers="address;undefined" ;;
  thread) sanitizers="thread"; set -- -L 'unit|database' "$@" ;;
  *) echo "usage: tests/sanitize.sh address|thread [CTEST OPTION...]" >&2; exit 2 ;;
esac
export ASAN_OPTIONS=detect_stack_use_after_return=1
# CAF calls through a null tuple for spawns without arguments; ours have some.
export UBSAN_OPTIONS=print_stacktrace=1
CALLBOARD_SANITIZE=$sanitizers CALLBOARD_BUILD=$root/build/$kind \
  exec "$root/tests/run.sh" "$@"
