#!/usr/bin/env bash
# The cluster's demo ends by itself: jobs moved on, and all were performed.
#   demo_cluster_test.sh ROOT BUILD
set -euo pipefail
shown=$(CALLBOARD_BUILD=$2 "$1/app/demo-cluster.sh" </dev/null)
echo "$shown"
for wanted in 'gpu-1 is connected to both nodes' \
  'node-1 +alive.* render +[0-9]' 'taken back from dead nodes: node-1' \
  'jobs that moved on from node-1 +[1-9]' 'by the programs of gpu-1 +[1-9]'; do
  grep -Eq "$wanted" <<<"$shown" || { echo "missing: $wanted" >&2; exit 1; }
done
enqueued=$(sed -n 's/^jobs enqueued by the website *//p' <<<"$shown")
performed=$(sed -n 's/^jobs performed *//p' <<<"$shown")
[ "$enqueued" -gt 50 ] && [ "$enqueued" = "$performed" ]
