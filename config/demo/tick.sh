#!/bin/sh
# Runs by cron, every second one, until the arg has counted down to 1.
set -eu
left=$(cat)
if [ "$left" -gt 1 ]; then
  printf '{"result": "reschedule", "cron": "*/2 * * * * *", "arg": "%d"}' \
    $((left - 1)) >"$CALLBOARD_OUTCOME"
fi
