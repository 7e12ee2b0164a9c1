# shellcheck shell=bash disable=SC2154 # air*, movies_*: set by who sources this
# Keeps Airflow's parts alive: the watcher is one process that starts each of them, and again when it
# ends, or hangs (a scheduler that has lost its database may); sees to it that the embedded server runs;
# cleans up once a day. It alone holds the lock airflow/watch.lock, which is free when it is gone, also
# after a crash or a reboot. Nothing that fails, such as a write to a full disk, ends it.
# Sourced by movies-airflow.

# Is there a watcher? Who else asks does not disturb.
air_held() {
    [ -e "$air/watch.lock" ] && ! flock -s -n "$air/watch.lock" true
}

# Leaves the watcher behind, with none of our descriptors.
air_watch_begin() {
    local log=$MOVIES_HOME/log/airflow.log end=$((SECONDS + 20))
    mkdir -p -- "$MOVIES_HOME/log"
    (umask 077 && : >>"$log") 2>/dev/null || die 74 "$log" 'cannot be written'
    (
        for fd in "/proc/$BASHPID/fd/"*; do
            fd=${fd##*/}
            [[ ! $fd =~ ^[0-9]+$ || $fd -le 2 ]] || exec {fd}>&-
        done
        setsid "$self" watch </dev/null >>"$log" 2>&1 &
    )
    until air_held; do
        [ "$SECONDS" -lt "$end" ] || die 69 airflow 'its watcher does not start' "$(tail -n 1 "$log")"
        sleep 0.1
    done
}

air_watch() {
    local part daily=0
    air_find
    cd -- "$air" || die 74 "$air" 'cannot be entered'
    exec {held}>>watch.lock
    flock -w 10 "$held" || die 74 "$air" 'is watched already'
    printf '%s\n' $$ | air_write watch.pid
    set +e
    declare -A child=() began=() pause=() next=() sick=() beside=()
    trap air_watch_end TERM INT
    while :; do
        running=" $(jobs -pr | tr '\n' ' ')"
        air_beside database pg_start
        for part in "${air_parts[@]}"; do air_tend "$part"; done
        air_check 12
        [ "$SECONDS" -lt "$daily" ] || air_beside daily air_daily
        [ "$SECONDS" -lt "$daily" ] || daily=$((SECONDS + 600))
        sleep 5 {held}>&- &
        # shellcheck disable=SC2068 # those that wait for their next start have no process
        wait -n ${child[@]} $! 2>/dev/null
    done
}

air_runs() { [[ $running == *" ${1:-none} "* ]]; } # PID, of a child

# Does something beside the loop, unless it is still being done.
air_beside() { # NAME COMMAND
    ! air_runs "${beside[$1]-}" || return
    (exec {held}>&- && "$2") &
    beside[$1]=$!
}

# Starts a part that has ended; after a longer while when it ends at once.
air_tend() { # PART
    local lived
    ! air_runs "${child[$1]-}" || return
    if [ -n "${child[$1]-}" ]; then
        lived=$((SECONDS - ${began[$1]}))
        warn "$1" "ended after $lived s, is started again"
        [ "$lived" -lt 60 ] || pause[$1]=1
        next[$1]=$((SECONDS + ${pause[$1]:-1}))
        pause[$1]=$((${pause[$1]:-1} < 16 ? ${pause[$1]:-1} * 2 : 30))
        child[$1]=''
    fi
    [ "$SECONDS" -ge "${next[$1]:-0}" ] || return
    air_become "$1" &
    child[$1]=$! began[$1]=$SECONDS sick[$1]=0
    (printf '%s\n' "${child[$1]}" | air_write "$1.pid")
}

# Ends the parts that say three times in a row that they do not work (after a sleep of the whole machine
# all of them do, once), or, PATIENCE times, nothing at all.
air_check() { # PATIENCE
    local part health
    if health=$(air_health); then sick[api-server]=0; else air_sick api-server "$1" 'does not answer'; fi
    for part in scheduler dag-processor; do
        if jq -e ".${part/-/_}.status == \"unhealthy\"" >/dev/null 2>&1 <<<"$health"; then
            air_sick "$part" 3 'does not work'
        else
            sick[$part]=0
        fi
    done
}

# A part is given a minute to come up before it is judged.
air_sick() { # PART PATIENCE WHY
    [ $((SECONDS - ${began[$1]:-$SECONDS})) -ge 60 ] || return
    sick[$1]=$((${sick[$1]} + 1))
    [ "${sick[$1]}" -ge "$2" ] || return
    warn "$1" "$3, is ended"
    sick[$1]=0
    air_end "$1" 0
}

# The time of the last clean-up is kept: not every machine runs through the night.
air_daily() {
    [ -e cleaned ] || : >cleaned
    [ -z "$(find cleaned -mmin +1440)" ] || { (air_clean) && touch cleaned; }
}

air_watch_end() {
    trap '' TERM INT
    kill "${beside[@]}" 2>/dev/null
    air_end_all
    kill "${child[@]}" 2>/dev/null # a part that waits for what is left of the former
    warn stopped
    exit 0
}

air_stop() {
    local end holders=()
    air_find
    [ ! -e "$air/start.lock" ] || air_lock
    end=$((SECONDS + 60))
    while air_held; do
        [ "$SECONDS" -lt "$end" ] || die 74 airflow "process ${holders[*]} does not end"
        if [ ${#holders[@]} -eq 0 ]; then
            air_holders watch
            kill "${holders[@]}" 2>/dev/null || :
        fi
        sleep 0.2
    done
    air_end_all
}
