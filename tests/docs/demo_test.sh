#!/usr/bin/env bash
# The demo ends by itself, and shows one of each of the things it promises.
#   demo_test.sh ROOT BUILD
set -euo pipefail
shown=$(CALLBOARD_BUILD=$2 "$1/app/demo.sh" --once </dev/null)
echo "$shown"
for wanted in 'files +compress +3 +0 +0 +0' 'mail +flaky +1 +2 +0 +0' \
  'mail +broken +0 +0 +0 +1' 'mail +welcome +4 +0 +0 +0' \
  'clock +tick +1 +0 +2 +0' 'alpha-1.txt.gz'; do
  grep -Eq "$wanted" <<<"$shown" || { echo "missing: $wanted" >&2; exit 1; }
done
