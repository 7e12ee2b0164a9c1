# shellcheck shell=bash
# Files on their way to archive or failed: held against the history of loads, and renamed. Sourced
# by movies-archive, whose form, reason and judged it reads. Programs are run for many files at once.

files=() keys=() put=() skipped=0 refused=0
put_batch=500 # files whose names fit a command line

# Says what is not done; of several reasons bad input is the exit status.
put_refused() { # CODE FILE WHY
    warn "${@:2}"
    [ "$refused" -eq 65 ] || refused=$1
}

# Leaves in REPLY the one name of a file; the last part of it is not followed, nor is a folder that
# MOVIES_HOME keeps files in. For files of one folder in a row realpath is run once.
put_absolute() { # FILE
    local dir=./
    [[ $1 != */* ]] || dir=${1%/*}/
    if [[ $dir != "$MOVIES_HOME"/@(staging|backfill|failed|archive/[0-9][0-9][0-9][0-9]/[0-9][0-9])/ ]]; then
        if [ "$dir" != "${put_dir-}" ]; then
            put_real=$(realpath -- "$dir") || die 74 "$1" 'cannot be reached'
            put_real=${put_real%/}/ put_dir=$dir
        fi
        dir=$put_real
    fi
    REPLY=$dir${1##*/}
}

# Leaves in promoted[KEY] "BYTES SHA256" of what was promoted: of the one key, or of all.
put_history() {
    local key=${keys[0]-} row rows
    declare -gA promoted=()
    [ ${#keys[@]} -eq 1 ] || key=
    db_rows '[0-9TZrfix.-]+ [0-9]+ [0-9a-z]+' -F ' ' -v "key=$key" -f "$movies_sql/files/promoted.sql"
    for row in "${rows[@]}"; do promoted[${row%% *}]=${row#* }; done
}

put_all() {
    local i
    for ((i = 0; i < ${#files[@]}; i += put_batch)); do
        put_some "${files[@]:i:put_batch}"
    done
}

# Leaves in is[FILE] what each is, so that one that is replaced after it was read is noticed.
put_identities() { # FILE...
    local id path
    is=()
    while IFS=' ' read -r -d '' id path; do
        is[$path]=$id
    done < <(exec find -L "$@" -maxdepth 0 -printf '%D:%i:%s:%T@ %p\0' 2>/dev/null)
    files_found "$MOVIES_HOME"
}

# A batch: all are read, then, under the lock, each is judged. A batch, not all, so that nobody
# waits for long.
put_some() { # FILE...
    local -A sum=() near=() is=()
    local path sha256
    put_identities "$@"
    while IFS=' ' read -r -d '' sha256 path; do
        path=${path#[ *]}
        sum[$path]="$sha256 ${is[$path]-}"
    done < <(sha256sum -z -- "$@" 2>/dev/null || :)
    files_lock
    put_identities "$@"
    put_batch_locked "$i" $#
    files_unlock
}

put_batch_locked() { # FIRST COUNT
    local j path sha256
    local -A to_archive=()
    for ((j = $1; j < $1 + $2; j++)); do
        path=${files[j]}
        sha256=${sum[$path]-}
        if [ ! -e "$path" ]; then
            skipped=$((skipped + 1)) # another run has done it
        elif [ -z "$sha256" ]; then
            die 74 "$path" 'cannot be read'
        elif [ "${sha256#* }" != "${is[$path]-}" ]; then
            die 74 "$path" 'changed while it was read; try again'
        elif [ "$form" = failed ]; then
            put_failed "${keys[j]}" "$path" "${sha256%% *}"
        else
            put_archived "${keys[j]}" "$path" "${sha256%% *}"
        fi
    done
    put_rename
}

put_archived() { # KEY FILE SHA256
    local target
    files_path archive "$1"
    target=$REPLY
    case ${promoted[$1]-} in
    *" $3") ;;
    '')
        put_refused 64 "$2" "$1 is not promoted: not archived"
        return
        ;;
    *)
        put_other "$1" "$2"
        return
        ;;
    esac
    if files_is_place "$2" "$target"; then
        skipped=$((skipped + 1))
    elif [ ! -e "$target" ]; then
        put_later "$1" "$2" "$target"
    elif cmp -s -- "$2" "$target"; then
        files_remove_extra "$2" "$target"
        skipped=$((skipped + 1))
    else
        put_refused 65 "$2" "other bytes are archived as $1: nothing is touched"
    fi
}

# A file of other bytes than were promoted. With --promoted it goes to failed: it would be found
# again each time.
put_other() { # KEY FILE
    if [ "$form" != promoted ]; then
        put_refused 65 "$2" "other bytes were promoted as $1: not archived"
        return
    fi
    files_fail "$2" "$1" 'key is taken by other bytes: deliver it as HOUR.rN'
    put_refused 65 "$2" "other bytes were promoted as $1: put into failed"
}

# Notes a file to be renamed together with others, or copies it now. A key that comes twice is
# settled first.
put_later() { # KEY FILE TARGET
    local dir=archive/${1:0:4}/${1:5:2}
    [ -z "${near[$3]-}" ] || put_rename
    if [ -e "$3" ]; then
        put_archived "$1" "$2" "${sum[$2]%% *}"
        return
    fi
    files_make "$dir"
    if [ "${2##*/}" = "$1.zip" ] && { [ -n "${to_archive[$dir/${2%/*}]-}" ] || files_are_near "$2" "$3"; }; then
        to_archive[$dir/${2%/*}]+="$1 "
        near[$3]=$2
    else
        files_move "$2" "$3"
    fi
    put+=("$1")
}

# Renames what was noted, a program run for each pair of folders. The names there are KEY.zip.
put_rename() {
    local pair dir from key list
    for pair in "${!to_archive[@]}"; do
        dir=${pair:0:15} from=${pair:16} list=()
        for key in ${to_archive[$pair]}; do list+=("$from/$key.zip"); done
        {
            sync -- "${list[@]}" && mv -t "$MOVIES_HOME/$dir" -- "${list[@]}" &&
                sync -- "$MOVIES_HOME/$dir" "$from"
        } 2>/dev/null || die 74 "$from" "not all could be renamed to $MOVIES_HOME/$dir"
    done
    to_archive=() near=()
}

put_failed() { # KEY FILE SHA256
    local target=$MOVIES_HOME/failed/$1.zip
    if [[ ${promoted[$1]-} == *" $3" ]]; then
        put_refused 64 "$2" "$1 is promoted: it is good"
    elif [ -n "$judged" ] && [ -n "$(find -L "$2" -maxdepth 0 -newerct "$judged" 2>/dev/null)" ]; then
        warn "$2" 'has come since, and is left'
        skipped=$((skipped + 1))
    elif files_is_place "$2" "$target" || [[ $2 == "$MOVIES_HOME/failed/$1~"* ]]; then
        skipped=$((skipped + 1))
    elif [ -e "$target" ] && cmp -s -- "$2" "$target"; then
        files_remove_extra "$2" "$target"
        skipped=$((skipped + 1))
    else
        files_fail "$2" "$1" "$reason"
        put+=("$1")
    fi
}
