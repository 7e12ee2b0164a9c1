# shellcheck shell=bash
# Sourced by every movies-* command: messages, help, sizes, MOVIES_HOME, the floor of free space.
# A command begins with
#     set -euo pipefail
#     self=$(readlink -f -- "${BASH_SOURCE[0]}")
#     . "${self%/*}/../lib/movies-pipeline/movies.bash"
# and defines help_text, which prints what -h shows. The prefix is that of the command, so a tree
# can be moved; its bin comes first in PATH, so that our own filters are found.
# A function that computes a value leaves it in REPLY. Exit codes: 64 wrong use, 65 bad input,
# 69 the database cannot be reached, 70 a defect of ours, 74 input/output.

shopt -s inherit_errexit
# What programs print is read, so they must not translate it.
unset CDPATH LANGUAGE
export LC_ALL=C.UTF-8
MOVIES_VERSION='@VERSION@'
movies_tool=${0##*/}
movies_prefix=${self%/bin/*}
movies_lib=$movies_prefix/lib/movies-pipeline
# shellcheck disable=SC2034 # for the commands
movies_sql=$movies_prefix/share/movies-pipeline/sql
# shellcheck disable=SC2034
movies_pipelines=$movies_prefix/share/movies-pipeline/pipelines
case :$PATH: in
:"$movies_prefix/bin":*) ;;
*) export PATH=$movies_prefix/bin:$PATH ;;
esac

# Leaves TEXT in REPLY as a terminal may have it: a hostile file name must not reach it as a command. Control characters,
# C1 too, characters that change the direction of text, and what is not UTF-8 are shown as \xNN.
visible() { # TEXT
    local i char hidden=$'\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'
    REPLY=$1
    [[ $1 == *[!\ -~]* ]] || return 0
    REPLY=''
    for ((i = 0; i < ${#1}; i++)); do
        char=${1:i:1}
        if [[ $char == [[:print:]] && $hidden != *"$char"* ]]; then
            REPLY+=$char
        else
            visible_bytes "$char"
        fi
    done
}

# Adds the bytes of a character to REPLY as \xNN.
visible_bytes() { # CHARACTER
    local LC_ALL=C i shown
    for ((i = 0; i < ${#1}; i++)); do
        printf -v shown '%d' "'${1:i:1}"
        printf -v shown '\\x%02x' $((shown & 255))
        REPLY+=$shown
    done
}

# One line on stderr, its parts joined by ": ".
warn() { # PART...
    local line=$movies_tool part
    for part; do line+=": $part"; done
    visible "$line"
    printf '%s\n' "$REPLY" >&2 || : # when that fails, too, nobody is left to be told
}

die() { # CODE PART...
    local code=$1
    shift
    warn "$@"
    exit "$code"
}

usage_error() { # PART...
    local last=${*: -1}
    die 64 "${@:1:$#-1}" "$last (try $movies_tool -h)"
}

# Lines on stdout. A full disk is never success.
out() { # LINE...
    { printf '%s\n' "$@"; } 2>/dev/null || die 74 'standard output' 'cannot be written'
}

# What every command takes beside its own options; anything else is wrong use.
common_option() { # ARG
    case $1 in
    -h | --help) out "$(help_text)" ;;
    -V | --version) out "$movies_tool (movies-pipeline) $MOVIES_VERSION" ;;
    *) usage_error "$1" 'unknown or wrong option' ;;
    esac
    exit 0
}

# Were one closed, the next file that is opened would take its place.
check_descriptors() {
    { : 9<&0; } 2>/dev/null || die 74 'standard input' 'is closed'
    { : 9>&1; } 2>/dev/null || die 74 'standard output' 'is closed'
    [ -e "/proc/$$/fd/2" ] || exec 2>/dev/null
}

# Leaves the number of bytes in REPLY: digits, then K, M or G or nothing.
size_in_bytes() { # TEXT
    local units=' KMG' before
    [[ $1 =~ ^([0-9]{1,9})([KMG]?)$ ]] || return 1
    before=${units%"${BASH_REMATCH[2]:- }"*}
    REPLY=$((10#${BASH_REMATCH[1]} << 10 * ${#before}))
}

# Makes MOVIES_HOME absolute, without links, so that one folder has one name.
home_find() {
    [ "${home_found-}" != "${MOVIES_HOME:-var}" ] || return 0
    [[ ${MOVIES_HOME:=var} != *[[:cntrl:]]* ]] ||
        die 64 MOVIES_HOME "$MOVIES_HOME" 'a control character in the name'
    [[ $MOVIES_HOME == /* ]] || MOVIES_HOME=./$MOVIES_HOME
    # Without starting a program where the folder is there, as it is nearly always.
    MOVIES_HOME=$({ [[ $MOVIES_HOME != //* ]] && cd -P -- "$MOVIES_HOME" 2>/dev/null && pwd; } ||
        realpath -m -- "$MOVIES_HOME" 2>/dev/null) || die 64 MOVIES_HOME "$MOVIES_HOME" 'no such path'
    [ -d "$MOVIES_HOME" ] || { [ ! -e "$MOVIES_HOME" ] && [ ! -L "$MOVIES_HOME" ]; } ||
        die 64 MOVIES_HOME "$MOVIES_HOME" 'no folder'
    home_found=$MOVIES_HOME
    export MOVIES_HOME
}

home_make() {
    home_find
    local err
    err=$(LC_ALL=C mkdir -p -- "$MOVIES_HOME" 2>&1) || die 74 "$MOVIES_HOME" "${err##*: }"
}

# Stops with 74 when the file system of a folder has less free space than MOVIES_MIN_FREE; leaves in
# REPLY how many bytes more the last one has.
space_check() { # DIR...
    local floor dir free
    size_in_bytes "${MOVIES_MIN_FREE:-256M}" ||
        die 64 MOVIES_MIN_FREE "$MOVIES_MIN_FREE" 'not a size (digits, then K, M or G)'
    floor=$REPLY
    for dir; do
        free=$(df --output=avail -B1 -- "$dir" 2>/dev/null | tail -n 1) || die 74 "$dir" 'df failed'
        [ "$free" -ge "$floor" ] ||
            die 74 "$dir" "$((free / 1048576)) MiB free, MOVIES_MIN_FREE is $((floor / 1048576)) MiB"
    done
    REPLY=$((free - floor))
}

check_descriptors
# shellcheck source=bin/lib/movies-pg.bash
. "$movies_lib/movies-pg.bash"
# shellcheck source=bin/lib/movies-sql.bash
. "$movies_lib/movies-sql.bash"
