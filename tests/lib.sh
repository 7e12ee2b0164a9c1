# shellcheck shell=bash
# Sourced by every tests/*.t: TAP, a scratch folder that goes away, the programs' folder in $BIN.
# Usage:  ok NAME COMMAND...     passes if COMMAND succeeds
#         is NAME GOT WANT       passes if the strings are equal (shows both when not)
#         like NAME GOT REGEX    passes if GOT matches the extended regex
#         exits NAME CODE COMMAND...   passes if COMMAND exits with CODE; leaves $tmp/out and $tmp/err
#         begin_cluster          makes a cluster in MOVIES_HOME, its schema current, for those who need just that
#         dump_movies            prints what the database of this environment holds for those who query
#         checks_hold NAME     passes if sql/checks finds nothing in the database of MOVIES_HOME or PG*
#         await COMMAND...     runs it until it succeeds, 180 seconds at most; silent, fails if it never does
#         $movies_header       the first line of movies_metadata.csv
#         few RECORDS ZIP      makes a zip with the first records of each large member of the sample's first hour
#         small ZIP BUDGET     makes a zip of one movie, 1
#         sql SQL              prints what it gives, in the database of this environment
#         skip NAME WHY; bail WHY; done_testing (last line of every test)
set -uo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BIN=${BIN:-$top/build/bin}
PATH=$BIN:$PATH
for v in ${!PG@}; do unset "$v"; done
unset MOVIES_HOME NO_COLOR
export LC_ALL=C.UTF-8 TZ=UTC BIN
tmp=$(mktemp -d "${TMPDIR:-/tmp}/movies-test.XXXXXX")
chmod 755 "$tmp"
mkdir "$tmp/scratch"
export TMPDIR=$tmp/scratch # what a killed program leaves goes with the rest
movies_header=adult,belongs_to_collection,budget,genres,homepage,id,imdb_id,original_language,original_title
movies_header+=,overview,popularity,poster_path,production_companies,production_countries,release_date,revenue
movies_header+=,runtime,spoken_languages,status,tagline,title,video,vote_average,vote_count
small() {
    mkdir -p "$tmp/make"
    printf '%s\n' "$movies_header" "False,,$2,[],,1,,en,One,,1.5,,[],[],2000-01-01,0,,[],Released,,One,False,1.0,1" \
        >"$tmp/make/movies_metadata.csv"
    (cd "$tmp/make" && rm -f z.zip && zip -q z.zip movies_metadata.csv && mv z.zip "$1")
}
few() { /usr/bin/python3 -B "$top/tests/few.py" "$top/fixtures/2026-11-20T13Z.zip" "$@"; }
# The embedded cluster of $MOVIES_HOME, and the folder that it has where root keeps it elsewhere.
drop_cluster() {
    local place
    place=$(readlink -m -- "$MOVIES_HOME/pg")
    movies-db stop
    [[ $place != /var/lib/movies-pipeline/?* ]] || rm -rf -- "$place"
}
# Has a folder made by a command, or copies what the command made for the first test of this run of
# tests/all: a cluster is copied much faster than initdb and the migrations make it.
made_once() { # NAME FOLDER COMMAND...
    local kept=${MOVIES_TEMPLATES-}/$1 folder=$2
    shift 2
    if [ -z "${MOVIES_TEMPLATES-}" ]; then
        "$@"
        return
    fi
    (
        flock 9
        [ ! -e "$kept" ] || exit 0
        rm -rf -- "$kept.new"
        "$@" && { [ -L "$folder" ] || { cp -aT -- "$folder" "$kept.new" && mv -- "$kept.new" "$kept"; }; }
    ) 9>>"$MOVIES_TEMPLATES/lock" && { [ -e "$folder" ] || cp -aT -- "$kept" "$folder"; }
}
begin_cluster() {
    mkdir -p "$MOVIES_HOME"
    made_once embedded "$MOVIES_HOME/pg" _migrate || bail 'no cluster'
}
_migrate() { movies-db migrate && movies-db stop; }
sql() { movies-db psql -v ON_ERROR_STOP=1 -Atqc "$1"; }
# All that people query, to be compared byte for byte.
dump_movies() { movies-db psql -XAtq -v ON_ERROR_STOP=1 -f "$top/tests/dump.sql"; }
_n=0
_failed=0
_cleanup=()
at_exit() { _cleanup+=("$1"); }   # a function of the test, run before the folder goes
_finish() {
    local f
    for f in "${_cleanup[@]+"${_cleanup[@]}"}"; do "$f"; done
    rm -rf "$tmp"
}
trap _finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

_result() { # ok|"not ok" NAME
    _n=$((_n + 1))
    printf '%s %d - %s\n' "$1" "$_n" "$2"
    [ "$1" != ok ] || return 0
    _failed=$((_failed + 1))
    diag "not ok: $0 $_n: $2"
}
note() { printf '%s\n' "$@" | sed 's/^/# /'; }
diag() { note "$@" >&2; } # which prove shows
ok() {
    local name=$1
    shift
    if "$@" >"$tmp/.ok" 2>&1; then _result ok "$name"; else
        _result 'not ok' "$name"
        diag "failed: $*"
        sed -n '1,20s/^/# /p' "$tmp/.ok" >&2
    fi
}
is() {
    if [ "$2" = "$3" ]; then _result ok "$1"; else
        _result 'not ok' "$1"
        diag "got:  ${2:0:2000}" "want: ${3:0:2000}"
    fi
}
like() {
    if [[ $2 =~ $3 ]]; then _result ok "$1"; else
        _result 'not ok' "$1"
        diag "got:  ${2:0:2000}" "want: /$3/"
    fi
}
exits() {
    local name=$1 want=$2 got=0
    shift 2
    "$@" >"$tmp/out" 2>"$tmp/err" || got=$?
    if [ "$got" -eq "$want" ]; then _result ok "$name"; else
        _result 'not ok' "$name"
        diag "exit $got, want $want: $*"
        sed -n '1,10s/^/# /p' "$tmp/err" >&2
    fi
}
checks_hold() { ok "$1" "$top/tests/checks"; }
await() {
    local end=$((SECONDS + 180))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2 # what it asks costs time that others need
    done
}
skip() {
    _n=$((_n + 1))
    printf 'ok %d - %s # SKIP %s\n' "$_n" "$1" "$2"
}
bail() {
    printf 'Bail out!  %s\n' "$1"
    exit 1
}
done_testing() {
    printf '1..%d\n' "$_n"
    [ "$_failed" -eq 0 ] || exit 1
    exit 0
}
