#!/usr/bin/env bash
# pgload and a server that objects, that is in somebody else's hands, that goes away: the exit status,
# one line that says why, and nothing committed.
# shellcheck disable=SC2317,SC2119  # functions that ok and exits call
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
source "$(dirname "$0")/pg.sh"

pg_start
q 'create schema stage; create table stage.movies (id int, title text)' || bail 'no server'
put() { printf '%s\n' "$@" >"$tmp/in"; } # the next input, a line each
holds() { [ "$(q "$1")" = t ]; }         # SQL that is true or false

q "create table chk (id int check (id < 1000000));
   create function no() returns trigger language plpgsql as \$\$ begin
   if new.id = 13 then return null; end if; if new.id = 14 then raise 'not 14'; end if;
   if new.id = 15 then raise notice 'is 15'; end if; return new; end \$\$;
   create trigger no before insert on chk for each row execute function no()"
put '{"id":1}' '{"id":13}'
exits 'a row that a trigger swallows' 65 pgload -t chk "$tmp/in"
exits 'also with -k' 65 pgload -t chk -k id "$tmp/in"
like 'says how many' "$(cat "$tmp/err")" 'chk: of 2 rows the server accounts for 1 '
is 'and commits nothing' "$(q 'select count(*) from chk where id < 14')" 0
q 'create table stuck (id int, v int); insert into stuck values (1, 1), (2, 2);
   create function never() returns trigger language plpgsql as $$ begin return null; end $$;
   create trigger nope before update on stuck for each row execute function never()'
put '{"id":1,"v":1}' '{"id":2,"v":2}'
exits 'rows that need no update' 0 pgload -t stuck -k id "$tmp/in"
put '{"id":1,"v":1}' '{"id":2,"v":3}'
exits 'an update that a trigger swallows' 65 pgload -t stuck -k id "$tmp/in"
put '{"id":14}'
exits 'a trigger that raises' 65 pgload -t chk "$tmp/in"
like 'tells why' "$(cat "$tmp/err")" '^pgload: public\.chk: not 14'
put '{"id":15}'
exits 'a notice' 0 pgload -t chk "$tmp/in"
is 'is not shown' "$(cat "$tmp/err")" ''
exits 'but under -v' 0 pgload -t chk -v "$tmp/in"
like 'it is' "$(cat "$tmp/err")" 'chk: NOTICE: +is 15'
put '{"id":5}' '{"id":1000000}'
exits 'a check constraint' 65 pgload -t chk "$tmp/in"
is 'commits nothing' "$(q 'select count(*) from chk where id = 5')" 0
q 'create table late (id int unique deferrable initially deferred)'
put '{"id":1}' '{"id":1}'
exits 'a constraint that is looked at on commit' 65 pgload -t late "$tmp/in"
is 'and commits nothing' "$(q 'select count(*) from late')" 0
q 'create role reader login; grant usage on schema stage to reader; grant select on stage.movies to reader'
put '{"id":1,"title":"x"}'
exits 'no permission' 64 env PGUSER=reader pgload -t stage.movies "$tmp/in"
# Another session holds the table while pgload wants it.
while_locked() {
    local got=0
    rm -f "$tmp/locker"
    mkfifo "$tmp/locker"
    psql -Xq <"$tmp/locker" >/dev/null &
    exec 9>"$tmp/locker"
    echo 'begin; lock table stage.movies;' >&9
    await holds "select count(*) = 1 from pg_locks where relation = 'stage.movies'::regclass"
    PGOPTIONS='-c lock_timeout=200' pgload -t stage.movies "$tmp/in" || got=$?
    exec 9>&-
    wait
    return "$got"
}
exits 'a lock that is not had in time' 74 while_locked
exits 'a session that is read only by default' 0 \
    env PGOPTIONS='-c default_transaction_read_only=on' pgload -t stage.movies "$tmp/in"

# Notices whose pieces arrive one by one, through a relay that passes on 1,000 bytes at a time.
q "create table loud (id int); create function shout() returns trigger language plpgsql as \$\$ begin
   if new.id % 20000 = 0 then raise notice '%', repeat('x', 3000); end if; return new; end \$\$;
   create trigger shout before insert on loud for each row execute function shout()"
relayed() {
    local got=0
    /usr/bin/python3 -B - "$PGHOST/.s.PGSQL.5432" "$tmp" <<'END' || got=$?
import os, select, socket, subprocess, sys
server, folder = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX)
listener.bind(f"{folder}/.s.PGSQL.5432")
listener.listen()
# A slow feed of many chunks, so that pgload looks at the server between the pieces.
slow = '''import sys, time
for i in range(0, 400_000, 20_000):
    sys.stdout.write("".join(f'{{"id":{n + 1}}}\\n' for n in range(i, i + 20_000)))
    sys.stdout.flush()
    time.sleep(0.02)
'''
source = subprocess.Popen([sys.executable, "-c", slow], stdout=subprocess.PIPE)
load = subprocess.Popen(["pgload", "-t", "loud"], stdin=source.stdout, env={**os.environ, "PGHOST": folder})
source.stdout.close()
near, _ = listener.accept()
far = socket.socket(socket.AF_UNIX)
far.connect(server)
while True:
    ready = select.select([near, far], [], [], 0.1)[0]
    if near in ready:
        data = near.recv(65536)
        if not data:
            break
        far.sendall(data)
    if far in ready:
        data = far.recv(1000)
        if not data:
            break
        near.sendall(data)
sys.exit(load.wait())
END
    rm -f "$tmp/.s.PGSQL.5432"
    return "$got"
}
exits 'notices in pieces' 0 relayed
is 'all rows are there' "$(q 'select count(*), count(distinct id) from loud')" '400000|400000'

# The server fails at the first row, with much to come.
long_stream() {
    (echo '{"id":1000000}' && yes '{"id":1}' | head -n 500000) 2>/dev/null | pgload -t chk
    return "${PIPESTATUS[1]}"
}
exits 'an error of the server with much to come' 65 long_stream
# Input that never ends: pgload has to look at the server meanwhile.
endless_stream() {
    local feeder code=0
    mkfifo "$tmp/endless"
    (echo '{"id":1000000}' && exec yes '{"id":1}') >"$tmp/endless" 2>/dev/null &
    feeder=$!
    timeout 60 pgload -t chk "$tmp/endless" || code=$?
    kill "$feeder" 2>/dev/null
    wait "$feeder"
    rm "$tmp/endless"
    return "$code"
}
exits 'an error of the server ends pgload though its input goes on' 65 endless_stream
idle_stream() { # a session that is terminated while the input says nothing
    local code=0
    mkfifo "$tmp/idle"
    exec 8<>"$tmp/idle"
    seq 20000 | sed 's/.*/{"id":&}/' >&8 &
    PGAPPNAME=idle_load timeout 60 pgload -t loud "$tmp/idle" 8>&- 2>"$tmp/idle.err" &
    await has_copied
    q "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'idle_load'" >/dev/null
    wait "$!" || code=$?
    exec 8>&-
    rm "$tmp/idle"
    cat "$tmp/idle.err" >&2
    return "$code"
}
has_copied() { [ "$(q "select count(*) from pg_stat_activity where application_name = 'idle_load' and query like 'copy%'")" = 1 ]; }
exits 'a session that is terminated ends pgload while its input is idle' 69 idle_stream

# --- a server that goes away -----------------------------------------------------------------

# Starts pgload on a pipe that stays open, feeds it, stops the server, feeds it more. Its exit
# code, or 99 if it only noticed at the end of the stream.
feed_then_stop() { # MODE ARGS...
    local mode=$1 pid
    shift
    rm -f "$tmp/fifo"
    mkfifo "$tmp/fifo"
    pgload "$@" <"$tmp/fifo" 2>"$tmp/gone" &
    pid=$!
    exec 8>"$tmp/fifo"
    seq 200000 | sed 's/.*/{"id":&}/' >&8
    await holds "select count(*) = 1 from pg_stat_activity where query like 'copy%' and state = 'active'"
    pg_stop "$mode"
    # Much less than what the socket's buffers would hold: it must be noticed at the next put.
    trap '' PIPE
    seq 20000 | sed 's/.*/{"id":&}/' >&8 2>/dev/null
    trap - PIPE
    for _ in {1..600}; do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    if kill -0 "$pid" 2>/dev/null; then
        kill "$pid"
        return 99
    fi
    exec 8>&-
    wait "$pid"
}
q 'create table gone (id int); insert into gone values (0)'
for mode in immediate fast; do
    exits "the server stops ($mode)" 69 feed_then_stop "$mode" -t gone
    is 'in one line' "$(wc -l <"$tmp/gone")" 1
    like 'that names the table' "$(cat "$tmp/gone")" '^pgload: public\.gone: '
    pg_restart
    is 'nothing is committed' "$(q 'table gone')" 0
done
exits 'with --truncate' 69 feed_then_stop immediate -t gone --truncate
pg_restart
is 'the old rows are there' "$(q 'table gone')" 0
exits 'with -k' 69 feed_then_stop immediate -t gone -k id
pg_restart
is 'and nothing is merged' "$(q 'table gone')" 0

killed() { # SIGNAL
    local pid got
    rm -f "$tmp/fifo"
    mkfifo "$tmp/fifo"
    pgload -t gone <"$tmp/fifo" &
    pid=$!
    exec 8>"$tmp/fifo"
    seq 20000 | sed 's/.*/{"id":&}/' >&8
    await holds "select count(*) = 1 from pg_stat_activity where query like 'copy%' and state = 'active'"
    kill -"$1" "$pid"
    wait "$pid"
    got=$?
    exec 8>&-
    return "$got"
}
exits 'dies of SIGTERM' 143 killed TERM
exits 'dies of SIGKILL' 137 killed KILL
is 'and the server rolls back' "$(q 'table gone')" 0

# libpq without memory; the sanitizers must be loaded first.
if [[ $BIN != */san/bin ]]; then
    put '{"id":5}'
    codes=''
    for n in {1..60}; do
        rc=0
        FAULT=malloc:$n:ENOMEM LD_PRELOAD=$BIN/../tests/fault.so pgload -t chk "$tmp/in" 2>/dev/null || rc=$?
        codes+="$rc "
    done
    is 'lack of memory while it connects is never wrong use' "$(tr ' ' '\n' <<<"$codes" | grep -cx -e 64 -e 65)" 0
fi
done_testing
