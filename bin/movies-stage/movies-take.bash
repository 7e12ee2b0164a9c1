# shellcheck shell=bash
# A file that a source has, on its way to MOVIES_HOME: is it new, is it a zip, and then to its
# place. Sourced by movies-stage, whose to and work it reads. Nothing here replaces a file.

staged=() failed=() skipped=0 missing=0 bad=0 part=''
incoming='' # where files are moved from, when that is the source

# Says of a key that is kept, or whose file is bad, and goes on.
take_refused() { # KEY WHY
    warn "$@"
    bad=1
}

# Are these the bytes that are kept there? The same size and time will do, since a copy has the
# time of its source; where only the time differs the bytes are read, and the time is set, but not under a load, which
# would take the file for another one.
# 0 yes, 1 no, 2 the kept file is there no more.
take_same() { # FOLDER KEY FILE "BYTES TIME"
    local is=${held[$1/$2]} rc=0
    [ "$is" != "$4" ] || return 0
    [ "${is%% *}" = "${4%% *}" ] || return 1
    files_path "$1" "$2"
    cmp -s -- "$3" "$REPLY" || rc=$?
    [ "$rc" -ne 0 ] || [[ $1 != @(archive|failed) ]] || touch -r "$3" -- "$REPLY" 2>/dev/null || :
    return "$rc"
}

# Leaves in REPLY whether a file is new, or the same as a kept one, or its key is taken. One that
# is kept in failed alone may be delivered anew.
take_judge() { # KEY FILE "BYTES TIME"
    local dir rc
    for _ in 1 2 3; do
        for dir in staging backfill archive failed; do
            [ -n "${held[$dir/$1]-}" ] || continue
            rc=0
            take_same "$dir" "$1" "$2" "$3" || rc=$?
            case $rc-$dir in
            0-*) REPLY=same && return ;;
            1-failed) REPLY=new && return ;;
            1-*) REPLY=taken && return ;;
            esac
            [ -e "$2" ] || { REPLY=gone && return; }
            files_scan # it has gone to another folder
            continue 2
        done
        REPLY=new
        return
    done
    die 74 "$1" 'its file cannot be compared'
}

# Checks a whole zip. Sets reason if it is bad; of one that has gone nothing is known.
take_check() { # KEY FILE
    local rc=0
    reason=''
    unzipper -t -- "$2" >/dev/null 2>"$work/said" || rc=$?
    if [ "$rc" -eq 0 ] || [ ! -e "$2" ]; then return 0; fi
    IFS= read -r reason <"$work/said" || :
    reason=${reason:-unzipper: exit status $rc}
    reason=${reason//"$2"/"$1.zip"}
    case $rc in
    65) ;;
    69) die 69 "$1" "$reason" ;;
    *) die 74 "$1" "$reason" ;;
    esac
}

# Brings a file that is on our side to its place, or to failed. It is a copy of ours (part), or a
# file in incoming.
take_place() { # KEY FILE "BYTES TIME"
    take_check "$1" "$2"
    for _ in 1 2 3; do
        files_lock # which others may hold for long
        if [ -z "$part" ] && ! { files_stat "$2" && [ "$REPLY" = "$3" ]; }; then
            files_unlock
            take_later "$1"
            return
        elif take_is_free "$1"; then
            take_put "$1" "$2" "$3"
            files_unlock
            return
        fi
        files_unlock
        files_scan
        if take_kept "$1" "$2" "$3"; then return; fi
    done
    take_refused "$1" "what $MOVIES_HOME has of this name is no file"
    take_drop
}

# Has nobody taken the key in the meantime?
take_is_free() { # KEY
    local dir
    for dir in staging backfill archive; do
        files_path "$dir" "$1"
        if [ -e "$REPLY" ] || [ -L "$REPLY" ]; then return 1; fi
    done
}

# Under the lock.
take_put() { # KEY FILE "BYTES TIME"
    if [ -n "$reason" ]; then
        files_fail "$2" "$1" "$reason"
        held["failed/$1"]=$3
        failed+=("$1")
        take_refused "$1" 'put into failed' "$reason"
    else
        files_path "$to" "$1"
        files_move "$2" "$REPLY"
        held["$to/$1"]=$3
        staged+=("$1")
    fi
    part=''
}

take_later() { # KEY
    warn "$1" 'changed, or gone, while it was read: left for the next time'
    take_drop
}

take_drop() {
    [ -z "$part" ] || files_remove "$part"
    part=''
}

# Sees to a file whose key is kept, or returns 1. An extra copy in incoming is removed once its
# bytes have been compared.
take_kept() { # KEY FILE "BYTES TIME"
    take_judge "$1" "$2" "$3"
    case $REPLY in
    new) return 1 ;;
    taken) take_taken "$1" "$2" ;;
    same)
        skipped=$((skipped + 1))
        [ "${2%/*}" != "$incoming" ] || take_extra "$1" "$2"
        ;;
    gone) ;;
    esac
    take_drop
}

# In incoming it would be found again each time.
take_taken() { # KEY FILE
    local why='key is taken by other bytes: deliver it as HOUR.rN'
    if [ "${2%/*}" != "$incoming" ]; then
        take_refused "$1" "$why"
        return
    fi
    files_lock
    files_fail "$2" "$1" "$why"
    files_unlock
    failed+=("$1")
    take_refused "$1" 'put into failed' "$why"
}

take_extra() { # KEY FILE
    local dir
    for dir in staging backfill archive failed; do
        files_path "$dir" "$1"
        if [ -e "$REPLY" ] && cmp -s -- "$2" "$REPLY"; then
            files_remove_extra "$2" "$REPLY"
            [ "$dir" != failed ] || warn "$1" 'the same as the one in failed'
            return
        fi
    done
}
