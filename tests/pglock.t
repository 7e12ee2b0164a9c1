#!/usr/bin/env bash
# pglock: who excludes whom, how long a lock lasts, how it is proved to be held, and that no load is
# promoted without it: after a restart, a terminated session, a failover to a standby.
# shellcheck disable=SC2016,SC2089,SC2090 # what the commands are to evaluate
source "$(dirname "$0")/lib.sh"
source "$top/tests/pg.sh"
cd "$tmp" || exit # every file of this test lies there
pg_start wal_level=replica max_wal_senders=4 hot_standby=on

sessions() { q "select count(*) from pg_locks where locktype = 'advisory' and granted and objsubid = 1
    and (classid::bigint << 32 | objid::bigint) = hashtextextended('$1', 0)"; }
has() { [ "$(sessions "$1")" -eq "$2" ]; } # KEY HOW-MANY
holder() { # OPTION-or-KEY...: leaves its process id in holding; it holds the lock until release
    rm -f hold
    mkfifo hold
    pglock "$@" -- bash -c 'read -r <hold' &
    holding=$!
    exec 7>hold
}
release() {
    echo >&7
    exec 7>&-
    wait "$holding"
}

# Who excludes whom
holder key
await has key 1
exits 'exits 74 with -w 0 if the lock is held' 74 pglock -w 0 key -- touch ran
is 'prints one line when the lock is busy' "$(cat "$tmp/err")" 'pglock: key: busy for 0 s'
ok 'does not run the command when the lock is busy' test ! -e ran
exits 'exits 74 for a shared lock if an exclusive one is held' 74 pglock -s -w 0 key -- touch ran
exits 'exits 74 after a wait of 1 second' 74 pglock -w 1 key -- touch ran
exits 'gets the lock of another key' 0 pglock -w 0 other -- true
pglock key -- touch waited &
waiting=$!
await has key 1
sleep 0.3
ok 'does not run the command before the lock is free' test ! -e waited
release
wait "$waiting"
is 'gets the lock when its holder ends' $? 0
ok 'runs the command when it gets the lock' test -e waited
holder -s key
await has key 1
exits 'gets a shared lock while another shared one is held' 0 pglock -s -w 0 key -- true
exits 'exits 74 for an exclusive lock if a shared one is held' 74 pglock -w 0 key -- true
release
exits 'appends its token to PGLOCK_TOKENS when nested three deep' 0 pglock -s outer -- pglock inner -- pglock -s outer -- bash -c '[[ $PGLOCK_TOKENS =~ ^-?[0-9]+,-?[0-9]+,-?[0-9]+$ ]]'
PGLOCK_TOKENS='x; drop' exits 'drops an inherited PGLOCK_TOKENS that is no list of numbers' 0 pglock key -- bash -c '[[ $PGLOCK_TOKENS =~ ^-?[0-9]+$ ]]'
psql -Xq -c "select pg_advisory_lock(hashtextextended('key', 0))" -c 'select pg_sleep(60)' >/dev/null 2>&1 &
old=$!
await has key 1
exits 'exits 74 if SQL holds the lock' 74 pglock -w 0 key -- true
q "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'" >/dev/null
wait "$old" 2>/dev/null
is 'SQL does not get a lock that pglock holds' "$(pglock key -- psql -XAtqc "select pg_try_advisory_lock(hashtextextended('key', 0))")" f

# The command
exits 'exits with the status of the command' 7 pglock key -- sh -c 'exit 7'
is 'passes standard input and output to the command' "$(echo x | pglock key -- cat)" x
exits 'exits 64 for a command that does not exist' 64 pglock key -- no-such-command
exits 'exits 64 without COMMAND' 64 pglock key
exits 'exits 64 without KEY' 64 pglock
exits 'exits 64 for an empty KEY' 64 pglock '' -- true
exits 'exits 64 for a KEY that is not UTF-8' 64 pglock $'\xff' -- true
exits 'exits 64 for an option behind KEY' 64 pglock key -w 0 -- true
PGLOCK_TOKENS=',,-' exits 'drops a PGLOCK_TOKENS of commas' 0 pglock key -- bash -c '[[ $PGLOCK_TOKENS =~ ^-?[0-9]+$ ]]'
PGLOCK_TOKENS=99999999999999999999 exits 'drops a token that is no bigint' 0 pglock key -- bash -c '[[ $PGLOCK_TOKENS =~ ^-?[0-9]{1,19}$ ]]'
q "create function public.hashtextextended(text, int) returns bigint language sql as 'select 1/0'"
exits 'calls no function of a user in place of the catalog'\''s' 0 pglock key -- true
q 'drop function public.hashtextextended(text, int)'
exits 'exits 64 if SECONDS is no number' 64 pglock -w x key -- true
exits 'exits 64 for a password in CONNINFO' 64 pglock -d 'password=x' key -- true
exits 'exits 69 for a database that does not exist' 69 pglock -d none key -- true
exits 'exits 69 if the server cannot be reached' 69 pglock -d 'host=/nonexistent' key -- true
exits 'takes a KEY that begins with a hyphen, behind --' 0 pglock -- -key -- true

# How long it lasts
pglock key -- bash -c 'sleep 300 & echo $! >child; exec sleep 301' &
running=$!
await test -s child
kill -s KILL "$running"
wait "$running" 2>/dev/null
sleep 0.3
is 'keeps the lock while a child of the killed command lives' "$(sessions key)" 1
kill "$(<child)"
ok 'releases the lock when the last child ends' await has key 0
q 'alter system set idle_session_timeout = 300' && q "alter system set statement_timeout = '300ms'" &&
    q 'select pg_reload_conf()' >/dev/null
exits 'keeps the lock beyond idle_session_timeout and statement_timeout' 0 pglock key -- bash -c "sleep 1; [ \"\$(psql -XAtqc \"
    select count(*) from pg_locks where locktype = 'advisory'\")\" -eq 2 ]"
q 'alter system reset all' && q 'select pg_reload_conf()' >/dev/null

# The proof
proof="select count(*) from pg_locks as l join pg_locks as t using (pid, locktype, database, objsubid)
    where l.locktype = 'advisory' and l.granted and t.granted
        and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('key', 0)
        and (t.classid::bigint << 32 | t.objid::bigint) = any(:'t'::bigint[])"
proves() { psql -XAtq -v t="{$PGLOCK_TOKENS}" <<<"$proof"; }
export -f proves
export proof
is 'the token proves that the lock is held' "$(pglock key -- bash -c proves)" 1
is 'the token of an outer lock proves it inside a nested pglock' "$(pglock key -- pglock other -- bash -c proves)" 1
is 'another token proves nothing' "$(pglock key -- env PGLOCK_TOKENS=1 bash -c proves)" 0
is 'the token proves nothing when another session holds the lock' "$(pglock key -- bash -c '
    psql -XAtqc "select pg_terminate_backend(pid) from pg_locks where locktype = \$\$advisory\$\$ limit 1" >/dev/null
    pglock key -- env PGLOCK_TOKENS="$PGLOCK_TOKENS" bash -c proves')" 0

# Loads: nothing is promoted unlocked
export MOVIES_HOME=$tmp/var
small "$tmp/2026-01-01T00Z.zip" 10
exits 'the database is made' 0 movies-load "$tmp/2026-01-01T00Z.zip"
statuses() { q "select string_agg(key || ' ' || status, ', ' order by load_id) from ops.loads"; }
prefix=$tmp/prefix # in which a load stops before its promotion until it is told to go on
mkdir "$prefix"
cp -R "$(dirname "$BIN")"/{bin,lib,share} "$prefix"
sed -i "s|^        say 'promote'\$|touch \"\$WAITING\"; until [ -e \"\$GO_ON\" ]; do sleep 0.05; done|" \
    "$prefix/lib/movies-pipeline/movies-load-worker.bash"
export WAITING=$tmp/waiting GO_ON=$tmp/go-on
stopped_load() { # FILE: stops before its promotion
    rm -f "$WAITING" "$GO_ON"
    "$prefix/bin/movies-load" "$1" >out 2>err &
    loading=$!
    await test -e "$WAITING" || diag "$(<err)"
}
ends() { # NAME CODE REGEX
    touch "$GO_ON"
    wait "$loading"
    is "$1: exit status" $? "$2"
    like "$1: prints the reason" "$(tail -n 1 err)" "$3"
}
small "$tmp/2026-01-01T01Z.zip" 20
stopped_load "$tmp/2026-01-01T01Z.zip"
exits 'another load of the same key exits 74 with --wait 0' 74 movies-load --wait 0 "$tmp/2026-01-01T01Z.zip"
ends 'a load that holds its lock' 0 ''
is 'a load that holds its lock is promoted' "$(statuses)" '2026-01-01T00Z promoted, 2026-01-01T01Z promoted'
small "$tmp/2026-01-01T02Z.zip" 30
stopped_load "$tmp/2026-01-01T02Z.zip"
q "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
    and (classid::bigint << 32 | objid::bigint) = hashtextextended('movies-pipeline load 2026-01-01T02Z', 0)" >/dev/null
holder 'movies-pipeline load 2026-01-01T02Z'
await has 'movies-pipeline load 2026-01-01T02Z' 1
ends 'a load whose session was terminated' 74 'the lock of this load is lost'
release
is 'a load whose session was terminated is not promoted' "$(statuses)" '2026-01-01T00Z promoted, 2026-01-01T01Z promoted, 2026-01-01T02Z open'
exits 'the same command completes it' 0 movies-load "$tmp/2026-01-01T02Z.zip"
small "$tmp/2026-01-01T03Z.zip" 40
stopped_load "$tmp/2026-01-01T03Z.zip"
pg_stop immediate
pg_restart
ends 'a load whose server was restarted' 74 'the lock of this load is lost'
exits 'the same command completes it after the restart' 0 movies-load "$tmp/2026-01-01T03Z.zip"

# A failover: the second server takes over what was written to the first, but no locks.
second=$pg_data/second
_as_postgres "$pg_bin/pg_basebackup" -h "$pg_data" -U postgres -D "$second" -R -X stream -c fast >out 2>&1 ||
    bail "pg_basebackup: $(<out)"
second() { # ARG...: pg_ctl's
    _as_postgres "$pg_bin/pg_ctl" -D "$second" -w -s -l "$second.log" -o "-c unix_socket_directories='$second'" "$@"
}
stop_second() { second -m fast stop; }
at_exit stop_second
second start || bail "the standby does not start: $(tail -n 1 "$second.log")"
# Nothing is wrong with a delivery because the server cannot be written to.
mkdir -p var/backfill
small "$PWD/var/backfill/2026-01-01T05Z.zip" 60
echo '{"key":"x"}' >standby.ndjson
exits 'movies-load on a standby exits 69' 69 env PGHOST="$second" movies-load "$tmp/var/backfill/2026-01-01T05Z.zip"
exits 'movies-backfill on a standby exits 69' 69 env PGHOST="$second" movies-backfill 2026-01-01T05Z 2026-01-01T05Z
is 'movies-backfill on a standby leaves the delivery where it is' "$(ls var/backfill var/failed 2>/dev/null)" $'var/backfill:\n2026-01-01T05Z.zip'
exits 'pgload on a standby exits 69' 69 env PGHOST="$second" pgload -t ops.loads standby.ndjson
small "$tmp/2026-01-01T04Z.zip" 50
stopped_load "$tmp/2026-01-01T04Z.zip"
is_caught_up() { [ "$(q 'select bool_and(replay_lsn = pg_current_wal_lsn()) from pg_stat_replication')" = t ]; }
ok 'the standby has replayed all that was written' await is_caught_up
pg_stop immediate
second promote
PGHOST=$second holder 'movies-pipeline load 2026-01-01T04Z'
ln -sf "$second/.s.PGSQL.5432" "$pg_data/.s.PGSQL.5432" # the address leads to the new server
ok 'the new server is at the old address' await has 'movies-pipeline load 2026-01-01T04Z' 1
ends 'a load whose server was replaced by its standby' 74 'the lock of this load is lost'
is 'a load is not promoted after a failover' "$(q "select status from ops.loads where key = '2026-01-01T04Z'")" open
release
exits 'the same command completes it on the new server' 0 movies-load "$tmp/2026-01-01T04Z.zip"
done_testing
