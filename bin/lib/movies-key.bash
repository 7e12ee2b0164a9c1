# shellcheck shell=bash
# The name of a load: a key, HOUR[.rN][.fixM], and the file that it stands for. Sourced by the
# commands that take keys; sets key, hour, revision, fix and file. take_file reads movies-load's
# option as.

key_pattern='^((19[7-9]|2[0-8][0-9])[0-9]-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3])Z(\.r([2-9]|[1-9][0-9]{1,5}))?(\.fix([1-9][0-9]{0,5}))?$'

take_key() { # TEXT
    # A source (sql/schema/004_sources.sql) has room for the hours of 1970 to 2899.
    [[ $1 =~ $key_pattern ]] || usage_error "$1" 'not a key, HOUR[.rN][.fixM], like 2026-11-20T13Z'
    key=$1
    hour="${BASH_REMATCH[1]} ${BASH_REMATCH[3]}:00:00+00"
    revision=${BASH_REMATCH[5]:-1}
    fix=${BASH_REMATCH[7]:-0}
    [ "$(date -u -d "$hour" +%Y-%m-%dT%HZ 2>/dev/null)" = "${key%%.*}" ] || usage_error "$1" 'no such hour'
}

# A path, or a key that is looked up where files are kept.
take_file() { # FILE-or-KEY
    if [ -f "$1" ]; then
        file=$1
        take_key "${as:-$(basename -- "$1" .zip)}"
        return
    fi
    [[ $1 =~ $key_pattern ]] || die 64 "$1" 'no such file, and not a key'
    take_key "$1"
    find_kept
}

# Leaves in file where the zip of the key is.
find_kept() {
    local dir
    home_find
    for dir in staging "archive/${key:0:4}/${key:5:2}" backfill failed; do
        file=$MOVIES_HOME/$dir/$key.zip
        [ ! -f "$file" ] || return 0
    done
    die 64 "$key" "in none of staging, archive, backfill and failed of $MOVIES_HOME"
}
