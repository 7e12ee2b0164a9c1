#!/usr/bin/env bash
# movies-airflow with a real Airflow: wrong use, what start makes, that parts that are killed come
# back, that stop leaves nothing, and that a start after a crash of everything works.
# shellcheck disable=SC2016,SC2317 # $ is meant for others; functions are called by name
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
listening() { # the addresses, in hexadecimal, at which somebody listens on our port
    awk -v port=":$(printf %04X "$MOVIES_AIRFLOW_PORT")$" '$4 == "0A" && $2 ~ port { print $2 }' /proc/net/tcp /proc/net/tcp6
}
# In each of these names is something that a settings file or a shell could misunderstand.
export MOVIES_HOME="$tmp/it's 100% here"
air=$MOVIES_HOME/airflow
for v in ${!MOVIES_AIRFLOW@} ${!AIRFLOW@}; do unset "$v"; done
installed=$(dirname "$BIN")/airflow

says() { like "$1" "$(cat "$tmp/err")" "$2"; }

# Without Airflow
exits 'no command' 64 movies-airflow
exits 'an unknown command' 64 movies-airflow begin
for command in start stop status; do
    exits "$command with an argument" 64 movies-airflow "$command" now
done
export MOVIES_AIRFLOW=$tmp/none
for command in start stop status clean 'cli version'; do
    # shellcheck disable=SC2086 # words
    exits "not installed: $command" 69 movies-airflow $command
done
says 'says where' "^movies-airflow: $tmp/none: Airflow is not installed there"
for port in 0 080 65536 123456 80a -1 '8080 ' '$(id)'; do
    exits "a port: '$port'" 64 env MOVIES_AIRFLOW_PORT="$port" movies-airflow start
done
ok 'nothing was made' test ! -e "$MOVIES_HOME"
if [ ! -x "$installed/bin/airflow" ]; then
    skip 'with Airflow' "not installed in $installed (make airflow)"
    done_testing
fi

# With it, not started yet
unset MOVIES_AIRFLOW
exits 'status, not started' 69 movies-airflow status
is 'says so' "$(cat "$tmp/out")" 'not running'
exits 'stop, not started' 0 movies-airflow stop
for command in clean 'cli pools list'; do
    # shellcheck disable=SC2086 # words
    exits "$command, not started" 69 movies-airflow $command
done
for args in '--keep' '--keep 0' '--keep x' '--keep 1 2' '--keep 100000' '-k 3' '--keep -1'; do
    # shellcheck disable=SC2086 # words
    exits "clean $args" 64 movies-airflow clean $args
done
ok 'nothing was made' test ! -e "$MOVIES_HOME"

# A port on which something listens
free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
/usr/bin/python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1], flush=True); time.sleep(600)' >"$tmp/port" &
listener=$!
await test -s "$tmp/port"
exits 'a port in use' 69 env MOVIES_AIRFLOW_PORT="$(<"$tmp/port")" movies-airflow start
says 'says so' "^movies-airflow: port $(<"$tmp/port"): is in use"
kill "$listener"
wait "$listener" 2>/dev/null

# Who is left of Airflow: each of its processes has one of the locks open.
held() { # NAME...
    local name id
    for name; do
        id=$(stat -c '%d %i' "$air/$name.lock" 2>/dev/null) || continue
        { find -L /proc/[0-9]*/fd -maxdepth 1 -inum "${id#* }" -printf '%D%p\n' 2>/dev/null || :; } |
            sed -n "s|^${id% *}/proc/\([0-9]*\)/.*|\1|p"
    done
}
parts=(api-server scheduler dag-processor)
left() { held watch start "${parts[@]}" | tr '\n' ' '; }
leave() {
    movies-airflow stop
    drop_cluster
}
at_exit leave

# The first start, in the surroundings of another Airflow and behind a proxy
MOVIES_AIRFLOW_PORT=$(free_port)
export MOVIES_AIRFLOW_PORT
url=http://127.0.0.1:$MOVIES_AIRFLOW_PORT
mkdir -p "$tmp/other"
others=(AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="sqlite:///$tmp/other/airflow.db" AIRFLOW_CONFIG="$tmp/other/airflow.cfg"
    AIRFLOW_HOME="$tmp/other" PYTHONHOME="$tmp/other" http_proxy=http://127.0.0.1:9 HTTP_PROXY=http://127.0.0.1:9)
exits 'start' 0 env -C "$tmp/other" "${others[@]}" movies-airflow start
like 'says where to log in' "$(cat "$tmp/out")" "^Airflow: $url"
is 'and why that takes so long' "$(cat "$tmp/err")" 'movies-airflow: the first start takes a minute'
is 'the other Airflow is left alone' "$(ls "$tmp/other")" ''
modes() { (cd "$air" && stat -c '%a %n' . airflow.cfg keys passwords.json ./*.log ./*.lock ../log/airflow*.log | sort | grep -v '^600 '); }
is 'only we can enter, and read' "$(modes)" '700 .'
is 'status' "$(movies-airflow status)" "running, process $(<"$air/watch.pid"), $url
metadatabase: healthy
scheduler: healthy
dag_processor: healthy"
is 'listens on loopback only' "$(listening)" "0100007F:$(printf %04X "$MOVIES_AIRFLOW_PORT")"
is 'the pools' "$(movies-db psql -d airflow -XAtqc "select pool, slots from slot_pool where pool <> 'default_pool' order by 1")" \
    'backfill|1
production|6'
tasks_ran() { grep -rqs 'exit status' "$air"/logs/dag_id=movies_stage; }
ok 'tasks run and reach it, past the proxy' await tasks_ran

# The second
sums() { sha256sum "$air/keys" "$air/passwords.json"; }
before=$(sums) watcher=$(<"$air/watch.pid")
exits 'start again' 0 env MOVIES_AIRFLOW_PORT="$(free_port)" movies-airflow start
says 'says that it runs' '^movies-airflow: airflow: runs already$'
like 'and where, whatever port is asked for' "$(cat "$tmp/out")" "^Airflow: $url"
is 'keys and password stay' "$(sums)" "$before"
is 'the watcher too' "$(<"$air/watch.pid")" "$watcher"
held_always() { for _ in {1..30}; do movies-airflow status >/dev/null & done; wait; }
held_always
is 'many who ask at once do not disturb' "$(movies-airflow status | head -n 1)" "running, process $watcher, $url"

# Parts that die, all at once, and the database server with them
postmaster() { head -n 1 "$(readlink -f "$MOVIES_HOME/pg")/data/postmaster.pid"; }
declare -A was
for part in "${parts[@]}"; do
    was[$part]=$(<"$air/$part.pid")
done
kill -9 "${was[@]}" "$(postmaster)"
came_back() { [ "$(<"$air/$1.pid")" != "${was[$1]}" ] && held "$1" | grep -cx "$(<"$air/$1.pid")"; }
for part in "${parts[@]}"; do
    ok "killed, comes back: $part" await came_back "$part"
done
well() { [ "$(movies-airflow status | grep -c ': healthy')" = 3 ]; }
ok 'all work again' await well
is 'under the same watcher' "$(<"$air/watch.pid")" "$watcher"
like 'the log has it' "$(cat "$MOVIES_HOME/log/airflow.log")" 'scheduler: ended after [0-9]+ s, is started again'

# Clean-up
mkdir -p "$air/logs/old/older"
touch -d '31 days ago' "$air/logs/old/older/attempt=1.log"
touch -d '2 days ago' "$air/logs/old/older"
touch "$air/logs/new.log"
head -c 11000000 /dev/zero | tr '\0' x >>"$MOVIES_HOME/log/airflow-scheduler.log"
exits 'clean' 0 movies-airflow clean
ok 'an old log is gone' test ! -e "$air/logs/old/older/attempt=1.log"
ok 'a new one is not' test -e "$air/logs/new.log"
ok 'a long one is short' test "$(stat -c %s "$MOVIES_HOME/log/airflow-scheduler.log")" -lt 1000000
is 'its end is kept' "$(stat -c '%s %a' "$MOVIES_HOME/log/airflow-scheduler.log.1")" '1000000 600'

# A crash: the watcher, the head of a part that leaves children, the server. The next start is well when it ends
# with 0; a stop waits for that.
movies-db psql -d airflow -XAtqc "update slot_pool set slots = 3 where pool = 'production'"
mapfile -t former < <(held "${parts[@]}")
kill -9 "$watcher" "$(<"$air/scheduler.pid")" "$(postmaster)"
exits 'then it does not run' 69 movies-airflow status
gone() { [ -z "$(held watch api-server dag-processor)" ]; }
ok 'the other parts end with the watcher' await gone
movies-airflow start >"$tmp/again" 2>&1 &
starting=$!
is_locked() { ! flock -n "$air/start.lock" true; }
ok 'a start is under way' await is_locked
former_gone() { [ "$(held "${parts[@]}" | grep -cxF -f <(printf '%s\n' "${former[@]}"))" = 0 ]; }
ok 'which ends what is left of the former' await former_gone
exits 'stop waits for it' 0 movies-airflow stop
ok 'it had come to its end' wait "$starting"
like 'and said where it is' "$(cat "$tmp/again")" "^Airflow: $url"
is 'keys and password stay' "$(sums)" "$before"
is 'so does the size that a pool was given' \
    "$(movies-db psql -d airflow -XAtqc "select slots from slot_pool where pool = 'production'")" 3
is 'stop leaves no process and no lock' "$(left)" ''
exits 'status' 69 movies-airflow status
exits 'stop again' 0 movies-airflow stop
done_testing
