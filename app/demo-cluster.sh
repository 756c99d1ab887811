#!/usr/bin/env bash
# A cluster on one machine, in half a minute: a PostgreSQL, two full nodes, a
# performer without the database, and a client without the database, all over
# TLS. Jobs flow, one node is killed in view, and its jobs move on. Ends by
# itself with a summary; exit code 0 says that every job was performed.
#   app/demo-cluster.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${CALLBOARD_BUILD:-$root/build/demo}
case "${1:-}" in
  '') ;;
  -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "usage: app/demo-cluster.sh" >&2; exit 2 ;;
esac

"$root/cmake/install-packages.sh" build cluster
if ! [ -f "$build/build.ninja" ]; then
  cmake -S "$root" -B "$build" -G Ninja -DCALLBOARD_TESTS=OFF >&2
fi
cmake --build "$build" -j "$(nproc)" --target callboard >&2
callboard=$build/app/callboard

here=$(mktemp -d "${TMPDIR:-/tmp}/callboard-cluster.XXXXXX")
chmod 755 "$here"
declare -A pids=()
clean_up() {
  for name in "${!pids[@]}"; do
    kill -9 "${pids[$name]}" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  "$root/tests/support/postgres.sh" stop "$here/postgres" 2>/dev/null || true
  rm -rf "$here"
}
trap clean_up EXIT
cd "$here"

say() { printf '\n== %s\n' "$*"; }

# Waits until a file has a line with these words.
await() {
  for _ in $(seq 300); do
    if grep -q -e "$2" "$1" 2>/dev/null; then return; fi
    sleep 0.1
  done
  echo "demo-cluster: '$2' did not come in $1:" >&2
  tail -n 20 "$1" >&2
  exit 1
}

say "a PostgreSQL of its own"
database=$("$root/tests/support/postgres.sh" start "$here/postgres")
server_since=$SECONDS
echo "$database"

say "an authority, and a certificate for everybody"
key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${key[@]}" -days 2 -subj "/CN=demo authority" \
  -keyout ca.key -out ca.pem 2>/dev/null
for name in node-1 node-2 gpu-1 website; do
  openssl req "${key[@]}" -subj "/CN=$name" -keyout "$name.key" -out "$name.csr" 2>/dev/null
  echo "subjectAltName=DNS:$name,IP:127.0.0.1" >"$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial \
    -days 2 -extfile "$name.ext" -out "$name.pem" 2>/dev/null
  echo "$name"
done

tls() { echo "\"tls\": {\"certificate\": \"$1.pem\", \"key\": \"$1.key\", \"ca\": \"ca.pem\"}"; }
# Every job writes its id down when it is done.
work() { echo "{\"exec\": [\"sh\", \"-c\", \"sleep $1; echo \$CALLBOARD_JOB_ID >>'$here/done'\"]}"; }
for name in node-1 node-2; do
  cat >"$name.json" <<JSON
{
  "database": "$database?application_name=callboard-demo",
  "node": {"name": "$name", "listen": "127.0.0.1:0", $(tls $name),
    "allow": [{"name": "node-1", "may": ["node"]}, {"name": "node-2", "may": ["node"]},
              {"name": "gpu-1", "may": ["perform"]},
              {"name": "website", "may": ["enqueue"]}]},
  "queues": [
    {"name": "mail", "concurrency": 3,
     "types": {"welcome": $(work 0.2), "newsletter": $(work 3)}},
    {"name": "render", "concurrency": 10, "performers": {}}
  ]
}
JSON
done

# start NAME ARGUMENTS...: what it prints goes to NAME.log, and is shown.
start() {
  local name=$1
  shift
  : >"$name.out"
  "$callboard" "$@" >"$name.out" 2>"$name.log" &
  pids[$name]=$!
  tail -n +1 -f --pid="${pids[$name]}" "$name.out" | sed -u "s/^/$name | /" &
}

say "two full nodes"
for name in node-1 node-2; do
  start "$name" run --live -c "$name.json"
  await "$name.log" "ready: "
done
address() { sed -n 's/.*cluster \([0-9.:]*\).*/\1/p' "$1.log"; }
node_1=$(address node-1)
node_2=$(address node-2)
echo "node-1 listens at $node_1, node-2 at $node_2"

say "a performer, which has the programs for 'render' and no database"
cat >gpu-1.json <<JSON
{
  "node": {"name": "gpu-1", "join": ["$node_1", "$node_2"], $(tls gpu-1)},
  "queues": [{"name": "render", "concurrency": 2, "types": {"frame": $(work 0.5)}}]
}
JSON
start gpu-1 perform --live -c gpu-1.json
await gpu-1.log "performs for a node  node=node-1"
await gpu-1.log "performs for a node  node=node-2"
echo "gpu-1 is connected to both nodes"

say "a website enqueues, by way of the nodes"
client=(--node "$node_1" --node "$node_2" --tls-certificate website.pem
  --tls-key website.key --tls-ca ca.pem)
jobs=0
# Stores COUNT jobs of a queue and type.
enqueue() {
  for _ in $(seq "$3"); do
    jobs=$((jobs + 1))
    printf '{"queue": "%s", "type": "%s", "id": "%s-%d"}\n' "$1" "$2" "$2" "$jobs"
  done >round
  "$callboard" enqueue --stdin "${client[@]}" <round >>ids 2>>website.log
}
# Nodes that meet a server which has just started give all others 5 s to come
# back; the demo shows how it is after that.
while [ $((SECONDS - server_since)) -lt 11 ]; do
  enqueue mail welcome 4
  enqueue render frame 2
  sleep 1
done
"$callboard" status -c node-2.json
enqueue mail newsletter 6
enqueue mail welcome 10
enqueue render frame 10
total=$(wc -l <ids)

# Only what one node has begun can move on from it.
await node-1.out "newsletter.*started"
await node-1.out "frame.*started"
say "kill -9 node-1, in the middle of its jobs"
killed_at=$(date +%s%N)
{
  kill -9 "${pids[node-1]}"
  wait "${pids[node-1]}" || true
} 2>/dev/null
unset 'pids[node-1]'
await node-2.out "taken back from dead nodes"
took=$((($(date +%s%N) - killed_at) / 1000000))

for _ in $(seq 600); do
  [ "$(sort -u done 2>/dev/null | wc -l)" -lt "$total" ] || break
  sleep 0.1
done

say "all is done: everybody ends"
for name in gpu-1 node-2; do
  kill -TERM "${pids[$name]}"
  wait "${pids[$name]}" || true
  unset "pids[$name]"
done
left=$("$callboard" status -c node-2.json --json)

performed=$(sort -u done | wc -l)
twice=$(sort done | uniq -d | wc -l)
moved=$(grep -c "started, attempt 2" node-2.out || true)
say "summary"
cat <<TEXT
jobs enqueued by the website       $total
jobs performed                     $performed
  by the programs of gpu-1         $(grep -c "✔ done" gpu-1.out || true)
jobs that moved on from node-1     $moved
  freed after                      $took ms
performed twice, by the kill       $twice
TEXT
echo "$left" | grep -q '"queues":\[\]' || { echo "jobs are left: $left" >&2; exit 1; }
[ "$performed" = "$total" ] || { echo "not all were performed" >&2; exit 1; }
