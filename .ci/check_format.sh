#!/usr/bin/env bash
# Fails when a source is not as clang-format 14 would write it.
#   .ci/check_format.sh          checks
#   .ci/check_format.sh --fix    formats
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(--dry-run --Werror)
[ "${1:-}" != --fix ] || mode=(-i)
git ls-files -co --exclude-standard '*.hpp' '*.cpp' | xargs clang-format "${mode[@]}"
