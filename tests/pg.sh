# Sourced by tests that need a database, after tests/lib.sh: a private PostgreSQL server in
# $tmp that listens on a unix socket only, trusts whoever can reach it, and goes with the test.
# Usage:  pg_start [SETTING=VALUE]...   starts it; PGHOST, PGUSER and PGDATABASE point to it
#         pg_restart                    after a pg_stop, with the same data
#         pg_stop [MODE]                MODE: fast (default), smart or immediate
#         q SQL                         runs SQL, prints rows as a|b
# shellcheck shell=bash
pg_data=${tmp:?tests/lib.sh comes first}/pg

_pg_bin() {
    local d
    d=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)
    if [ -x "$d/pg_ctl" ]; then printf '%s\n' "$d"; else dirname "$(command -v pg_ctl)"; fi
}
# The server refuses to run as root.
_as_postgres() {
    local user=postgres
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    else
        id -u postgres >/dev/null 2>&1 || user=nobody
        (cd / && setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@")
    fi
}
_initdb() {
    _as_postgres "$pg_bin/initdb" -D "$pg_data/data" -A trust -U postgres -E UTF8 \
        --locale=C.UTF-8 -N >"$tmp/initdb.log" 2>&1
}
pg_start() {
    local setting owner=postgres
    pg_bin=$(_pg_bin)
    mkdir -p "$pg_data"
    if [ "$(id -u)" -eq 0 ]; then
        id -u postgres >/dev/null 2>&1 || owner=nobody
        chown "$owner" "$pg_data"
    fi
    made_once bare "$pg_data/data" _initdb || bail "no cluster: $(tail -n 1 "$tmp/initdb.log" 2>/dev/null)"
    {
        printf '%s\n' "listen_addresses=''" "unix_socket_directories='$pg_data'" fsync=off \
            full_page_writes=off max_connections=40 shared_buffers=32MB "timezone='Asia/Tokyo'"
        for setting in "$@"; do printf '%s\n' "$setting"; done
    } >>"$pg_data/data/postgresql.conf"
    at_exit pg_stop
    export PGHOST=$pg_data PGUSER=postgres PGDATABASE=postgres
    pg_restart
}
pg_restart() {
    _as_postgres "$pg_bin/pg_ctl" -D "$pg_data/data" -w -s -l "$pg_data/log" start \
        >"$tmp/pg_ctl.log" 2>&1 || bail "pg_ctl start: $(tail -1 "$pg_data/log" "$tmp/pg_ctl.log")"
}
pg_stop() {
    [ -f "$pg_data/data/postmaster.pid" ] || return 0
    _as_postgres "$pg_bin/pg_ctl" -D "$pg_data/data" -w -s -m "${1:-fast}" stop >/dev/null 2>&1
}
q() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }
