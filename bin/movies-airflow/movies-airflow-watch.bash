# shellcheck shell=bash disable=SC2154 # air*, movies_*: set by who sources this
# Keeps Airflow's parts alive: the watcher is one process that starts each of them, and again when it
# ends, or hangs (a scheduler that has lost its database may); sees to it that the embedded server runs;
# cleans up once a day. Its lock, airflow/watch.lock, is free when it is gone, also after a crash or a
# reboot. Sourced by movies-airflow.

air_parts=(api-server scheduler dag-processor)

# Is there a watcher?
air_held() {
    [ -e "$air/watch.lock" ] && ! flock -n "$air/watch.lock" true
}

# Leaves the watcher behind, with none of our descriptors.
air_watch_begin() {
    mkdir -p -- "$MOVIES_HOME/log"
    (
        umask 077
        exec {start_lock}>&-
        setsid "$self" watch </dev/null >>"$MOVIES_HOME/log/airflow.log" 2>&1 &
    )
    local end=$((SECONDS + 20))
    until air_held; do
        [ "$SECONDS" -lt "$end" ] || die 69 airflow 'its watcher does not start' "$(tail -n 1 "$MOVIES_HOME/log/airflow.log")"
        sleep 0.1
    done
}

# Becomes the part, the head of a group of processes. For a subshell.
air_part() { # PART
    local log=$MOVIES_HOME/log/airflow-$1.log args=("$1")
    [ "$1" != scheduler ] || args+=(--skip-serve-logs)
    [ ! -e "$log" ] || [ "$(stat -c %s -- "$log")" -lt 10000000 ] || mv -f -- "$log" "$log.1"
    exec {held}>&-
    export AIRFLOW_HOME=$air PATH=$air_env/bin:$PATH
    exec setsid "$air_env/bin/airflow" "${args[@]}" </dev/null >>"$log" 2>&1
}

# Starts a part again when it ends; longer waits when it ends at once.
air_keep() { # PART
    local pause=1 began child=''
    trap 'air_end_group "$child"; exit 0' TERM
    while :; do
        began=$SECONDS
        air_part "$1" &
        child=$!
        printf '%s\n' "$child" | air_write "$1.pid"
        wait "$child" || :
        warn "$1" "ended after $((SECONDS - began)) s, is started again"
        air_end_group "$child"
        [ $((SECONDS - began)) -lt 60 ] || pause=1
        sleep "$pause" &
        wait $! || :
        pause=$((pause < 30 ? pause * 2 : 30))
    done
}

# Ends a group of processes: asks, waits, and does not ask again.
air_end_group() { # PID
    local end=$((SECONDS + 25))
    [ -n "$1" ] || return 0
    kill -- "-$1" 2>/dev/null || return 0
    while kill -0 -- "-$1" 2>/dev/null; do
        [ "$SECONDS" -lt "$end" ] || { kill -9 -- "-$1" 2>/dev/null || :; }
        sleep 0.2
    done
}

# Ends the parts that say that they do not work, or, PATIENCE times in a row, nothing at all.
air_check() { # PATIENCE
    local part
    air_silent=$((air_silent + 1))
    if air_answers "$air/health"; then
        air_silent=0
        for part in "${air_parts[@]}"; do
            jq -e --arg part "${part//-/_}" '.[$part].status == "unhealthy"' "$air/health" >/dev/null 2>&1 || continue
            air_kill "$part" 'does not work'
        done
    elif [ "$air_silent" -ge "$1" ]; then
        air_kill api-server 'does not answer'
        air_silent=0
    fi
}

# A part is given a minute to come up before it is judged.
air_kill() { # PART WHY
    local pid
    [ "$(find "$air/$1.pid" -newermt '60 seconds ago' 2>/dev/null)" = '' ] || return 0
    pid=$(<"$air/$1.pid")
    warn "$1" "$2, is ended"
    kill -9 -- "-$pid" 2>/dev/null || :
}

air_watch() {
    local part day=''
    air_find
    exec {held}>"$air/watch.lock"
    flock -n "$held" || die 74 "$air" 'is watched already'
    printf '%s\n' $$ | air_write watch.pid
    keepers=()
    for part in "${air_parts[@]}"; do
        air_keep "$part" &
        keepers+=($!)
    done
    trap air_watch_end TERM INT
    air_silent=0
    while :; do
        (pg_start) || :
        air_check 12
        if [ "$(date -u +%F)" != "$day" ]; then
            [ -z "$day" ] || (air_clean) || :
            day=$(date -u +%F)
        fi
        sleep 5 &
        wait $! || :
    done
}

air_watch_end() {
    trap '' TERM INT
    kill "${keepers[@]}" 2>/dev/null || :
    wait "${keepers[@]}" 2>/dev/null || :
    warn stopped
    exit 0
}

air_stop() {
    local pid end=$((SECONDS + 60))
    air_find
    air_held || return 0
    pid=$(<"$air/watch.pid")
    [[ $pid =~ ^[0-9]+$ ]] && kill "$pid" 2>/dev/null || :
    while air_held; do
        [ "$SECONDS" -lt "$end" ] || die 74 airflow "process $pid does not end"
        sleep 0.2
    done
}
