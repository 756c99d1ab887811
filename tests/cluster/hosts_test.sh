#!/usr/bin/env bash
# A cluster on several hosts: network namespaces that are joined by veth pairs
# and a bridge. Links go down without a word (packets are dropped, nothing is
# reset), and come back. Two full nodes, two performers and a client, over TLS;
# PostgreSQL is a host of its own.
#   hosts_test.sh ROOT BUILD
# Exit code 77: there are no namespaces here. The tests with a proxy
# (tests/actors/cluster/performer_test.cpp, tests/e2e) then stand alone.
set -euo pipefail
root=$1
callboard=$2/app/callboard
tag=cb$$

skip() {
  echo "hosts: skipped: $1; the tests with a proxy have run instead" >&2
  exit 77
}
command -v ip >/dev/null || skip "ip (iproute2) is not installed"
probe() {
  ip netns add "$tag-probe" && ip link add "$tag" type bridge \
    && ip link add "${tag}y" type veth peer name eth0 netns "$tag-probe" \
    && ip link set "${tag}y" master "$tag" up \
    && ip -n "$tag-probe" addr add 10.255.255.254/24 dev eth0 \
    && ip netns exec "$tag-probe" true
}
probed=0
probe >/dev/null 2>&1 || probed=$?
ip link del "${tag}y" 2>/dev/null || true
ip link del "$tag" 2>/dev/null || true
ip netns del "$tag-probe" 2>/dev/null || true
[ "$probed" -eq 0 ] || skip "network namespaces can't be made or joined here"
echo "hosts: in network namespaces"

here=$(mktemp -d "${TMPDIR:-/tmp}/callboard-hosts.XXXXXX")
chmod 755 "$here"
cd "$here"
hosts=(a b p q c)
net=10.$((RANDOM % 200 + 20)).$((RANDOM % 250)).
declare -A address=() pids=()
clean_up() {
  for name in "${!pids[@]}"; do kill -9 "${pids[$name]}" 2>/dev/null || true; done
  wait 2>/dev/null || true
  "$root/tests/support/postgres.sh" stop "$here/postgres" 2>/dev/null || true
  for host in "${hosts[@]}"; do
    ip link del "$tag$host" 2>/dev/null || true
    ip netns del "$tag-$host" 2>/dev/null || true
  done
  ip link del "$tag" 2>/dev/null || true
  cd / && rm -rf "$here"
}
trap clean_up EXIT

fail() {
  echo "hosts: $1" >&2
  tail -n 25 ./*.log ./*.out >&2 || true
  exit 1
}

# await FILE PATTERN [COUNT]: so many lines with it, within a minute.
await() {
  for _ in $(seq 600); do
    [ "$(grep -c -e "$2" "$1" 2>/dev/null || true)" -lt "${3:-1}" ] || return 0
    sleep 0.1
  done
  fail "'$2' did not come in $1"
}

ip link add "$tag" type bridge
ip addr add "${net}1/24" dev "$tag"
ip link set "$tag" up
number=2
for host in "${hosts[@]}"; do
  ip netns add "$tag-$host"
  ip link add "$tag$host" type veth peer name eth0 netns "$tag-$host"
  ip link set "$tag$host" master "$tag" up
  ip -n "$tag-$host" addr add "$net$number/24" dev eth0
  ip -n "$tag-$host" link set lo up
  ip -n "$tag-$host" link set eth0 up
  address[$host]=$net$number
  number=$((number + 1))
done
cut() { ip link set "$tag$1" down; }
mend() { ip link set "$tag$1" up; }

database=$(CALLBOARD_POSTGRES_CONF="listen_addresses = '*'" \
  "$root/tests/support/postgres.sh" start "$here/postgres")
echo "host all all ${net}0/24 trust" >>postgres/data/pg_hba.conf
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
"$bin/psql" -qAt -d "$database" -c "select pg_reload_conf()" >reloaded
database=${database/127.0.0.1/${net}1}

key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${key[@]}" -days 2 -subj "/CN=authority" -keyout ca.key \
  -out ca.pem 2>/dev/null
tls() {
  openssl req "${key[@]}" -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  echo "subjectAltName=DNS:$1,IP:${address[$1]}" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
    -extfile "$1.ext" -out "$1.pem" 2>/dev/null
  echo "\"silence\": \"2s\", \"tls\": {\"certificate\": \"$1.pem\", \"key\": \"$1.key\", \"ca\": \"ca.pem\"}"
}

# Jobs wait until the test lets them go: HELD-ATTEMPT.
held="{\"exec\": [\"sh\", \"-c\", \"while ! [ -e '$here/'\$CALLBOARD_JOB_ID-\$CALLBOARD_ATTEMPT ]; do sleep 0.1; done\"]}"
start() {
  local host=$1
  shift
  ip netns exec "$tag-$host" "$callboard" "$@" >"$host.out" 2>"$host.log" &
  pids[$host]=$!
}
for host in a b; do
  cat >"$host.json" <<JSON
{"database": "$database?application_name=$host",
 "node": {"name": "$host", "listen": "${address[$host]}:4910", $(tls "$host")},
 "queues": [{"name": "mail", "concurrency": 2, "types": {"hold": $held, "*": {"noop": {}}}},
            {"name": "gpu", "concurrency": 4, "performers": {}}]}
JSON
  start "$host" run --live -c "$host.json"
  await "$host.log" "ready: "
done
for host in p q; do
  cat >"$host.json" <<JSON
{"node": {"name": "$host", "join": ["${address[a]}:4910", "${address[b]}:4910"], $(tls "$host")},
 "queues": [{"name": "gpu", "concurrency": 1, "types": {"hold": $held, "*": {"noop": {}}}}]}
JSON
done
start p perform --live -c p.json
await p.log "performs for a node" 2
tls c >/dev/null
enqueue() {
  ip netns exec "$tag-c" "$callboard" enqueue --node "${address[a]}:4910" \
    --node "${address[b]}:4910" --tls-certificate c.pem --tls-key c.key \
    --tls-ca ca.pem "$@" >>ids
}
since() { echo $((($(date +%s%N) - $1) / 1000000)); }

echo "hosts: a client of another host enqueues, a performer of another performs"
enqueue -q gpu -t quick --id quick-1
await p.out "quick-1.*done"

echo "hosts: a performer is cut off in the middle of a job"
enqueue -q gpu -t hold --id far
await p.out "far  ▶ started"
start q perform --live -c q.json
await q.log "performs for a node" 2
cut p
begin=$(date +%s%N)
await q.out "far  ▶ started, attempt 2"
echo "hosts: another had its job after $(since "$begin") ms (silence: 2 s)"
cat a.out b.out | grep -q "performer lost: p (" || fail "nobody said why"
touch far-2
await q.out "far  ✔ done"
await p.out "far .*stopped (lease lost)"
mend p
await p.log "performs for a node" 4
kill -TERM "${pids[q]}"
wait "${pids[q]}" || fail "performer q did not end well"
unset 'pids[q]'
enqueue -q gpu -t quick --id quick-2
await p.out "quick-2.*done"

echo "hosts: a node is cut off in the middle of a job"
enqueue -q mail -t hold --id near
for _ in $(seq 100); do
  ! grep -q "near  ▶ started" a.out || { first=a other=b; break; }
  ! grep -q "near  ▶ started" b.out || { first=b other=a; break; }
  sleep 0.1
done
[ -n "${first:-}" ] || fail "nobody began the job"
cut "$first"
begin=$(date +%s%N)
await "$other.out" "near  ▶ started, attempt 2"
echo "hosts: the other had its job after $(since "$begin") ms (silence_limit: 10 s)"
touch near-2
await "$other.out" "near  ✔ done"
# What the first one did in its solitude comes too late.
touch near-1
mend "$first"
await "$first.out" "near .*\(fenced\|another\)"
enqueue -q mail -t quick --id quick-3
for name in a b p; do
  kill -TERM "${pids[$name]}"
  wait "${pids[$name]}" || fail "$name did not end well"
  unset "pids[$name]"
done
"$callboard" status -c a.json --json >status 2>&1 || "$callboard" status -c a.json >status
grep -q '"dead":{"value":[1-9]' status && fail "there are dead letters"
echo "hosts: every job was performed to its end"
