#!/usr/bin/env bash
# Checks the models of this folder with spin: first that the protocol keeps its
# promises, then that each switch which breaks it is found out.
#   tests/model/check.sh          two minutes or three
#   tests/model/check.sh --long   larger numbers, much longer and some GB
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
case "${1:-}" in
  '') long=no; memory=2000 ;;
  --long) long=yes; memory=12000 ;;
  *) echo "usage: $0 [--long]" >&2; exit 2 ;;
esac
for tool in spin gcc; do
  command -v "$tool" >/dev/null && continue
  echo "$tool is missing; install it by cmake/install-packages.sh test" >&2
  exit 1
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
bad=0

# search MODEL KIND OPTIMIZE SWITCH...: leaves what pan says in ./answer
search() {
  local model=$1 kind=$2 optimize=$3
  shift 3
  local compile=(-DSAFETY -DNOCLAIM) run=()
  if [ "$kind" = progress ]; then
    # All jobs end, under weak fairness, while something else never rests.
    compile=(-DNFAIR=3)
    run=(-a -f)
    set -- "$@" -DBUSY
  fi
  rm -f pan pan.* _spin_nvr.tmp ./*.trail
  if ! spin -a "$@" "$here/$model.pml" >answer 2>&1; then
    return 1
  fi
  gcc -w "-$optimize" -DMEMLIM="$memory" "${compile[@]}" -o pan pan.c
  ./pan -m100000 "${run[@]}" >answer 2>&1 || true
}

# What is wrong with a search that found nothing: nothing, or why it says
# little.
flaw() {
  if ! grep -q 'errors: 0' answer; then
    grep -m1 -o 'pan:1: .*' answer || tail -n 1 answer
    echo "only $(states) states, $1 expected: it has lost its behaviour"
    echo "the search was cut off"
  elif [ "$(states)" -lt "$1" ]; then
    echo "only $(states) states, $1 expected: the model has lost its behaviour"
  fi
}

states() {
  sed -nE 's/^ *([0-9]+) states, stored.*/\1/p' answer
}

depth() {
  sed -nE 's/.*depth reached ([0-9]+).*/\1/p' answer
}

report() {
  printf '%-7s %-8s %-75s %9s states, depth %3s  %s\n' "$@"
}

# holds MODEL KIND STATES SWITCH...: no error, in at least so many states
holds() {
  local model=$1 kind=$2 least=$3 optimize=O1 verdict
  shift 3
  [ "$long" = no ] || optimize=O2
  search "$model" "$kind" "$optimize" "$@" || true
  verdict=$(flaw "$least")
  if [ -n "$verdict" ]; then
    verdict="FAILED: $verdict"
    bad=1
  fi
  report "$model" "$kind" "${*:-(defaults)}" "$(states)" "$(depth)" \
    "${verdict:-ok}"
}

# caught MODEL KIND COMPLAINT SWITCH...: spin finds what the switch breaks, and
# for the right reason
caught() {
  local model=$1 kind=$2 complaint=$3 verdict=caught found
  shift 3
  search "$model" "$kind" O0 "$@" || true
  found=$(grep -m1 'pan:1: ' answer || tail -n 1 answer)
  if ! grep -q 'errors: 1' answer || ! grep -qF -- "$complaint" <<<"$found"; then
    verdict="FAILED: expected '$complaint', found: $found"
    bad=1
  fi
  report "$model" "$kind" "$*" "$(states)" "$(depth)" "$verdict"
}

# -- the promises --------------------------------------------------------------

echo "Promises:"
one=(-DJOBS=1 -DSLOTS=1)
bare=(-DRETRIES=0 -DRELEASES=0 -DAGAIN=0)
poison=(-DPOISON -DAGAIN=0)
# Leases without a record, and a last attempt; somebody who cancels.
few=(-DPREFETCH -DMAX_ATTEMPTS=2)
cancel=(-DCANCELS=2 "${few[@]}")
# Two connections that lease.
second=(-DSECOND -DRELEASES=0)
if [ "$long" = no ]; then
  holds lease safety 500000 "${one[@]}" -DFAULTS=2 -DRETRIES=0
  holds lease safety 500000 -DSLOTS=1 -DFAULTS=1 -DRELEASES=0
  holds lease safety 100000 -DFAULTS=1 "${bare[@]}"
  holds lease safety 100000 "${one[@]}" -DNODES=3 -DFAULTS=1 -DRELEASES=0
  holds lease safety 500000 "${poison[@]}" -DFAULTS=0 -DRETRIES=2
  holds lease safety 300000 "${poison[@]}" -DFAULTS=0 -DPREFETCH -DSLOTS=1
  holds lease safety 500000 "${one[@]}" -DFAULTS=2 "${few[@]}" -DRELEASES=0 \
    -DAGAIN=0
  holds lease safety 100000 -DSLOTS=1 -DFAULTS=1 -DPREFETCH -DMAX_ATTEMPTS=1 \
    -DRELEASES=0 -DAGAIN=0
  holds lease safety 500000 "${one[@]}" -DFAULTS=1 "${cancel[@]}"
  holds lease safety 100000 "${one[@]}" -DFAULTS=1 "${second[@]}"
  holds lease safety 500000 -DFAULTS=1 "${second[@]}" -DRETRIES=0 -DAGAIN=0
  holds lease progress 100000 "${one[@]}" -DFAULTS=1 -DRELEASES=0
  holds lease progress 50000 "${poison[@]}" -DSLOTS=1 -DFAULTS=0 -DRELEASES=0
  holds lease progress 50000 "${one[@]}" -DFAULTS=1 -DCANCELS=1 "${few[@]}" \
    "${bare[@]}"
  holds upgrade safety 500000
  holds upgrade safety 50000 -DUPGRADES=2 -DCLOSE
  holds upgrade safety 5000 -DUPGRADES=2 -DLEAST=1
  holds upgrade progress 50000 -DUPGRADES=2
else
  holds lease safety 3000000 "${one[@]}" -DFAULTS=2
  holds lease safety 5000000 -DJOBS=1 -DFAULTS=2
  holds lease safety 5000000 -DSLOTS=1 -DFAULTS=2 -DRELEASES=0 -DAGAIN=0
  holds lease safety 2000000 -DSLOTS=1 -DFAULTS=1
  holds lease safety 5000000 -DFAULTS=1 -DRETRIES=1 -DRELEASES=0
  holds lease safety 2000000 "${one[@]}" -DNODES=3 -DFAULTS=2 "${bare[@]}"
  holds lease safety 1000000 "${poison[@]}" -DFAULTS=0 -DRETRIES=2
  holds lease safety 2000000 "${poison[@]}" -DFAULTS=1 "${bare[@]}"
  holds lease safety 5000000 "${poison[@]}" -DFAULTS=1 -DSLOTS=1
  holds lease safety 3000000 "${one[@]}" -DFAULTS=2 "${few[@]}"
  holds lease safety 500000 -DSLOTS=1 -DFAULTS=1 "${few[@]}" -DAGAIN=0
  holds lease safety 200000 -DFAULTS=1 -DPREFETCH -DMAX_ATTEMPTS=1 "${bare[@]}"
  holds lease safety 500000 "${poison[@]}" -DFAULTS=0 -DPREFETCH
  holds lease safety 500000 "${one[@]}" -DFAULTS=2 "${cancel[@]}" "${bare[@]}"
  holds lease safety 500000 -DSLOTS=1 -DFAULTS=1 "${cancel[@]}" "${bare[@]}"
  holds lease safety 300000 "${poison[@]}" -DFAULTS=0 -DCANCELS=1 -DRETRIES=0
  holds lease safety 1000000 "${one[@]}" -DNODES=3 -DFAULTS=2 -DPREFETCH \
    -DMAX_ATTEMPTS=1 "${bare[@]}"
  holds lease safety 1000000 "${one[@]}" -DFAULTS=2 "${second[@]}" -DRETRIES=0
  holds lease safety 500000 -DSLOTS=1 -DFAULTS=1 "${second[@]}" -DAGAIN=0
  holds lease safety 1000000 "${one[@]}" -DFAULTS=2 "${second[@]}" -DAGAIN=0 \
    -DMAX_ATTEMPTS=2
  holds lease progress 100000 "${one[@]}" -DFAULTS=1 "${second[@]}"
  holds lease progress 100000 "${one[@]}" -DFAULTS=1
  holds lease progress 300000 "${one[@]}" -DFAULTS=2 "${bare[@]}"
  holds lease progress 100000 -DSLOTS=1 -DFAULTS=1 "${bare[@]}"
  holds lease progress 100000 "${one[@]}" -DFAULTS=1 -DCANCELS=1 "${few[@]}"
  holds lease progress 100000 "${poison[@]}" -DFAULTS=0 -DRETRIES=0
  holds upgrade safety 1000000 -DJOBS=3
  holds upgrade safety 1000000 -DCRASHES=2
  holds upgrade safety 1000000 -DLEAST=1 -DCRASHES=2
  holds upgrade safety 1000000 -DCLOSE
  holds upgrade safety 100000 -DUPGRADES=4 -DCRASHES=0
  holds upgrade progress 1000000
  holds upgrade progress 50000 -DUPGRADES=2 -DCLOSE
fi

# -- the switches -------------------------------------------------------------

echo "What must be found:"
small=("${one[@]}" -DFAULTS=1)
twice_away=("${one[@]}" -DFAULTS=2)
one_attempt=("${small[@]}" -DPREFETCH -DMAX_ATTEMPTS=1)
lost='committed[i]==' twice='holder[slot[s].job]==' orphan='.node].stored'
count='attempt>=started' stuck='again==0' loop='begun[i]<=' blamed='(i==1)'
last='last_begun[slot[s].job]' present='away_from>>n' promised='!(asked[j])'
cycle='acceptance cycle'
caught lease safety "$twice" "${small[@]}" -DNO_FENCE
caught lease safety "$twice" "${small[@]}" -DNO_STATE
caught lease safety "$twice" "${small[@]}" -DFENCE_PER_JOB
caught lease safety "$orphan" "${small[@]}" -DNO_NODE_CHECK
caught lease safety "$orphan" "${small[@]}" -DNO_NODE_LOCK
caught lease safety "$orphan" "${small[@]}" -DRECLAIM_JOBS_FIRST
caught lease safety "$lost" "${small[@]}" -DDELETE_ON_LEASE
caught lease safety "$count" "${small[@]}" -DCOUNT_LATE
caught lease safety "$count" "${small[@]}" -DREFUND_ON_RECLAIM
caught lease safety "$count" "${small[@]}" -DREFUND_RECORDED
caught lease safety "$last" "${one_attempt[@]}" -DSTART_UNRECORDED_LAST
caught lease safety "$count" "${one_attempt[@]}" -DRECORD_BLINDLY
caught lease safety "$present" "${small[@]}" -DNO_MISSED
caught lease safety "$present" "${twice_away[@]}" -DREJOIN_KEEPS_MISSED
caught lease safety "$present" "${twice_away[@]}" -DOLD_NOTES_COUNT
caught lease safety "$promised" "${small[@]}" -DCANCELS=1 -DCANCEL_FORGOTTEN
caught lease safety "$stuck" "${small[@]}" -DRESUME_BLINDLY
caught lease safety "$stuck" "${small[@]}" -DLEASE_FAILS_HALFWAY
caught lease safety "$orphan" "${small[@]}" -DSECOND -DSECOND_UNCHECKED
caught lease safety "$stuck" "${small[@]}" -DSECOND -DSECOND_FORGETS
caught lease safety "$count" "${small[@]}" -DSECOND -DCLEARED_UP_EARLY
caught lease progress "$cycle" "${small[@]}" -DNO_SILENCE
caught lease safety "$loop" "${poison[@]}" -DFAULTS=0 -DNO_CRASH_COUNT
caught lease safety "$loop" "${poison[@]}" -DFAULTS=0 -DSLOTS=1 -DPREFETCH \
  -DNO_CRASH_UNRECORDED
caught lease safety "$blamed" "${poison[@]}" -DFAULTS=0 -DSUSPECTS_TOGETHER
caught lease safety "$blamed" "${poison[@]}" -DFAULTS=0 -DQUEUES_APART
caught lease safety "$blamed" "${poison[@]}" -DFAULTS=0 -DRETRIES=2 \
  -DRETRY_FORGETS
caught upgrade safety 'generation==' -DCRASHES=0 -DNAIVE
caught upgrade progress "$cycle" -DCRASHES=0 -DNAIVE
caught upgrade safety 'generation==' -DUPGRADES=2 -DGRANTS_LOST
# Only overlapping upgrades break the naive way: one alone goes well.
holds upgrade safety 500 -DUPGRADES=2 -DCRASHES=0 -DNAIVE

[ "$bad" = 0 ] || { echo "The model and its promises disagree." >&2; exit 1; }
