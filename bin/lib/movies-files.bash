# shellcheck shell=bash
# The files that MOVIES_HOME keeps: where a key's zip lies, what is there, and how it comes to
# another place. Sourced by movies-stage and movies-archive, after movies-key.bash.
#     staging/KEY.zip, backfill/KEY.zip     to be loaded
#     archive/YYYY/MM/KEY.zip               loaded
#     failed/KEY.zip, failed/KEY.txt        bad, and why
# A file that has such a name is whole, and on disk; what is still being written is .NAME.new. A
# file is at any moment under its old name or its new one, whoever is killed. Who gives such a
# name holds the lock of staging (as movies-load --replay does), so no two give the same one.
# A folder may be a link to one elsewhere, and so may a file: it is read where it leads, and is
# copied, not renamed.
# Limits: local file systems (flock, and a rename that replaces at once).

files_patience=600 # seconds to wait for the lock

files_make() { # FOLDER...: of MOVIES_HOME
    local dir err
    for dir; do
        [ ! -d "$MOVIES_HOME/$dir" ] || continue
        err=$(LC_ALL=C mkdir -p -- "$MOVIES_HOME/$dir" 2>&1) || die 74 "$MOVIES_HOME/$dir" "${err##*: }"
    done
}

files_lock() {
    files_make staging
    { exec {files_fd}<"$MOVIES_HOME/staging"; } 2>/dev/null || die 74 "$MOVIES_HOME/staging" 'cannot be read'
    flock -w "$files_patience" "$files_fd" ||
        die 74 "$MOVIES_HOME/staging" "still locked after $files_patience s"
}

files_unlock() {
    exec {files_fd}<&-
}

# Leaves in REPLY where the zip of a key lies, be it there or not.
files_path() { # staging|backfill|archive|failed KEY
    case $1 in
    archive) REPLY=$MOVIES_HOME/archive/${2:0:4}/${2:5:2}/$2.zip ;;
    *) REPLY=$MOVIES_HOME/$1/$2.zip ;;
    esac
}

# Leaves in REPLY "BYTES TIME" of a file, as files_scan does; fails if it is not there.
files_stat() { # FILE
    REPLY=$(find -L "$1" -maxdepth 0 -printf '%s %T@' 2>/dev/null) && [ -n "$REPLY" ]
}

# Leaves in held[FOLDER/KEY] "BYTES TIME" of every file that is kept: a listing for all of them.
declare -gA held
files_scan() {
    local dir dirs=() size mtime path key
    held=()
    for dir in staging backfill archive failed; do
        [ ! -d "$MOVIES_HOME/$dir" ] || dirs+=("$MOVIES_HOME/$dir/")
    done
    [ ${#dirs[@]} -gt 0 ] || return 0
    while read -r -d '' size mtime path; do
        key=${path##*/} key=${key%.zip}
        dir=${path#"$MOVIES_HOME"/} dir=${dir%%/*}
        files_path "$dir" "$key"
        if [ "$REPLY" = "$path" ] && is_key "$key"; then held[$dir/$key]="$size $mtime"; fi
    done < <(find -L "${dirs[@]}" -maxdepth 3 -type f -name '[12]*Z*.zip' -printf '%s %T@ %p\0' 2>/dev/null)
    files_found "$MOVIES_HOME"
}

# Ends if the last process substitution, a find, was killed: what it had not found yet would pass for not there. A
# status below that is a file that went meanwhile.
files_found() { # FOLDER
    wait "$!" || [ $? -le 128 ] || die 74 "$1" 'the search for files was killed'
}

# Takes so many bytes of the free ones above the floor; stops with 74 where there are too few. For
# many small files in a row the file system is asked every few seconds.
files_take_space() { # FOLDER BYTES
    if [ "${files_space_dir-}" != "$1" ] || [ "$SECONDS" -ge "$files_space_until" ] || [ "$2" -gt "$files_space_left" ]; then
        space_check "$1"
        files_space_dir=$1 files_space_left=$REPLY files_space_until=$((SECONDS + 3))
    fi
    [ "$2" -le "$files_space_left" ] || die 74 "$1" "too little space for $2 bytes more"
    files_space_left=$((files_space_left - $2))
}

# Is it a file of MOVIES_HOME that can be renamed to where OTHER, which is to be, lies? Nothing is
# renamed from one mount to another, be the file system the same; nor from one subvolume to another.
files_are_near() { # FILE OTHER
    local devices mount
    [[ $1 == "$MOVIES_HOME"/* ]] && [ ! -L "$1" ] || return 1
    files_mount "$1" || return 1
    mount=$REPLY
    files_mount "${2%/*}" && [ "$mount" = "$REPLY" ] || return 1
    devices=$(stat -Lc %d -- "$1" "${2%/*}" 2>/dev/null) || return 1
    [ "${devices%%$'\n'*}" = "${devices##*$'\n'}" ]
}

# Leaves the number of the mount that a path is on in REPLY. (stat's %m does not see a file system
# that is mounted a second time.)
files_mount() { # PATH
    local fd name value
    { exec {fd}<"$1"; } 2>/dev/null || return 1
    REPLY=''
    while read -r name value; do
        [ "$name" != mnt_id: ] || REPLY=$value
    done <"/proc/self/fdinfo/$fd"
    exec {fd}<&-
}

# What a copy that was killed has left in a folder. Under the lock, nobody is writing there.
files_sweep() { # FOLDER
    local path
    for path in "$1"/.*.new; do
        [ ! -e "$path" ] || rm -f -- "$path" 2>/dev/null || die 74 "$path" 'cannot be removed'
    done
}

# Brings a file to another name, which is free. From another file system, or from outside of
# MOVIES_HOME, it is copied, and goes when the copy is safe. Under the lock.
files_move() { # FILE OTHER
    local part=${2%/*}/.${2##*/}.new
    if [ "${1%/*}" = "${2%/*}" ] || files_are_near "$1" "$2"; then
        { sync -- "$1" && mv -T -- "$1" "$2" && sync -- "${2%/*}" "${1%/*}"; } 2>/dev/null ||
            die 74 "$1" "cannot be renamed to $2"
        return
    fi
    files_sweep "${2%/*}"
    files_stat "$1" || die 74 "$1" 'is there no more'
    files_take_space "${2%/*}" "${REPLY%% *}"
    {
        cp --reflink=auto --no-preserve=mode --preserve=timestamps -- "$1" "$part" && cmp -s -- "$1" "$part" &&
            sync -- "$part" && mv -T -- "$part" "$2" && sync -- "${2%/*}"
    } 2>/dev/null || {
        rm -f -- "$part"
        die 74 "$1" "cannot be copied to $2"
    }
    files_remove "$1"
}

files_remove() { # FILE
    rm -f -- "$1" 2>/dev/null || die 74 "$1" 'cannot be removed'
}

# Are these two names of one place, as where a folder is a link?
files_is_place() { # FILE OTHER
    [ "${1##*/}" = "${2##*/}" ] && [ "${1%/*}" -ef "${2%/*}" ]
}

# Removes a file of which another one has the same bytes, once that one is on disk. The file itself
# under another name, or a link to it, is no other one.
files_remove_extra() { # FILE OTHER
    if files_is_place "$1" "$2" || { [ -L "$2" ] && [ "$1" -ef "$2" ]; }; then return 0; fi
    { sync -- "$2" && sync -- "${2%/*}"; } 2>/dev/null || die 74 "$2" 'cannot be written to disk'
    files_remove "$1"
}

# Stops with 74 where a scratch folder takes nothing more: what a program said has been lost then.
files_scratch() { # FOLDER
    { printf '\n' >"$1/probe"; } 2>/dev/null || die 74 "$1" 'cannot be written'
}

# Puts a file into failed with the reason beside it, and keeps what was there under its name, as
# KEY~SHA256, eight digits of it. The reason is there first. Under the lock.
files_fail() { # FILE KEY REASON
    local zip=$MOVIES_HOME/failed/$2.zip txt=$MOVIES_HOME/failed/$2.txt
    files_make failed
    [ ! -e "$zip" ] || files_step_aside "$2"
    files_reason "$3"
    {
        printf '%s\n' "$REPLY" >"$MOVIES_HOME/failed/.$2.txt.new" && sync -- "$MOVIES_HOME/failed/.$2.txt.new" &&
            mv -T -- "$MOVIES_HOME/failed/.$2.txt.new" "$txt" && sync -- "$MOVIES_HOME/failed"
    } 2>/dev/null || die 74 "$txt" 'cannot be written'
    files_move "$1" "$zip"
}

# Leaves a reason in REPLY as one line of UTF-8 that is at most 1,000 bytes long.
files_reason() { # TEXT
    visible "${1:-no reason was given}"
    REPLY=$(printf %s "$REPLY" | head -c 1000 | iconv -c -f UTF-8 -t UTF-8 2>/dev/null) || :
}

files_step_aside() { # KEY
    local dir=$MOVIES_HOME/failed sum name
    sum=$(sha256sum <"$dir/$1.zip") || die 74 "$dir/$1.zip" 'cannot be read'
    name=$1~${sum:0:8}
    if [ -e "$dir/$name.zip" ] && ! cmp -s -- "$dir/$1.zip" "$dir/$name.zip"; then name=$1~${sum%% *}; fi
    {
        { [ ! -e "$dir/$1.txt" ] || mv -T -- "$dir/$1.txt" "$dir/$name.txt"; } &&
            mv -T -- "$dir/$1.zip" "$dir/$name.zip" && sync -- "$dir"
    } 2>/dev/null || die 74 "$dir/$1.zip" 'cannot be renamed'
}

# Leaves keys in REPLY as an array in JSON. Nothing in a key needs to be quoted there.
files_json() { # KEY...
    local list
    [ $# -gt 0 ] || { REPLY='[]' && return; }
    printf -v list '"%s",' "$@"
    REPLY="[${list%,}]"
}
