# shellcheck shell=bash
# The work of movies-backfill: fetches, gives way to others, begins the workers
# (movies-backfill-file.bash) and counts what they did. What is done is in the folders and in the
# database at any moment, so nothing is lost with us.
# Sourced by movies-backfill. Reads jobs, chunk, source; from, to, first and last.
# shellcheck source=bin/movies-backfill/movies-backfill-file.bash
. "$movies_lib/movies-backfill-file.bash"

declare -A running=() # KEY -> its worker's process
loaded=0 skipped=0 failed=() bad='' unanswered='' stop=0 done_fd=''

work_make() {
    work=$(mktemp -d) || die 74 "${TMPDIR:-/tmp}" 'no scratch folder can be made'
    trap finish EXIT
    trap 'exit 143' TERM
    trap 'exit 130' INT
    trap 'exit 129' HUP
}

# Ends where a listing of the scratch folder is not whole; who has said why has a status of ours.
work_lost() { # CODE
    [[ ! $1 =~ ^(64|65|69|70|74)$ ]] || exit "$1"
    die 74 "$work" 'cannot be written'
}

# Whoever ends us ends the workers, and each of them what it runs.
finish() {
    end_children
    rm -rf -- "$work"
}

# Others come first, on this machine and in the server. A server that we start ourselves has been
# started before: it serves the others too.
give_way() {
    renice -n 19 -p "$$" >/dev/null 2>&1 || :
    ionice -c 3 -p "$$" 2>/dev/null || :
    [ -n "${db_embedded:-}" ] && { [ "$EUID" -eq 0 ] || [ "$EUID" -eq "$pg_uid" ]; } || return 0
    lower_sessions >/dev/null 2>&1 & # whoever reads what we say must not wait for it
}

# The same for the sessions of our commands, every second. They are known by PGAPPNAME.
lower_sessions() {
    local pids said client parent
    psql_find
    exec {said}< <(exec "$REPLY" -XqAtw -v ON_ERROR_STOP=1 -f "$movies_sql/backfill/sessions.sql" 2>/dev/null)
    client=$!
    trap 'kill "$client" 2>/dev/null || :' EXIT
    while read -r pids <&"$said" && read -r _ _ _ parent _ <"/proc/$BASHPID/stat" && [ "$parent" -eq "$$" ]; do
        # shellcheck disable=SC2086 # numbers
        [[ ! $pids =~ ^[0-9\ ]+$ ]] || renice -n 19 -p $pids >/dev/null 2>&1 || :
    done
}

# Is a load of somebody else at work? Ours have their file in backfill. Leaves its key in REPLY.
production_open() {
    local keys rows
    keys=$(db_act_as movies_loader && db_psql -At -f "$movies_sql/backfill/open.sql")
    db_lines '[0-9TZrfix.-]+' "$keys"
    for REPLY in "${rows[@]}"; do
        [ -n "${running[$REPLY]:-}" ] || [ -e "$MOVIES_HOME/backfill/$REPLY.zip" ] || return 0
    done
    REPLY=''
}

production_wait() {
    local told='' open_key
    while :; do
        production_open
        open_key=$REPLY
        [ -n "$open_key" ] || break
        [ "$told" = "$open_key" ] ||
            warn "waiting for the load of $open_key; if nobody is at work on it: movies-load --phase discard $open_key"
        told=$open_key
        sleep 1 &
        wait "$!"
    done
}

# Waits until a worker is done, and takes the results of all that are. A poke that gets lost (read
# may drop a byte when its time is up) costs a second.
reap() {
    local key alive before=${#running[@]}
    while [ "${#running[@]}" -eq "$before" ]; do
        read -r -t 1 <&"$done_fd" || :
        for key in "${!running[@]}"; do
            alive=yes
            kill -0 "${running[$key]}" 2>/dev/null || alive=''
            if [ -e "$work/$key.done" ]; then
                take_result "$key" "$(<"$work/$key.done")"
            elif [ -z "$alive" ]; then
                take_result "$key" 74
            fi
        done
    done
}

take_result() { # KEY RESULT
    wait "${running[$1]}" || :
    unset "running[$1]"
    rm -f -- "$work/$1."*
    case $2 in
    loaded) loaded=$((loaded + 1)) ;;
    skipped) skipped=$((skipped + 1)) ;;
    failed) failed+=("$1") ;;
    *) [ "$stop" -ne 0 ] || stop=$2 ;;
    esac
    if [[ $2 =~ ^[0-9]+$ ]]; then warn "$1" "exit status $2"; else warn "$1" "$2"; fi
}

# Leaves in the scratch folder what backfill holds of the range in first and last.
list_range() { range_files backfill >"$work/files" || work_lost $?; }

# Loads and archives these files.
load_range() {
    local key keys
    mapfile -t keys < <(cut -d ' ' -f 6 "$work/files")
    for key in "${keys[@]}"; do
        while [ "${#running[@]}" -ge "$jobs" ]; do reap; done
        [ "$stop" -eq 0 ] || break
        production_wait
        if [ ! -e "$MOVIES_HOME/backfill/$key.zip" ]; then
            skipped=$((skipped + 1))
            continue
        fi
        work_one "$key" &
        running[$key]=$!
    done
    while [ "${#running[@]}" -gt 0 ]; do reap; done
    [ "$stop" -eq 0 ] || die "$stop" "stopped: $loaded loaded, $skipped skipped, ${#failed[@]} failed so far"
}

# Takes user and password of the source out of the environment: they are for movies-stage alone.
source_login() {
    source_user=${MOVIES_SOURCE_USER-} source_password=${MOVIES_SOURCE_PASSWORD-}
    unset MOVIES_SOURCE_USER MOVIES_SOURCE_PASSWORD
}

# In a process of its own: movies-stage, with them.
stage_as_user() { # ARG...
    export MOVIES_SOURCE_USER=$source_user MOVIES_SOURCE_PASSWORD=$source_password
    exec movies-stage "$@"
}

# Fetches the hours in first and last from the source. Where it has no answer for some, and all were
# asked for, what was fetched is loaded.
fetch_range() {
    local rc a b keys
    db_hour_of "$first"
    a=$REPLY
    db_hour_of "$last"
    b=$REPLY
    call "$work/staged" "$work/stage.err" stage_as_user --to backfill -- "$source" "$a" "$b"
    cat -- "$work/stage.err" >&2
    case $rc in
    0 | 99) ;;
    65) bad=yes ;;
    69) [ -s "$work/staged" ] && unanswered=yes || exit 69 ;;
    *) exit "$rc" ;;
    esac
    keys=$(jq -r '.failed[]?' "$work/staged" 2>/dev/null) || :
    [ -z "$keys" ] || mapfile -t -O "${#failed[@]}" failed <<<"$keys"
}

backfill_source() {
    local range_end=$last
    for ((; first <= range_end; first = last + 1)); do
        last=$((first + chunk - 1 < range_end ? first + chunk - 1 : range_end))
        fetch_range
        list_range
        load_range
    done
}

# The whole run. Without anything to do no database is made.
backfill() {
    work_make
    if [ -z "$source" ]; then
        list_range
        if [ ! -s "$work/files" ]; then say_done && exit 99; fi
    fi
    exec {done_fd}<> <(:)
    home_make
    space_check "$MOVIES_HOME" "${TMPDIR:-/tmp}"
    db_connect
    export PGAPPNAME=movies-backfill
    give_way
    if [ -n "$source" ]; then backfill_source; else load_range; fi
    say_done
    [ -z "$unanswered" ] || exit 69
    [ "${#failed[@]}$bad" = 0 ] || exit 65
    [ $((loaded + skipped)) -gt 0 ] || exit 99
}

say_done() {
    local list=''
    if [ ${#failed[@]} -gt 0 ]; then
        printf -v list ',"%s"' "${failed[@]}"
        warn "${#failed[@]} failed" "${failed[*]:0:10}$([ ${#failed[@]} -le 10 ] || echo ' ...')"
    fi
    out "{\"from\":\"$from\",\"to\":\"$to\",\"loaded\":$loaded,\"skipped\":$skipped,\"failed\":[${list:1}]}"
}
