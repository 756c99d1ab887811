#!/usr/bin/env bash
# Installs what the tests need, builds, starts a PostgreSQL of its own, runs
# every test, and stops the server. Ends with ctest's summary.
#   tests/run.sh [CTEST OPTION...]     for example -R store or -L unit
# The build goes to build/tests; CALLBOARD_BUILD names another folder, and
# CALLBOARD_TARGETS the only targets to build.
# tests/sanitize.sh does the same under sanitizers.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
read -ra targets <<<"${CALLBOARD_TARGETS:-}"
build=$("$root/tests/build.sh" "${targets[@]}")
jobs=$(nproc)

server=$(mktemp -d "${TMPDIR:-/tmp}/callboard-postgres.XXXXXX")
chmod 755 "$server"
stop() { "$root/tests/support/postgres.sh" stop "$server"; }
trap stop EXIT
trap 'exit 130' INT TERM
CALLBOARD_TEST_POSTGRES=$("$root/tests/support/postgres.sh" start "$server")
export CALLBOARD_TEST_POSTGRES

status=0
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$jobs" "$@" \
  || status=$?
exit "$status"
