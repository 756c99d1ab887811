#!/usr/bin/env bash
# A PostgreSQL server of the tests' own: loopback, a free port, data in a
# temporary folder. PostgreSQL refuses to run as root, so root uses the
# `postgres` user.
#   postgres.sh start FOLDER    makes FOLDER, starts, prints the URL
#                               (CALLBOARD_POSTGRES_CONF: more settings)
#   postgres.sh halt FOLDER fast|immediate   stops it, and keeps everything
#   postgres.sh resume FOLDER   starts it again; does not wait until it answers
#   postgres.sh stop FOLDER     stops and removes FOLDER
set -euo pipefail

command=${1:?start, halt, resume or stop}
folder=${2:?a folder}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed: apt-get install postgresql" >&2; exit 1; }

as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

free_port() {
  python3 - <<'PY'
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])
PY
}

case "$command" in
  start)
    mkdir -p "$folder"
    [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
    cd "$folder"
    as_postgres "$bin/initdb" -D "$folder/data" -U callboard -A trust \
      --no-sync -E UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1 \
      || { cat "$folder/initdb.log" >&2; exit 1; }
    port=$(free_port)
    cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
max_connections = 200
log_min_messages = warning
shared_buffers = 128MB
${CALLBOARD_POSTGRES_CONF:-}
CONF
    as_postgres "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w \
      -t 60 start >/dev/null || { cat "$folder/server.log" >&2; exit 1; }
    echo "postgresql://callboard@127.0.0.1:$port/postgres"
    ;;
  halt)
    cd "$folder"
    as_postgres "$bin/pg_ctl" -D "$folder/data" -m "${3:?fast or immediate}" \
      -w -t 60 stop >/dev/null
    ;;
  resume)
    cd "$folder"
    as_postgres "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -W \
      start >/dev/null
    ;;
  stop)
    cd /
    [ ! -d "$folder/data" ] \
      || as_postgres "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null || true
    rm -rf "$folder"
    ;;
  *) echo "usage: $0 start|halt|resume|stop FOLDER" >&2; exit 2 ;;
esac
