# shellcheck shell=bash disable=SC2154 # air*, movies_*: set by who sources this
# A part of Airflow: one of its programs with all processes that it makes. Each of them has
# airflow/PART.lock open, which nothing else has, so what is left of a part is found without a process
# id, which may be another's by now, and whatever has been killed: its head, the watcher, both.
# A part is asked to end when the watcher ends, be it by kill -9. The commands that tasks run end with
# their tasks. Sourced by movies-airflow.

air_parts=(api-server scheduler dag-processor)
air_patience=25 # seconds that a part has to end by itself

# The environment of Airflow's programs: none of the settings of another Airflow or Python, and no
# proxy between what is on this machine.
air_environment() {
    local name
    for name in $(compgen -A export AIRFLOW__) AIRFLOW_CONFIG PYTHONHOME PYTHONPATH; do
        [[ $name == AIRFLOW__* && -n ${MOVIES_AIRFLOW_SETTINGS:-} ]] || unset "$name"
    done
    export AIRFLOW_HOME=$air PATH=$air_env/bin:$PATH
    export NO_PROXY=127.0.0.1${NO_PROXY:+,$NO_PROXY} no_proxy=127.0.0.1${no_proxy:+,$no_proxy}
}

# The airflow program.
air_run() { # ARG...
    (air_environment && exec "$air_env/bin/airflow" "$@")
}

# What "airflow" is without settings of its own would make some, and a database of another kind.
air_made() {
    [ -e "$air/airflow.cfg" ] || die 69 "$air" 'nothing there yet (movies-airflow start makes it)'
    pg_start
}

# Leaves the processes that have a lock open in holders.
air_holders() { # NAME
    local id device pid
    holders=()
    id=$(stat -c '%d %i' -- "$air/$1.lock" 2>/dev/null) || return 0
    while IFS=/ read -r device _ pid _; do
        [ "$device" != "${id% *}" ] || holders+=("$pid")
    done < <(find -L /proc/[0-9]*/fd -maxdepth 1 -inum "${id#* }" -printf '%D%p\n' 2>/dev/null)
}

# Ends all processes of a part: asks, waits, kills. 1 if the system cannot end them.
air_end() { # PART [SECONDS]
    local left=$((${2-$air_patience} * 5)) signal=TERM
    air_holders "$1"
    while [ ${#holders[@]} -gt 0 ]; do
        if [ "$left" -le 0 ]; then signal=KILL; fi
        [ -z "$signal" ] || kill "-$signal" "${holders[@]}" 2>/dev/null || :
        [ "$left" -gt -50 ] || return 1
        signal=''
        left=$((left - 1))
        sleep 0.2
        air_holders "$1"
    done
}

# The api-server goes last: tasks that are being ended tell it so. It has nothing to finish itself.
air_end_all() {
    air_end dag-processor &
    air_end scheduler
    wait $! || :
    air_end api-server 1
}

# Becomes the part, once nothing is left of a former one. For a subshell of the watcher.
air_become() { # PART
    local log=$MOVIES_HOME/log/airflow-$1.log args=("$1") mask
    [ "$1" != scheduler ] || args+=(--skip-serve-logs)
    air_end "$1" 10
    air_environment
    mask=$(umask)
    umask 077
    exec {held}>&- {part}>>"$air/$1.lock" </dev/null >>"$log" 2>&1
    umask "$mask"
    exec setsid setpriv --pdeathsig TERM -- "$air_env/bin/airflow" "${args[@]}"
}
