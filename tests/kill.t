#!/usr/bin/env bash
# A load is killed at some moment, any process of it, or one of the server's, or the server: the
# same command again completes it, and nothing tells of the accident. SEED=N repeats a run.
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME=$tmp/var
SEED=${SEED:-$RANDOM}
note "SEED=$SEED"
at_exit drop_cluster
begin_cluster
zero() { [ "$(sql "$1")" = 0 ]; }
ours() { # the processes that work in this MOVIES_HOME, apart from the server, which knows nothing of it
    local p
    for p in /proc/[0-9]*; do
        [ "$p" = "/proc/$BASHPID" ] || ! grep -qzsxF "MOVIES_HOME=$MOVIES_HOME" "$p/environ" ||
            tr '\0' ' ' 2>/dev/null <"$p/cmdline"
    done
}
soon_gone() { # within a second; fails with what is left
    local left
    for _ in {1..20}; do
        left=$(ours)
        [ -n "$left" ] || return 0
        sleep 0.05
    done
    printf '%s\n' "$left"
    return 1
}

mkdir "$tmp/files"
kills=5
[ -z "${LONG:-}" ] || kills=200
mapfile -t files < <(/usr/bin/python3 -B "$top/tests/prop/hours.py" "$SEED" "$kills" "$tmp/files")
sums=$(cat "${files[@]}" | sha256sum)
ok 'the database is made' movies-db start

# The undisturbed loads, in a database of their own.
elsewhere() { PGHOST=$MOVIES_HOME/pg/run PGUSER=movies PGDATABASE=undisturbed "$@"; }
[ -d "$MOVIES_HOME/pg/run" ] || bail 'the name of the scratch folder is too long'
sql 'create database undisturbed'
began=${EPOCHREALTIME/./}
exits 'files load undisturbed' 0 elsewhere movies-load "${files[@]}"
seconds=$(((${EPOCHREALTIME/./} - began) / kills))
seconds=$((seconds / 1000000)).$(printf %06d $((seconds % 1000000)))
elsewhere dump_movies >"$tmp/undisturbed"
ok 'and leave something to compare' test "$(wc -l <"$tmp/undisturbed")" -gt 50

targets=(load backend load server load backend load load)
for ((i = 0; i < kills; i++)); do
    # The order is of no account: the first come last.
    file=${files[kills - 1 - i]}
    how=$("$top/tests/fault/kill" "$SEED.$i" "${targets[i % ${#targets[@]}]}" "$seconds" movies-load "$file") ||
        bail "tests/fault/kill: exit status $?"
    ok "$how: no process of the load runs a second later" soon_gone
    rc=0
    movies-load "$file" >"$tmp/out" 2>"$tmp/err" || rc=$?
    ok "$how: the same again completes it ($rc)" test "$rc" -eq 0 -o "$rc" -eq 99
    sed 's/^/# /' "$tmp/err"
    is 'no process is left' "$(ours)" ''
    # Soon: a session ends a moment after its client.
    ok 'no lock, no open load, no stage table is left' await zero "select
        (select count(*) from pg_locks as l join pg_database as d on d.oid = l.database
            where locktype = 'advisory' and datname = 'movies')
        + (select count(*) from ops.loads where status = 'open')
        + (select count(*) from pg_tables where schemaname = 'stage')"
done
is 'each file was promoted once' \
    "$(sql "select count(*) || ' ' || count(distinct key) from ops.loads where status = 'promoted'")" "$kills $kills"
is 'no file was touched' "$(cat "${files[@]}" | sha256sum)" "$sums"
dump_movies >"$tmp/disturbed"
ok 'the database is the undisturbed one' cmp "$tmp/undisturbed" "$tmp/disturbed"

# Asked to end, once or twice, alone or with its group, it takes with it all that works for it, and nothing is done
# behind its back. Each load has a key of its own, older than all others.
file=$tmp/2026-01-01T00Z.zip
few 900 "$file"
ways=(TERM HUP 'TERM HUP' 'INT group')
tries=4
[ -z "${LONG:-}" ] || tries=28
RANDOM=$SEED
rm -rf "${TMPDIR:?}"/* # of those that were killed
for ((i = 0; i < tries; i++)); do
    read -r signal second <<<"${ways[i % 4]}"
    printf -v key '2025-06-%02dT00Z' $((28 - i))
    printf -v moment '0.%03d' $((RANDOM % 900 + 50))
    env --default-signal=INT setsid movies-load --as "$key" "$file" >"$tmp/out" 2>"$tmp/err" &
    loading=$!
    sleep "$moment"
    case $second in
    '') kill -s "$signal" "$loading" ;;
    group) kill -s "$signal" -- -"$loading" ;;
    *) kill -s "$signal" "$loading" && sleep 0.01 && kill -s "$second" "$loading" ;;
    esac 2>/dev/null
    rc=0
    wait "$loading" 2>/dev/null || rc=$?
    is "${ways[i % 4]} after $moment s ($rc): no process is left" "$(ours)" ''
    is 'nor a scratch file' "$(find "$TMPDIR" -type f)" ''
    is 'nothing is said but what it says itself' "$(grep -vE '^(movies-load: .*|Terminated|Hangup)$' "$tmp/err")" ''
    # A commit that had begun comes to its end without its client.
    ok 'its sessions end' await zero "select count(*) from pg_stat_activity where application_name = 'movies-load'"
    before=$(sql "select status from ops.loads where key = '$key'")
    # Or promoted, if the signal came when that was done and nothing but its report was left.
    like 'it is ended, or had come to its end' "$rc-$before" "^(0-promoted|$((128 + $(kill -l "$signal")))-(open|promoted)?)$"
    sleep 0.5
    is 'which stays so' "$(sql "select status from ops.loads where key = '$key'")" "$before"
    rc=0
    movies-load --as "$key" "$file" >"$tmp/out" 2>"$tmp/err" || rc=$?
    ok "the same again completes it ($rc)" test "$rc" -eq 0 -o "$rc" -eq 99
done

# Killing the process group, as Airflow does to stop a task, leaves no process either.
for ((i = 0; i < tries; i++)); do
    printf -v key '2025-05-%02dT00Z' $((28 - i))
    setsid movies-load --as "$key" "$file" >"$tmp/out" 2>"$tmp/err" &
    loading=$!
    printf -v moment '0.%03d' $((RANDOM % 900 + 50))
    sleep "$moment"
    kill -s KILL -- -"$loading" 2>/dev/null
    wait "$loading" 2>/dev/null
    ok "process group killed after $moment s: no process of the load runs a second later" soon_gone
    rc=0
    movies-load --as "$key" "$file" >"$tmp/out" 2>"$tmp/err" || rc=$?
    ok "the same command completes the load ($rc)" test "$rc" -eq 0 -o "$rc" -eq 99
done
done_testing
