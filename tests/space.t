#!/usr/bin/env bash
# No space left, for the commands or for the server; the server stopped, crashed, a connection cut in
# mid-load: the exit status calls for another try, nothing has changed, and another try completes the load.
# Small file systems are mounted in a name space that ends with this test.
if [ "$(id -u)" -eq 0 ] && [ -z "${MOVIES_UNSHARED-}" ] && unshare -m true 2>/dev/null; then
    MOVIES_UNSHARED=1 exec unshare -m bash -- "$0" "$@"
fi
source "$(dirname "$0")/lib.sh"
home=$tmp/var small=$tmp/small narrow=$tmp/narrow
export MOVIES_HOME=$home
clean_up() {
    for MOVIES_HOME in "$home" "$small/var"; do drop_cluster; done
    ! mountpoint -q "$small" || umount "$small"
    ! mountpoint -q "$narrow" || umount "$narrow"
}
at_exit clean_up
large=$tmp/2026-11-20T13Z.zip little=$top/fixtures/2026-11-20T14Z.zip
few 1500 "$large"
n=0
# Each load has a key of its own, older than all others: there is no shorter way for any.
next_key() { printf -v key '2026-01-%02dT00Z' $((28 - n++)); }
status() { sql "select coalesce(string_agg(status, ' '), 'none') from ops.loads where key = '$key'"; }
unchanged() { # NAME
    dump_movies >"$tmp/after"
    ok "$1: nothing has changed" cmp "$tmp/before" "$tmp/after"
}
completes() { # NAME FILE [PHASE]
    exits "$1: another try completes it" 0 movies-load ${3:+--phase "$3"} --as "$key" "$2"
    is "$1: once" "$(status)" promoted
    is "$1: no stage table is left" "$(sql "select count(*) from pg_tables where schemaname = 'stage'")" 0
    dump_movies >"$tmp/before"
    ok "$1: and shows" test "$(cmp "$tmp/before" "$tmp/after" 2>&1)" != ''
}
exits 'a file is there' 0 movies-load "$little"
dump_movies >"$tmp/before"

# The server goes away
data=$(readlink -m "$home/pg")/data
crash() { # the server, without a checkpoint
    local head
    head=$(head -n 1 "$data/postmaster.pid") && kill -s QUIT "$head" || return
    await test ! -e "/proc/$head"
}
holds() { [ "$(sql "$1")" = t ]; } # SQL that is true or false
begin() { # FILE: a load in the background
    next_key
    movies-load --as "$key" "$1" >"$tmp/out" 2>"$tmp/err" &
    loading=$!
}
plain_words() { # NAME: each line of stderr is tool: what: why
    is "$1: in plain words" "$(grep -vE '^(movies-load|unzipper|csv2ndjson|explode-[a-z]+|pgload|pglock|pipetree): .+' "$tmp/err")" ''
    ok "$1: in some words" test -s "$tmp/err"
}
mkfifo "$tmp/hold"
hold() { # SQL, in a session that stays until the server goes or the load has ended
    rm -f "$tmp/held"
    movies-db psql -Atq <"$tmp/hold" >"$tmp/held" 2>/dev/null &
    exec 7>"$tmp/hold"
    printf '%s\n' "$1" "select 'held';" >&7
    ok "held: $1" await grep -qs held "$tmp/held"
}
ended() { # NAME: how the load in the background ended
    local code=0
    exec 7>&-
    wait "$loading" || code=$?
    like "$1: exit status" "$code" '^(69|74)$'
    plain_words "$1"
}
# Ratings are not staged before they are compared with the known ones.
keep_staging() { hold 'begin; lock table movies.ratings;'; }
staging="select exists(select from pg_tables where schemaname = 'stage' and tablename like '%\_languages')"
keep_staging
begin "$large"
ok 'stopped: staging has begun' await holds "$staging"
movies-db stop
ended 'stopped while staging'
unchanged 'stopped while staging'
completes 'stopped while staging' "$large"
keep_staging
begin "$large"
ok 'crashed: staging has begun' await holds "$staging"
ok 'the server crashes' crash
ended 'crashed while staging'
unchanged 'crashed while staging'
completes 'crashed while staging' "$large"

hold "select pg_advisory_lock(hashtextextended('movies-pipeline promote', 0));"
begin "$little"
ok 'a promotion waits' await holds "select count(*) = 1 from pg_locks where locktype = 'advisory' and not granted"
movies-db stop
ended 'stopped while promoting'
unchanged 'stopped while promoting'
completes 'stopped while promoting' "$little"

next_key
exits 'open' 0 movies-load --phase open --as "$key" "$large"
for member in $(unzipper -l "$large" | jq -r .name | grep -xE '(movies_metadata|credits|keywords|links|ratings)\.csv'); do
    exits "stage $member" 0 movies-load --phase "stage:$member" --as "$key" "$large"
done
ok 'the server crashes between stage and promote' crash
unchanged 'crashed between stage and promote'
completes 'crashed between stage and promote' "$large" promote

cat >"$tmp/cut.sql" <<'END_OF_SQL'
do $do$
begin
    for i in 1..6000 loop
        perform pg_stat_clear_snapshot();
        perform pg_terminate_backend(pid)
        from pg_stat_activity
        where query ilike 'copy %stage%' and state = 'active' and pid <> pg_backend_pid()
        limit 1;
        if found then
            return;
        end if;
        perform pg_sleep(0.005);
    end loop;
    raise 'nothing was copied';
end
$do$
END_OF_SQL
movies-db psql -Xq -v ON_ERROR_STOP=1 -f "$tmp/cut.sql" 2>"$tmp/cut.err" &
cutting=$!
begin "$large"
ok "pgload's connection is cut" wait "$cutting"
ended 'connection cut'
unchanged 'connection cut'
completes 'connection cut' "$large"

# No space
if ! { [ -n "${MOVIES_UNSHARED-}" ] && mkdir "$small" "$narrow" &&
    mount -t tmpfs -o size=256k,mode=755 movies-test "$narrow" &&
    mount -t tmpfs -o size=400m,mode=755 movies-test "$small"; } 2>/dev/null; then
    skip 'no space left' 'mount is not permitted'
    done_testing
fi
export MOVIES_MIN_FREE=0
# Until it is full: while it is being filled the server writes, too.
leave() { # FOLDER KIB: fills its file system
    local free
    while free=$(df --output=avail -k "$1" | tail -n 1) && [ "$free" -gt "$2" ]; do
        head -c $(((free - $2) * 1024)) /dev/zero >>"$1/filler" 2>/dev/null
    done
}
for kib in 0 ${LONG:+4} 16; do
    next_key
    leave "$narrow" "$kib"
    TMPDIR=$narrow exits "$kib KiB for scratch files" 74 movies-load --as "$key" "$little"
    note "$(tail -n 1 "$tmp/err")"
    plain_words "$kib KiB for scratch files"
    unchanged "$kib KiB for scratch files"
    rm -rf "${narrow:?}"/*
    TMPDIR=$narrow completes "$kib KiB for scratch files" "$little"
done

movies-db stop
MOVIES_HOME=$small/var
exits 'a file on a small file system' 0 movies-load "$little"
dump_movies >"$tmp/before"
# The server's log is brought near the end of its last segment: the first time, it panics for want of
# another one.
sql "do \$\$ declare last_one text := max(name) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}\$'; begin
while (select (file_name, file_offset) < (last_one, 15 << 20)
       from pg_walfile_name_offset(pg_current_wal_insert_lsn())) loop
    perform pg_logical_emit_message(false, 'test', repeat('x', 100000));
end loop; end \$\$"
full() { # NAME KIB CODES
    local code=0
    next_key
    leave "$small" "$2"
    movies-load --as "$key" "$large" >"$tmp/out" 2>"$tmp/err" || code=$?
    like "$1: exit status" "$code" "^($3)\$"
    note "$(tail -n 1 "$tmp/err")"
    plain_words "$1"
    rm -f "$small/filler"
    unchanged "$1"
    completes "$1" "$large"
}
# Where another process of the server's panics first, a session only sees that it has gone.
full '64 KiB for the server' 64 '69|74'
# What a session writes first, when the server has thrown it away.
rm -f -- "$(readlink -m "$small/var/pg")"/data/{global,base/*}/pg_internal.init
full '64 KiB for a session' 64 74
full '2048 KiB for the server' 2048 '69|74'
done_testing
