# shellcheck shell=bash
# The part of movies-load that runs under the lock of a load; also --replay. It is a process of its own, so
# that pipetree can end it with its caller, and so that the lock lasts until its last child has ended.
# usage: bash movies-load-worker.bash WORK VERBOSE file PHASE FILE-or-KEY AS MAX_REJECTS REOPEN DATES
#        bash movies-load-worker.bash WORK VERBOSE replay REJECTS
# WORK is a scratch folder; VERBOSE is -v or empty, as are AS (--as), MAX_REJECTS (-m), REOPEN (yes) and DATES (--dates)
# where they were not given. Exits as movies-load does; and with 100 if --reopen requires a whole load,
# which needs the exclusive lock.
set -euo pipefail
self=$(readlink -f -- "${BASH_SOURCE[0]}")
self=${self%/lib/movies-pipeline/*}/bin/movies-load
# shellcheck source=bin/lib/movies.bash
. "${self%/bin/*}/lib/movies-pipeline/movies.bash"
movies_tool=movies-load
# shellcheck source=bin/lib/movies-key.bash
. "$movies_lib/movies-key.bash"
# shellcheck source=bin/movies-load/movies-members.bash
. "$movies_lib/movies-members.bash"
# shellcheck source=bin/movies-load/movies-pipeline.bash
. "$movies_lib/movies-pipeline.bash"
# shellcheck source=bin/movies-load/movies-rules.bash
. "$movies_lib/movies-rules.bash"
# shellcheck source=bin/movies-load/movies-replay.bash
. "$movies_lib/movies-replay.bash"

say() { [ -z "$verbose" ] || warn "$key" "$@"; }

load_sql() { # SCRIPT [NAME=VALUE ...]
    local script=$1 v args=()
    shift
    for v in "$@"; do args+=(-v "$v"); done
    db_psql -At "${args[@]}" -f "$movies_sql/$script.sql"
}

# What the file is, so that a file replaced while it is read is noticed, also when it is put back.
identity() { stat -Lc '%d:%i:%s:%y:%z' -- "$file" || die 74 "$file" 'cannot be read'; }

check_identity() {
    [ "$(identity)" = "$read_from" ] || die 74 "$file" 'changed while it was read'
}

# Sets status, load and same from what find.sql and open.sql print; returns if there is an
# open load of this very file, or if it is to be opened again.
take_state() { # LINE
    local allowed opened_dates
    db_expect 'none|(open|promoted) [0-9]+ (true|false) [0-9]+ (iso|mdy|dmy)' "$1"
    read -r status load same allowed opened_dates <<<"$1"
    max_rejects=${max_rejects:-$allowed}
    if [ "$status" = open ]; then
        [[ $phase = discard || -z $dates || $dates = "$opened_dates" ]] ||
            die 64 "$key" "its load was opened with --dates $opened_dates; discard it first"
        dates=$opened_dates
    fi
    if [ "$phase" = discard ] && [ "$status" != open ]; then
        warn "$key" 'no load of it is open'
        exit 0
    fi
    case "$status $same $phase" in
    'open true '*) ;;
    'promoted true all') exit 99 ;;
    'promoted true '*) say 'already loaded' && exit 0 ;;
    'promoted false '*) die 65 "$file" "$key is taken by other bytes (load $load)" ;;
    'open false discard') warn "$key" "its load is of other bytes than $file: left" && exit 0 ;;
    none* | 'open false '*) [ -n "$reopen" ] || die 64 "$key" 'no load of this file is open' ;;
    *) die 74 "$key" "its state cannot be read: $1" ;;
    esac
}

phase_open() {
    local said described unknown names version=$MOVIES_VERSION
    say 'open'
    iconv -f UTF-8 -t UTF-8 <<<"${file##*/}" >/dev/null 2>&1 || die 64 "$file" 'its name is not UTF-8'
    { read -r described && read -r unknown && read -r names; } <<<"$(describe_members)" || exit 74
    [[ $described == *'"given"'* ]] || die 65 "$file" "no member that is loaded (${given[*]} is not)"
    # Members that were read in another way are not the same.
    [[ -z $dates || $dates = iso ]] || version+=" --dates $dates"
    said=$(load_sql promote/open "key=$key" "hour=$hour" "revision=$revision" "fix=$fix" \
        "file=${file##*/}" "bytes=$(stat -Lc %s -- "$file")" "sha256=$sha256" \
        "version=$version" "max_rejects=${max_rejects:-1000}" "members=$described" \
        "unknown=$unknown" "unknown_names=$names")
    take_state "$said"
}

find_load() {
    local said
    said=$(load_sql promote/find "key=$key" "sha256=$sha256")
    take_state "$said"
    [ "$status $same" = 'open true' ] || exit 100
}

# The member's pipeline, unless there is nothing to be done.
phase_stage() { # MEMBER [again]
    local member=$1 family state
    family=${family_of[$member]}
    state=$(load_sql stage/begin "load=$load" "member=$member" "again=$((${#2} > 0))")
    if [[ $state =~ ^(begun|first)$ ]]; then
        say "stage $member"
        pipeline_stage
    else
        say "stage $member" "nothing to do ($state)"
    fi
}

# All members side by side; fails with what is the worst for this file: bad input before all else.
stage_members() { # MEMBER... or again MEMBER...
    local m again='' running=()
    if [ "$1" = again ]; then
        again=again
        shift
    fi
    for m; do
        (phase_stage "$m" "$again") &
        running+=($!)
    done
    wait_all "${running[@]}"
}

wait_all() { # PID...: fails with the worst of their exit statuses
    local pid worst=0
    for pid; do wait "$pid" || worst=$(worse "$worst" $?); done
    return "$worst"
}

worse() { # CODE CODE: prints 65 if either is that, else the greater; a death by signal is 74
    local a=$(($1 > 128 ? 74 : $1)) b=$(($2 > 128 ? 74 : $2))
    if [ "$a" -eq 65 ] || [ "$b" -eq 65 ]; then
        echo 65
    else
        echo $((a > b ? a : b))
    fi
}

# A member that was the same as a loaded one is staged after all if a newer load has come between.
phase_promote() {
    local said
    for _ in 1 2 3; do
        check_identity
        rules_run
        say 'promote'
        said=$(load_sql promote/promote "load=$load" "key=$key" "tokens=${PGLOCK_TOKENS-}")
        [[ $said == restage* ]] || break
        # shellcheck disable=SC2086 # the names of members, a word each
        stage_members again ${said#restage}
    done
    case $said in
    '{'*)
        [[ ! $said =~ \"warnings\":\ ([0-9]+) ]] || warn "$key" "warnings: ${BASH_REMATCH[1]} (see movies-status $key)"
        out "$said"
        ;;
    unlocked) die 74 "$key" 'the lock of this load is lost (the server restarted, or its session ended); run the same again' ;;
    unstaged*) die 74 "$file" refused "${said#unstaged }" 'not staged' ;;
    *) die 74 "$key" "load $load is $said now" ;;
    esac
}

phase_discard() { load_sql promote/discard "load=$load"; }

# One file: what it is, then the phase.
load_file() { # FILE-or-KEY
    local sha256='' status load same read_from summing
    take_file "$1"
    if [ -n "$file" ]; then
        read_from=$(identity)
        sha256sum <"$file" >"$work/sum" 2>/dev/null & # while the members are digested
        summing=$!
    fi
    if [[ $phase =~ ^(open|all)$ ]]; then
        read_directory
        digest_members
    fi
    if [ -n "$file" ]; then
        { wait "$summing" && read -r sha256 _ <"$work/sum"; } ||
            die 74 "$file" 'cannot be read, or its digest cannot be written'
        check_identity
    fi
    case $phase in
    open | all) phase_open ;;
    *) find_load ;;
    esac
    case $phase in
    stage:*)
        read_directory
        phase_stage "${phase#stage:}" ''
        ;;
    promote)
        read_directory
        phase_promote
        ;;
    discard) phase_discard ;;
    all) stage_and_promote ;;
    esac
}

# What is bad stays bad: its load is given up. What failed otherwise is left for another try.
stage_and_promote() {
    attempt stage_members "${given[@]}"
    [ "$rc" -ne 0 ] || attempt phase_promote
    [ "$rc" -ne 65 ] || phase_discard
    return "$rc"
}

# Runs a function in a subshell that the first error ends, and leaves its status in rc. (Behind
# "||" or in an "if" the shell would go on after errors.)
attempt() { # FUNCTION ARG...
    set +e
    (
        set -e
        "$@"
    )
    rc=$?
    set -e
}

work=$1 verbose=$2
members_read
case $3 in
file)
    phase=$4 as=$6 max_rejects=$7 reopen=$8 dates=$9 file_may_be_gone=''
    [ "$phase" != discard ] || file_may_be_gone=yes
    load_file "$5"
    ;;
replay)
    replay=$4
    replay
    ;;
esac
