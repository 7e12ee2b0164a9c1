#!/usr/bin/env bash
# movies-db: the embedded server in every place and state that it must cope with, and the schema.
# shellcheck disable=SC2154,SC2016,SC2317 # tmp is from lib.sh; "$0" is for an inner shell; at_exit
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# A copy that every user can read, and whose migrations may be changed.
mkdir "$tmp/prefix"
cp -rL "$(dirname "$BIN")/"{bin,lib,share} "$tmp/prefix" || bail 'no programs: run make'
db=$tmp/prefix/bin/movies-db
schema=$tmp/prefix/share/movies-pipeline/sql/schema
homes=()
root=no
[ "$(id -u)" -ne 0 ] || root=yes

stop_all() {
    local home place
    for home in "${homes[@]+"${homes[@]}"}"; do
        MOVIES_HOME=$home "$db" stop
        place=$(readlink -f "$home/pg")
        case $place in /var/lib/movies-pipeline/?*) rm -rf "$place" ;; esac
    done
    rmdir /var/lib/movies-pipeline 2>/dev/null
}
at_exit stop_all

home() { # NAME: from here on the server under $tmp/NAME
    export MOVIES_HOME=$tmp/$1
    homes+=("$MOVIES_HOME")
}
pid() { head -n 1 "$MOVIES_HOME/pg/data/postmaster.pid"; }
ask() { "$db" psql -A -t -c "$1"; }
mode() { stat -c '%U %a' "$1"; }
server_uid() { stat -c %u "/proc/$(pid)"; }
as_server() { # sets the array as: a prefix that runs a command as the server's user
    as=(env)
    [ $root = no ] || as=(setpriv --reuid "$(stat -L -c %u "$MOVIES_HOME/pg")"
        --regid "$(stat -L -c %g "$MOVIES_HOME/pg")" --clear-groups --)
}
listening_sockets() { # of kind tcp, tcp6 or unix, that the server has open
    local inode
    as_server
    for inode in $("${as[@]}" ls -l "/proc/$(pid)/fd" | sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p'); do
        grep -c " $inode " "/proc/net/$1"
    done | grep -c '^1$'
}

# The life of a server.
home plain
exits 'status before the first start' 69 "$db" status
ok 'status leaves nothing behind' test ! -e "$MOVIES_HOME"
exits 'start' 0 "$db" start
is 'start is silent' "$(cat "$tmp/out" "$tmp/err")" ''
first=$(pid)
exits 'start again' 0 "$db" start
is 'start again leaves the server alone' "$(pid)" "$first"
exits 'status' 0 "$db" status
like 'status tells the process' "$(cat "$tmp/out")" "process $first,"
is 'the schema is there' "$(ask 'select count(*) from ops.migrations')" \
    "$(find "$schema" -name '[0-9]*.sql' | wc -l)"
is 'psql passes arguments as they are' "$("$db" psql -At -v 'x=a  b' -c 'select 1' -f - <<<"select :'x'")" \
    $'1\na  b'
exits "psql's status is kept" 1 "$db" psql -c 'select nothing'
is 'url connects' "$(env -u MOVIES_HOME psql -X -At "$("$db" url)" -c 'select current_user')" movies
is 'durable, with checksums, alone' "$(ask "select string_agg(setting, ' ' order by name) from pg_settings
    where name in ('fsync', 'synchronous_commit', 'data_checksums', 'wal_level', 'max_wal_senders')")" \
    'on on 0 on minimal'
is 'UTF-8' "$(ask 'show server_encoding')" UTF8
like 'it listens on a Unix socket' "$(listening_sockets unix)" '^[1-9]'
is 'and on no network' "$(listening_sockets tcp) $(listening_sockets tcp6)" '0 0'
is 'the socket is private' "$(stat -c %a "$MOVIES_HOME/pg" "$MOVIES_HOME/pg/run" | xargs)" '700 700'
[ $root = no ] || isnt_root=$(server_uid)
if [ $root = yes ]; then
    ok 'started by root, it is not root' test "$isnt_root" -ne 0
else skip 'started by root, it is not root' 'not root'; fi
exits 'migrate again' 0 "$db" migrate
exits 'a cluster without PGHOST ignores PGPORT' 0 env PGPORT=1 PGOPTIONS=nonsense "$db" psql -c 'select 1'
exits 'stop' 0 "$db" stop
exits 'status after stop' 69 "$db" status
exits 'stop again' 0 "$db" stop
like 'psql starts it' "$(ask 'select 42')" 42

# Crashes.
ask 'create table kept as select 7 as n' >/dev/null
kill -9 "$(pid)"
exits 'start after the server was killed' 0 "$db" start
is 'what was committed is there' "$(ask 'select n from kept')" 7
"$db" stop
as_server
"${as[@]}" sleep 100 &
until [ "$(cat "/proc/$!/comm")" = sleep ] || ! kill -0 $!; do sleep 0.1; done
printf '%s\n' $! "$MOVIES_HOME/pg/data" 1 5432 '' '' '' >"$MOVIES_HOME/pg/data/postmaster.pid"
exits 'a stale postmaster.pid that names a living process: status' 69 "$db" status
exits 'stop' 0 "$db" stop
exits 'start' 0 "$db" start
ok 'that process lives' kill -0 $!
kill $!
wait $! 2>/dev/null

# What the caller has open stays the caller's.
"$db" stop
is 'a pipe from start ends' "$(timeout 60 bash -c '"$0" start | cat; echo ended' "$db")" ended
"$db" stop
is 'so does another descriptor' "$(timeout 60 bash -c '"$0" start 7>&1 >/dev/null; echo ended' "$db")" ended
timeout 20 setsid -w "$db" start
ok 'it survives the session that started it' "$db" status

# Many at once, on a fresh folder; killed while it is being made.
home many
pids=()
for i in 1 2 3 4 5 6 7 8; do
    "$db" start 2>>"$tmp/many.err" &
    pids+=($!)
done
failed=0
for i in "${pids[@]}"; do wait "$i" || failed=$((failed + 1)); done
is 'eight starts at once all succeed' "$failed $(cat "$tmp/many.err")" '0 '
is 'one server' "$(for i in /proc/[0-9]*; do
    [ "$(stat -L -c %i "$i/cwd" 2>/dev/null) $(cat "$i/comm" 2>/dev/null)" != \
        "$(stat -c %i "$MOVIES_HOME/pg/data") postgres" ] ||
        awk '$1 == "PPid:" { print $2 }' "$i/status"
done | grep -cvx "$(pid)")" 1
is 'one schema' "$(ask 'select count(*) = max(version) from ops.migrations')" t
home killed
{ for i in 0.1 0.3 0.5 0.7; do timeout -s KILL $i "$db" start; done; } 2>/dev/null
exits 'start after starts were killed' 0 "$db" start
like 'the database is whole' "$(ask 'select count(*) from movies.facts()')" '^0$'
"$db" stop
is 'no half-made cluster is left' "$(find "$MOVIES_HOME/pg/" -maxdepth 1 -name 'new.*')" ''

# Names.
home "with a blank & 'quotes'"
exits 'a folder with blanks and quotes' 0 "$db" start
home 'a,comma'
exits 'a folder with a comma' 0 "$db" start
is 'its url connects' "$(psql -X -At "$("$db" url)" -c 'select 1')" 1
long=$(printf 'd%.0s' {1..60})
home "$long/$long/$long"
exits 'a path too long for a socket' 0 "$db" start
socket=$(ask 'show unix_socket_directories')
like 'its socket is elsewhere' "$socket" '^/tmp/movies-pg-[0-9]+-[0-9a-f]{16}$'
is 'in a private folder' "$(stat -c %a "$socket")" 700
exits 'stop' 0 "$db" stop
ok 'which goes with the server' test ! -e "$socket"
mkdir -m 755 "$socket"
exits 'a folder there that is not private is not trusted' 69 "$db" start
rmdir "$socket"
mkdir "$tmp/work"
ln -s ../plain "$tmp/work/var"
is 'MOVIES_HOME is var in the current folder' \
    "$(cd "$tmp/work" && env -u MOVIES_HOME "$db" psql -At -c 'select n from kept')" 7

# What stops a start.
home full
exits 'too little free space' 74 env MOVIES_MIN_FREE=999999999G "$db" start
exits 'no size' 64 env MOVIES_MIN_FREE=much "$db" start
export MOVIES_HOME=$tmp/a,comma
"$db" stop
echo 'no_such_setting = on' >>"$MOVIES_HOME/pg/data/postgresql.conf"
exits 'a server that cannot start' 69 "$db" start
is 'one line' "$(wc -l <"$tmp/err")" 1
like 'says why' "$(cat "$tmp/err")" '^movies-db: postgresql: .*postgresql.conf'

# A database of the environment.
home plain
ask 'create database other' >/dev/null
host=$(ask 'show unix_socket_directories')
other() { env MOVIES_HOME="$tmp/unused" PGHOST="$host" PGUSER=movies PGDATABASE=other "$db" "$@"; }
exits 'PGDATABASE: migrate' 0 other migrate
is 'the schema is in that database' "$(psql -X -At -h "$host" -U movies other -c 'select count(*) from movies.movies')" 0
exits 'status' 0 other status
exits 'stop is refused' 64 other stop
is 'url names it' "$(psql -X -At "$(other url)" -c 'select current_database()')" other
ok 'nothing was made under MOVIES_HOME' test ! -e "$tmp/unused"
exits 'a database that is not there' 69 env PGHOST="$tmp" "$db" migrate
exits 'PGSERVICE alone is enough' 64 env PGSERVICE=nothing MOVIES_HOME="$tmp/unused" "$db" status

# Migrations.
cat >"$schema/990_good.sql" <<'END'
create table ops.good (n integer);
insert into ops.good values (1);
END
pids=()
for i in 1 2 3 4; do
    "$db" migrate 2>>"$tmp/migrate.err" &
    pids+=($!)
done
for i in "${pids[@]}"; do wait "$i" || echo failed >>"$tmp/migrate.err"; done
is 'four migrate at once' "$(cat "$tmp/migrate.err")" ''
is 'applied once' "$(ask 'select count(*) from ops.good')" 1
is 'with its SHA-256' "$(ask 'select sha256 from ops.migrations where version = 990')" \
    "$(sha256sum <"$schema/990_good.sql" | cut -c 1-64)"
echo '-- edited' >>"$schema/990_good.sql"
exits 'an applied migration that was edited is refused' 64 "$db" migrate
like 'and named' "$(cat "$tmp/err")" '^movies-db: .*990_good.sql: differs'
exits 'by start too' 64 "$db" start
is 'psql still opens' "$("$db" psql -At -c 'select 5' 2>/dev/null)" 5
data=$(readlink -f "$MOVIES_HOME/pg")/data
cp "$data/PG_VERSION" "$tmp/version"
mkdir -p "$tmp/evil/bin"
for program in postgres pg_ctl pg_isready psql; do printf '#!/bin/sh\ntouch %s/ran\n' "$tmp" >"$tmp/evil/bin/$program"; done
chmod +x "$tmp"/evil/bin/*
for version in "15/../../../..$tmp/evil" '*' '' 'x[$(touch ran)]' $'15\n16'; do
    printf '%s\n' "$version" >"$data/PG_VERSION"
    exits "a PG_VERSION that is none is refused: ${version@Q}" 70 "$db" status
    ok 'and nothing that it names is run' test ! -e "$tmp/ran"
done
cat "$tmp/version" >"$data/PG_VERSION"
rm "$schema/990_good.sql"
exits 'a database newer than we are is refused' 64 "$db" migrate
like 'and says so' "$(cat "$tmp/err")" 'migration 990'
ask 'drop table ops.good; delete from ops.migrations where version = 990' >/dev/null 2>&1
printf '%s;\n' 'create table ops.half (n integer)' 'select 1 / 0' >"$schema/991_bad.sql"
exits 'a migration that fails' 70 "$db" migrate
is 'one line' "$(cat "$tmp/err")" 'movies-db: database: division by zero'
is 'leaves nothing' "$(psql -X -At "$("$db" url)" -c "select to_regclass('ops.half') is null,
    (select max(version) < 991 from ops.migrations)")" 't|t'
rm "$schema/991_bad.sql"
echo 'select 1' >"$schema/001_twice.sql"
exits 'two migrations of a number' 64 "$db" migrate
rm "$schema/001_twice.sql"

# Users.
if [ $root = yes ]; then
    mkdir -m 700 "$tmp/locked"
    home locked/home
    exits 'a folder that the server cannot reach' 0 "$db" start
    place=$(readlink "$MOVIES_HOME/pg")
    like 'its cluster is elsewhere' "$place" '^/var/lib/movies-pipeline/[0-9a-f]{16}$'
    is 'private' "$(mode "$place")" "$(id -nu "$(server_uid)") 700"
    is 'nothing was opened' "$(mode "$tmp/locked")" 'root 700'
    is 'psql reaches it' "$(ask 'select 3')" 3
    is 'by its url' "$(psql -X -At "$("$db" url)" -c 'select 4')" 4
    "$db" stop
    rm -rf "$MOVIES_HOME"
    exits 'the folder removed and made again' 0 "$db" start
    is 'a new place' "$(readlink "$MOVIES_HOME/pg")" "$place-2"
    like 'and a note' "$(cat "$tmp/err")" "^movies-db: note: $place: "
    rm -rf "$place"

    home person
    mkdir "$MOVIES_HOME"
    chown nobody "$MOVIES_HOME"
    person() { setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- "$@"; }
    exits 'an ordinary user: start' 0 person "$db" start
    is 'runs it as itself' "$(server_uid)" "$(id -u nobody)"
    exits 'psql' 0 person "$db" psql -c 'select 1'
    exits 'root may use it' 0 "$db" psql -c 'select 1'
    exits 'stop' 0 person "$db" stop
    exits 'root starts it' 0 "$db" start
    is 'as its owner' "$(server_uid)" "$(id -u nobody)"
    exits 'the owner stops it' 0 person "$db" stop
    is 'nothing there is root'"'"'s' "$(find "$MOVIES_HOME" -user root)" ''
    home plain
    exits "another user's server is refused" 69 person "$db" psql -c 'select 1'
else
    skip 'servers of several users' 'not root'
fi
for name in '$(touch pwned)' '`touch pwned`' 'a"b' 'a\b'; do
    MOVIES_HOME=$tmp/$name exits "no server in $name" 64 movies-db start
    like 'says why' "$(cat "$tmp/err")" 'PostgreSQL cannot use a folder'
done
is 'and runs nothing' "$(find "$tmp" . -maxdepth 1 -name 'pwned*')" ''
done_testing
