# shellcheck shell=bash
# A folder as the source. Files of MOVIES_HOME/incoming are moved, those of any other folder are
# only read. Sourced by movies-stage, whose source_arg, from, until and to it reads.

folder_find() {
    [ -e "$source_arg" ] || die 69 "$source_arg" 'no such folder'
    [ -d "$source_arg" ] || die 64 "$source_arg" 'not a folder, nor https://HOST/PATH/'
    folder=$(realpath -- "$source_arg") || die 69 "$source_arg" 'cannot be reached'
    incoming=$(realpath -m -- "$MOVIES_HOME/incoming") || die 74 "$MOVIES_HOME/incoming" 'cannot be reached'
    { [ -r "$folder" ] && [ -x "$folder" ]; } || die 69 "$source_arg" 'cannot be read'
    case $folder in
    "$incoming" | "$incoming"/*) ;;
    "$MOVIES_HOME"/staging | "$MOVIES_HOME"/backfill | "$MOVIES_HOME"/failed)
        usage_error "$source_arg" 'is where files are kept'
        ;;
    esac
}

# Is the hour of a key asked for?
folder_wanted() { # KEY
    [ -z "$from" ] || { [[ ! ${1:0:14} < $from ]] && [[ ! ${1:0:14} > $until ]]; }
}

# Leaves the zips of the folder in listing, in the order of their keys:
# "HOUR REVISION FIX LINK TYPE BYTES TIME KEY", LINK being l for a link, and TYPE what it leads to.
# Reports those whose name is no key.
folder_list() {
    local link type size time name key
    while IFS=/ read -r -d '' link type size time name; do
        key=${name%.zip}
        if ! is_key "$key"; then
            warn "$folder/$name" 'its name is no key, HOUR[.rN][.fixM].zip: not taken'
        elif folder_wanted "$key"; then
            [[ $key =~ $key_pattern ]]
            printf '%s %06d %06d %s %s %s %s %s\n' "${key:0:14}" "${BASH_REMATCH[5]:-1}" "${BASH_REMATCH[7]:-0}" \
                "$link" "$type" "$size" "$time" "$key" >&3 2>/dev/null || die 74 "$work" 'cannot be written'
        fi
    done <"$work/found" 3>"$work/keys" || die 74 "$work" 'cannot be written'
    LC_ALL=C sort -- "$work/keys" >"$work/listing" 2>/dev/null || die 74 "$work" 'cannot be written'
}

folder_take() {
    local folder _ link type size time key
    folder_find
    LC_ALL=C find "$folder" -mindepth 1 -maxdepth 1 -name '*.zip' ! -name '.*' -printf '%y/%Y/%s/%T@/%f\0' \
        >"$work/found" 2>"$work/said" || folder_not_listed
    folder_list
    while read -r _ _ _ link type size time key <&3; do
        folder_one "$key" "$folder/$key.zip" "$link$type" "$size $time"
    done 3<"$work/listing"
}

# A file that has gone in the meantime is no failure.
folder_not_listed() {
    files_scratch "$work"
    [[ $(<"$work/said") != *': No such file or directory' ]] || return 0
    die 69 "$source_arg" "cannot be listed: $(tail -n 1 -- "$work/said")"
}

folder_one() { # KEY FILE LINK-AND-TYPE "BYTES TIME"
    case $3 in
    ff) set -- "$1" "$2" "$4" ;;
    lf)
        if [ "$folder" = "$incoming" ]; then
            take_refused "$2" 'a symbolic link'
            return
        fi
        files_stat "$2" || return 0
        set -- "$1" "$2" "$REPLY"
        ;;
    *)
        take_refused "$2" 'not a regular file'
        return
        ;;
    esac
    if take_kept "$1" "$2" "$3"; then
        return 0
    elif [ "$folder" = "$incoming" ]; then
        take_place "$1" "$2" "$3"
    elif folder_copy "$1" "$2" "$3"; then
        take_place "$1" "$part" "$3"
    fi
}

# Leaves a copy in part. Fails if the file is not there any more, or has changed, or is not for us.
folder_copy() { # KEY FILE "BYTES TIME"
    part=$MOVIES_HOME/$to/.$1.zip.new
    files_take_space "$MOVIES_HOME/$to" "${3%% *}"
    if ! [ -r "$2" ] && [ -e "$2" ]; then
        take_refused "$2" 'cannot be read'
        return 1
    fi
    if ! [ -f "$2" ] || ! LC_ALL=C cp -L --reflink=auto --no-preserve=mode --preserve=timestamps -- "$2" "$part" \
        2>"$work/said"; then
        folder_not_copied "$1" "$2"
        return 1
    fi
    files_stat "$2" || REPLY=''
    [ "$REPLY" = "$3" ] || { take_later "$1" && return 1; }
}

folder_not_copied() { # KEY FILE
    local said=''
    [ -f "$2" ] || { take_later "$1" && return; }
    said=$(tail -n 1 -- "$work/said")
    case $said in
    *'error reading'*) die 69 "$2" "${said##*: }" ;;
    *) die 74 "$2" "cannot be copied: ${said##*: }" ;;
    esac
}
