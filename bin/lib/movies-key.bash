# shellcheck shell=bash
# The name of a load: a key, HOUR[.rN][.fixM], and the file that it stands for. Sourced by the
# commands that take keys; sets key, hour, revision, fix and file. take_file reads movies-load's
# option as, and file_may_be_gone.

# A source (sql/schema/004_sources.sql) has room for the hours of 1970 to 2899.
key_pattern='^((19[7-9]|2[0-8][0-9])[0-9]-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3])Z(\.r([2-9]|[1-9][0-9]{1,5}))?(\.fix([1-9][0-9]{0,5}))?$'

# Is there such a day? Runs no program: names are checked by the thousand.
is_day() { # YYYY-MM-DD
    local year=$((10#${1:0:4})) month=$((10#${1:5:2})) day=$((10#${1:8:2})) days
    case $month in
    1 | 3 | 5 | 7 | 8 | 10 | 12) days=31 ;;
    4 | 6 | 9 | 11) days=30 ;;
    2) days=$((28 + (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)))) ;;
    *) return 1 ;;
    esac
    [ "$day" -ge 1 ] && [ "$day" -le "$days" ]
}

is_key() { # TEXT
    [[ $1 =~ $key_pattern ]] && is_day "$1"
}

take_key() { # TEXT
    [[ $1 =~ $key_pattern ]] || usage_error "$1" 'not a key, HOUR[.rN][.fixM], like 2026-11-20T13Z'
    key=$1
    hour="${BASH_REMATCH[1]} ${BASH_REMATCH[3]}:00:00+00"
    revision=${BASH_REMATCH[5]:-1}
    fix=${BASH_REMATCH[7]:-0}
    is_day "$1" || usage_error "$1" 'no such hour'
}

# A path, or a key that is looked up where files are kept.
take_file() { # FILE-or-KEY
    local name
    if [ -f "$1" ]; then
        file=$1 name=${1##*/}
        [[ $file != -* ]] || file=./$file # - would be standard input
        take_key "${as:-${name%.zip}}"
        return
    fi
    [[ $1 =~ $key_pattern ]] || die 64 "$1" 'no such file, and not a key'
    take_key "$1"
    if [ -n "${file_may_be_gone-}" ]; then seek_kept || :; else find_kept; fi
}

find_kept() {
    seek_kept || die 64 "$key" "in none of staging, archive, backfill and failed of $MOVIES_HOME"
}

# Leaves in file where the zip of the key is, or nothing and fails. From each of the other folders it
# may go to archive between two looks.
seek_kept() {
    local dir archive=archive/${key:0:4}/${key:5:2}
    home_find
    for dir in staging "$archive" backfill "$archive" failed "$archive"; do
        file=$MOVIES_HOME/$dir/$key.zip
        [ ! -f "$file" ] || return 0
    done
    file=''
    return 1
}
