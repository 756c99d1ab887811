#!/usr/bin/env bash
# Builds everything again under sanitizers and runs the tests with them.
#   tests/sanitize.sh address [CTEST OPTION...]   AddressSanitizer and UBSan
#   tests/sanitize.sh fast [CTEST OPTION...]      the same, but only what is
#                                                 quick to build: no actors
#   tests/sanitize.sh thread [CTEST OPTION...]    ThreadSanitizer
# Debian's CAF is not instrumented, so ThreadSanitizer can't see its
# synchronisation and reports races that are none: it runs only the tests
# without actors (labels unit and database).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
kind=${1:-address}
[ $# -eq 0 ] || shift
folder=$kind
case "$kind" in
  address) sanitizers="address;undefined" ;;
  fast)
    sanitizers="address;undefined"
    folder=address
    quick=(test_model test_store test_pipeline test_metrics test_config)
    export CALLBOARD_TARGETS="${quick[*]}"
    set -- -R "^($(IFS='|'; echo "${quick[*]}")):" "$@"
    ;;
  thread) sanitizers="thread"; set -- -L 'unit|database' "$@" ;;
  *) echo "usage: tests/sanitize.sh address|fast|thread [CTEST OPTION...]" >&2; exit 2 ;;
esac
export ASAN_OPTIONS=detect_stack_use_after_return=1
# CAF calls through a null tuple for spawns without arguments; ours have some.
export UBSAN_OPTIONS=print_stacktrace=1
CALLBOARD_SANITIZE=$sanitizers CALLBOARD_BUILD=$root/build/$folder \
  exec "$root/tests/run.sh" "$@"
