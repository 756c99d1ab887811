#!/usr/bin/env bash
# Builds everything again under sanitizers and runs the tests with them.
#   tests/sanitize.sh address [CTEST OPTION...]   AddressSanitizer and UBSan
#   tests/sanitize.sh fast [CTEST OPTION...]      the same, but only what is
#                                                 quick to build: no actors
#   tests/sanitize.sh thread [CTEST OPTION...]    ThreadSanitizer
# The first leaves out the package, whose users' programs have no sanitizer in
# them, and the cluster's demo, which counts what is enqueued in a given time;
# it tries a tenth of the usual seeds.
# Debian's CAF is not instrumented: ThreadSanitizer can't see how it
# synchronises and reports races that are none, and a suppression of all that
# passes through CAF would hide ours, too. So it runs what has no actors; all
# that threads share beside messages (chunks of jobs, the stop board, counters,
# sessions, the HTTP port, the log) is in there, but for two: it knows nothing of
# the fences in Boost.Asio, which the guard uses, and it does not support programs
# that start others from several threads, as isolated queues do.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
kind=${1:-address}
[ $# -eq 0 ] || shift
folder=$kind
quick=(test_model test_store test_pipeline test_metrics test_config)
threads=(test_chunk test_sessions app_http_test app_log_test)
only() {
  export CALLBOARD_TARGETS="$*"
  pattern="^($(IFS='|'; echo "$*")):"
}
pattern=.
export CALLBOARD_FEWER_SEEDS=${CALLBOARD_FEWER_SEEDS:-10}
case "$kind" in
  address) sanitizers="address;undefined" ;;
  fast) sanitizers="address;undefined"; folder=address; only "${quick[@]}" ;;
  thread) sanitizers="thread"; only "${quick[@]}" "${threads[@]}" ;;
  *) echo "usage: tests/sanitize.sh address|fast|thread [CTEST OPTION...]" >&2; exit 2 ;;
esac
export ASAN_OPTIONS=detect_stack_use_after_return=1
# CAF calls through a null tuple for spawns without arguments; ours have some.
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$root/tests/lsan.supp:print_suppressions=0
CALLBOARD_SANITIZE=$sanitizers CALLBOARD_BUILD=$root/build/$folder \
  exec "$root/tests/run.sh" -R "$pattern" -E "^(package:|docs: the cluster's demo)" "$@"
