# shellcheck shell=bash
# A file of a backfill has a shell of its own, its worker: it locks the file, runs movies-load and
# movies-archive, leaves the result in KEY.done of the scratch folder, "loaded", "skipped", "failed" or
# an exit status, and pokes the shell that began it through a pipe. One whose parent is gone
# finishes its file.
# Sourced by movies-backfill. Reads work and done_fd.

# Whoever ends a shell ends what it runs.
end_children() { # of this shell, main or worker
    trap '' TERM INT HUP
    local children=() self=$BASHPID
    read -ra children 2>/dev/null <"/proc/$self/task/$self/children" || :
    [ ${#children[@]} -eq 0 ] || kill "${children[@]}" 2>/dev/null || :
    wait
}

# Runs a command of ours so that a signal reaches us meanwhile; leaves its status in rc and what
# it said on stderr in the file LOG. What it says on stdout goes to the file SAID.
call() { # SAID LOG COMMAND ARG...
    local said=$1 log=$2 child
    shift 2
    rc=0
    "$@" >"$said" 2>"$log" {done_fd}>&- &
    child=$!
    wait "$child" || rc=$?
    [[ $rc =~ ^(0|64|65|69|70|74|99)$ ]] || rc=74
}

work_one() { # KEY
    local key=$1 file=$MOVIES_HOME/backfill/$1.zip rc result=skipped locked=''
    trap 'end_children; exit 143' TERM
    work_lock
    [ -z "$locked" ] || work_load
    printf '%s\n' "$result" >"$work/$key.new"
    mv -- "$work/$key.new" "$work/$key.done"
    echo >&"$done_fd"
}

# Locks the file against other backfills for as long as this shell or a child of it lives. One that
# is gone then has been done by another.
work_lock() {
    local fd
    if { exec {fd}<"$file"; } 2>/dev/null; then
        flock "$fd" &
        wait "$!"
        [ ! "$file" -ef "/proc/self/fd/$fd" ] || locked=yes
    elif [ -e "$file" ]; then
        warn "$file" 'cannot be read'
        result=74
    fi
}

work_load() {
    local log=$work/$key.err began
    began=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)
    call /dev/null "$log" movies-load -- "$file"
    case $rc in
    0) result=loaded ;;
    65) result=failed ;;
    99) result=skipped ;;
    *) result=$rc ;;
    esac
    if [ ! -e "$file" ]; then
        # Whoever archives all that is promoted may have been faster.
        [ "$result" = loaded ] || result=skipped
        return 0
    fi
    cat -- "$log" >&2
    case $result in
    failed) work_failed ;;
    loaded | skipped) call /dev/null "$log" movies-archive -- "$file" ;;
    *) return 0 ;;
    esac
    [[ -e $file && ! $rc =~ ^(0|99)$ ]] || return 0
    cat -- "$log" >&2
    # 65: it is loaded, but what the archive has under its key are other bytes.
    if [ "$rc" -eq 65 ]; then result=failed; else result=$rc; fi
}

work_failed() {
    local reason lines n
    mapfile -t lines <"$log"
    n=${#lines[@]}
    printf -v reason '%s; ' "${lines[@]:n > 3 ? n - 3 : 0}"
    call /dev/null "$log" movies-archive --failed --reason "${reason%; }" --judged "$began" -- "$file"
}
