#!/usr/bin/env bash
# movies-backfill: what it says of a range, what it calls and in which order, when it waits and stops;
# then with the real commands. What it calls is replaced by stand-ins in a tree of their own first.
# shellcheck disable=SC2016,SC2317 # $ is meant for others; functions are called by name
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME=$tmp/var
at_exit drop_cluster
backfill=$MOVIES_HOME/backfill
sql() { movies-db psql -Atc "$1"; }
nice_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d " " -f 17; } # PID
put() { # KEY... : files of a few bytes in backfill
    local key
    mkdir -p "$backfill"
    for key; do printf %s "$key" >"$backfill/$key.zip"; done
}
small() { # ZIP BUDGET: a zip of one movie
    mkdir -p "$tmp/make"
    printf '%s\n' "$movies_header" "False,,$2,[],,1,,en,One,,1.5,,[],[],2000-01-01,0,,[],Released,,One,False,1.0,1" \
        >"$tmp/make/movies_metadata.csv"
    (cd "$tmp/make" && rm -f z.zip && zip -q z.zip movies_metadata.csv && mv z.zip "$1")
}
held() { (cd "$MOVIES_HOME" && find "$@" -name '*.zip' -printf '%f\n' | sed 's/[.]zip$//' | sort | paste -sd ' '); }

# Wrong use
wrong() { # MESSAGE ARG...
    exits "wrong: ${*:2}" 64 movies-backfill "${@:2}"
    like 'in one line' "$(cat "$tmp/err")$(wc -l <"$tmp/err")" "^movies-backfill: .*$1.*\(try movies-backfill -h\)1$"
}
day=$(date -u +%Y-%m-%d)
wrong 'needs FROM and TO'
wrong 'needs FROM and TO' 2026-11-20
wrong 'needs FROM and TO' 2026-11-20 2026-11-20 2026-11-20
wrong 'FROM: x: not an hour' x 2026-11-20
wrong 'TO: 2026-11-20T24Z: not an hour' 2026-11-20 2026-11-20T24Z
wrong 'FROM: 2026-02-29: no such day' 2026-02-29 2026-11-20
wrong 'TO: .* not an hour' 2026-11-20 '$(touch pwned)'
wrong 'TO: .* not an hour' 2026-11-20 $'2026-11-20\n'
wrong 'before FROM' 2026-11-20T14Z 2026-11-20T13Z
wrong 'FROM: 2101-01-01: in the future' 2101-01-01 2101-01-02
wrong 'TO: 2101-01-01: in the future' 2026-11-20 2101-01-01
wrong '--jobs: 9: not a whole number from 1 to 8' --jobs 9 "$day" "$day"
wrong '--jobs: 0' --jobs=0 "$day" "$day"
wrong '--chunk: 1e3' --chunk 1e3 "$day" "$day"
wrong '--chunk: 100001' --chunk 100001 "$day" "$day"
wrong '--chunk: needs an argument' "$day" "$day" --chunk
wrong '--source: which' --source '' "$day" "$day"
wrong 'only one of' --plan --report "$day" "$day"
wrong 'only with --report' --plan --since 2026-11-20T13:30:00Z "$day" "$day"
wrong 'not a time' --report --since yesterday "$day" "$day"
wrong 'no such time' --report --since 2026-02-30T00:00:00Z "$day" "$day"
wrong 'unknown' --force "$day" "$day"
ok 'nothing of it has run' test ! -e pwned -a ! -e "$MOVIES_HOME"

# Without files, without a database
exits 'nothing to do' 99 movies-backfill "$day" "$day"
like 'says so' "$(cat "$tmp/out")" "^\{\"from\":\"${day}T00Z\",\"to\":\"${day}T[0-9]{2}Z\",\"loaded\":0,\"skipped\":0,\"failed\":\[\]\}$"
is 'an empty plan' "$(movies-backfill --plan 2026-11-20 2026-11-20)" '[]'
is 'a report of nothing' "$(movies-backfill --report 2026-11-20T03Z 2026-11-20T04Z)" \
    '{"from":"2026-11-20T03Z","to":"2026-11-20T04Z","hours":2,"loaded":0,"skipped":0,"failed":[],"waiting":[],"missing":[["2026-11-20T03Z","2026-11-20T04Z"]]}'
ok 'no folder is made' test ! -e "$MOVIES_HOME"

# What there is of a range
put 2024-02-28T23Z 2024-02-29T00Z.r10 2024-02-29T00Z.r2.fix10 2024-02-29T00Z.r2.fix9 2024-02-29T00Z 2024-02-29T00Z.fix1 2024-03-01T01Z
mkdir -p "$MOVIES_HOME"/{staging,failed,archive/2024/02}
echo >"$MOVIES_HOME/staging/2024-02-29T02Z.zip"
echo >"$MOVIES_HOME/failed/2024-02-29T20Z.zip"
echo >"$MOVIES_HOME/failed/2024-02-29T21Z~12345678.zip"
echo >"$MOVIES_HOME/archive/2024/02/2024-02-29T04Z.r2.zip"
cp -r "$MOVIES_HOME" "$tmp/before"
is 'a dry run' "$(movies-backfill --dry-run 2024-02-29 2024-03-01T00Z)" \
'load     2024-02-29T00Z                  14
load     2024-02-29T00Z.fix1             19
load     2024-02-29T00Z.r2.fix9          22
load     2024-02-29T00Z.r2.fix10         23
load     2024-02-29T00Z.r10              18
staging  2024-02-29T02Z                  1
failed   2024-02-29T20Z                  1
gap      2024-02-29T01Z 2024-02-29T01Z 1
gap      2024-02-29T03Z 2024-02-29T03Z 1
gap      2024-02-29T05Z 2024-02-29T19Z 15
gap      2024-02-29T21Z 2024-03-01T00Z 4
total    5 files to load, 96 bytes; 0 loaded already, to be archived
total    2 files left alone: 1 in staging, 1 in failed
total    4 gaps, 21 of 25 hours'
report='{"from":"2024-02-28T23Z","to":"2024-03-01T01Z","hours":27,"loaded":0,"skipped":0,"failed":["2024-02-29T20Z"]'
report+=',"waiting":["2024-02-28T23Z","2024-02-29T00Z","2024-02-29T00Z.fix1","2024-02-29T00Z.r2.fix9","2024-02-29T00Z.r2.fix10"'
report+=',"2024-02-29T00Z.r10","2024-03-01T01Z"],"missing":[["2024-02-29T01Z","2024-02-29T01Z"]'
report+=',["2024-02-29T03Z","2024-02-29T03Z"],["2024-02-29T05Z","2024-02-29T19Z"],["2024-02-29T21Z","2024-03-01T00Z"]]}'
is 'a report' "$(movies-backfill --report 2024-02-28T23Z 2024-03-01T01Z)" "$report"
is 'a plan leaves the files of an hour together' "$(movies-backfill --plan --chunk 3 2024-02-28 2024-03-01)" \
    '[{"from":"2024-02-28T23Z","to":"2024-02-28T23Z","files":1},{"from":"2024-02-29T00Z","to":"2024-02-29T00Z","files":5},{"from":"2024-03-01T01Z","to":"2024-03-01T01Z","files":1}]'
is 'and fills its chunks' "$(movies-backfill --plan --chunk 6 2024-02-28 2024-03-01 | jq -c 'map(.files)')" '[6,1]'
is 'with a source it has all hours' "$(movies-backfill --plan --chunk=20 --source /x 2024-02-28T23Z 2024-03-01T01Z)" \
    '[{"from":"2024-02-28T23Z","to":"2024-02-29T18Z","files":6},{"from":"2024-02-29T19Z","to":"2024-03-01T01Z","files":1}]'
exits '1,025 chunks' 64 movies-backfill --plan --source /x --chunk 1 2024-01-01T00Z 2024-02-12T16Z
like 'are too many, and there is advice' "$(cat "$tmp/err")" 'makes 1025 chunks, more than 1024: --chunk 2 would do'
is '1,024 are not' "$(movies-backfill --plan --source /x --chunk 1 2024-01-01T00Z 2024-02-12T15Z | jq length)" 1024
ok 'nothing was touched' diff -r "$tmp/before" "$MOVIES_HOME"

# A source that is a directory can be looked at, a server cannot
mkdir "$tmp/upstream"
ln -s . "$tmp/upstream/latest"
ln -s self.zip "$tmp/upstream/self.zip"
for k in 2024-02-29T00Z.r10 2024-02-29T02Z 2024-02-29T03Z 2024-02-29T20Z 2024-03-02T00Z; do echo it >"$tmp/upstream/$k.zip"; done
is 'what a source would bring' "$(movies-backfill --dry-run --source "$tmp/upstream" 2024-02-29 2024-03-01T00Z | grep -v ^load)" \
'staging  2024-02-29T02Z                  1
fetch    2024-02-29T03Z                  3
failed   2024-02-29T20Z                  1
gap      2024-02-29T01Z 2024-02-29T01Z 1
gap      2024-02-29T05Z 2024-02-29T19Z 15
gap      2024-02-29T21Z 2024-03-01T00Z 4
total    1 file to fetch and load, 3 bytes
total    5 files to load, 96 bytes; 0 loaded already, to be archived
total    2 files left alone: 1 in staging, 1 in failed
total    3 gaps, 20 of 25 hours'
is 'a report counts what is here' "$(movies-backfill --report --source "$tmp/upstream" 2024-02-28T23Z 2024-03-01T01Z)" "$report"
is 'a server is not asked' "$(movies-backfill --dry-run --source https://127.0.0.1:1/ 2024-03-01T00Z 2024-03-01T01Z)" \
'load     2024-03-01T01Z                  14
gap      2024-03-01T00Z 2024-03-01T00Z 1
source   is an address: which of the hours it has is not known before they are fetched
total    1 file to load, 14 bytes; 0 loaded already, to be archived
total    1 gap, 1 of 2 hours'
mkdir "$tmp/staging"
is 'CDPATH leads nowhere' "$(CDPATH=$tmp movies-backfill --report 2024-02-28T23Z 2024-03-01T01Z)" "$report"
exits 'a source that is not there' 69 movies-backfill --dry-run --source "$tmp/no" 2024-03-01T00Z 2024-03-01T01Z
ok 'and nothing was touched' diff -r "$tmp/before" "$MOVIES_HOME"

# Names that are no keys
touch "$backfill"/{'$(touch pwned).zip',-rf.zip,2023-02-29T00Z.zip,2024-02-29T24Z.zip,2024-02-29T00Z.r1.zip,2024-02-29T00Z.r02.zip} \
    "$backfill/"$'2024-02-29T05Z.zip\n2024-02-29T06Z.zip' "$backfill/it's a \"name\".zip" \
    "$backfill"/{2024-02-29T07Z.ZIP,2024-02-29T07Z.zip.txt,.2024-02-29T07Z.zip.part}
mkdir "$backfill/2024-02-29T08Z.zip"
mkfifo "$backfill/2024-02-29T09Z.zip"
ln -s "$tmp/lib.sh" "$backfill/2024-02-29T10Z.zip"
is 'names that are no keys are passed over' "$(movies-backfill --report 2024-02-28T23Z 2024-03-01T01Z 2>"$tmp/err")" "$report"
is 'each with a line' "$(wc -l <"$tmp/err") $(sort -u "$tmp/err" | grep -c 'movies-backfill: .*: no file whose name is a key: passed over')" '13 13'
like 'in which nothing is hidden' "$(cat "$tmp/err")" '2024-02-29T05Z.zip\\x0a2024-02-29T06Z.zip: no file'
ok 'and nothing has run' test ! -e pwned -a ! -e "$backfill/pwned"

# A year
rm -rf "$MOVIES_HOME"
mkdir -p "$backfill"
(cd "$backfill" && for d in {0..364}; do printf "%(%Y-%m-%d)T\n" $((1735689600 + d * 86400)); done |
    while read -r d; do printf '%s.zip\n' "${d}T"{00..23}Z; done | xargs touch)
rm "$backfill"/2025-07-1*T05Z.zip
is 'the files of a year' "$(movies-backfill --dry-run 2025-01-01 2025-12-31 | cut -d ' ' -f 1 | uniq -c | tr -s ' \n' ' ')" \
    ' 8750 load 10 gap 2 total '
is 'their chunks' "$(movies-backfill --plan 2025-01-01 2025-12-31 | jq -c '[length, (map(.files) | add)]')" '[53,8750]'
is 'their gaps' "$(movies-backfill --report 2025-01-01 2025-12-31 | jq -c '[.hours, (.waiting | length), (.missing | length)]')" '[8760,8750,10]'
rm -rf "$MOVIES_HOME"

# Stand-ins: each call is a line of the log; what a file is to do stands in it.
stand=$tmp/stand
mkdir -p "$stand/bin"
cp -r "$BIN/../lib" "$BIN/../share" "$stand"
cp "$BIN/movies-backfill" "$stand/bin"
cat >"$stand/bin/movies-load" <<'STAND'
#!/usr/bin/env bash
[ "$1 $#" = '-- 2' ] || exit 64
echo "${MOVIES_SOURCE_USER-none} ${MOVIES_SOURCE_PASSWORD-none}" >>"$MOVIES_HOME/logins"
printf 'load %s %s %s\n' "$(basename "$2" .zip)" "$(nice)" "$PGAPPNAME" >>"$MOVIES_HOME/calls"
echo '{"summary":"of movies-load"}'
touch "$MOVIES_HOME/at-work.$$"
trap 'rm -f "$MOVIES_HOME/at-work.$$"' EXIT
find "$MOVIES_HOME" -name 'at-work.*' | wc -l >>"$MOVIES_HOME/at-once"
say=$(cat "$2")
case $say in
'exit '*) exit "${say#exit }" ;;
bad) printf 'first\nmovies-load: $(touch pwned): it'\''s bad\n' >&2; exit 65 ;;
gone) mv "$2" "$MOVIES_HOME/elsewhere"; exit 74 ;;
killed) kill -9 $$ ;;
together) # until three are, however slow the machine, and long enough for a fourth to be counted
    for _ in {1..600}; do
        at_work=("$MOVIES_HOME"/at-work.*)
        [ ${#at_work[@]} -lt 3 ] || touch "$MOVIES_HOME/three"
        [ ! -e "$MOVIES_HOME/three" ] || break
        sleep 0.1
    done
    sleep 0.5
    ;;
wait)
    sleep 600 &
    trap 'kill $!; echo ended >>"$MOVIES_HOME/calls"; exit 143' TERM
    echo waits >>"$MOVIES_HOME/calls"
    wait $!
    ;;
esac
STAND
cat >"$stand/bin/movies-archive" <<'STAND'
#!/usr/bin/env bash
case $1/$4 in --failed/--judged) what=failed reason=$3; shift 5 ;; *) what=archived reason= ;; esac
[ "$1 $#" = '-- 2' ] || exit 64
[ "$(cat "$2")" != taken ] || exit 65
printf '%s %s%s\n' "$what" "$(basename "$2" .zip)" "${reason:+ ($reason)}" >>"$MOVIES_HOME/calls"
mkdir -p "$MOVIES_HOME/$what" && mv "$2" "$MOVIES_HOME/$what/"
STAND
cat >"$stand/bin/movies-stage" <<'STAND'
#!/usr/bin/env bash
printf 'stage %s\n' "$*" >>"$MOVIES_HOME/calls"
echo "stage $MOVIES_SOURCE_USER $MOVIES_SOURCE_PASSWORD" >>"$MOVIES_HOME/logins"
if [ -e "$MOVIES_HOME/part" ]; then echo part >"$MOVIES_HOME/backfill/$5.zip"; echo '{"staged":[],"failed":[]}'; exit 69; fi
cat "$MOVIES_HOME/source/$5" 2>/dev/null >&2 && exit 69
echo late >"$MOVIES_HOME/backfill/$5.zip"
[ "$5" != 2026-01-01T04Z ] || { echo '{"staged":[],"failed":["2026-01-01T05Z"]}'; exit 65; }
STAND
chmod +x "$stand"/bin/*
work() { # ARG...: with the stand-ins, on a clean log
    rm -rf "$MOVIES_HOME"/{calls,at-once,three,archived,failed}
    "$stand/bin/movies-backfill" "$@"
}
calls() { grep -E "${1:-.}" "$MOVIES_HOME/calls" | paste -sd ';'; }
put 2026-01-01T00Z
exits 'the database is made' 0 work 2026-01-01 2026-01-01
is 'a file is loaded, then archived' "$(calls)" 'load 2026-01-01T00Z 19 movies-backfill;archived 2026-01-01T00Z'
is 'and that is all on stdout' "$(cat "$tmp/out")" '{"from":"2026-01-01T00Z","to":"2026-01-01T23Z","loaded":1,"skipped":0,"failed":[]}'
is 'the server itself keeps its priority' "$(nice_of "$(head -n 1 "$MOVIES_HOME/pg/data/postmaster.pid")")" "$(nice)"

put 2026-01-01T0{0,1}Z.r10 2026-01-01T01Z.fix2 2026-01-01T01Z.fix10 2026-01-01T01Z{,.r2} 2025-12-31T23Z 2026-01-01T02Z
exits 'files of a range' 0 work 2026-01-01T00Z 2026-01-01T01Z
is 'in the order of their keys' "$(calls load | tr -d ' ' | sed 's/load//g; s/19movies-backfill//g')" \
    '2026-01-01T00Z.r10;2026-01-01T01Z;2026-01-01T01Z.fix2;2026-01-01T01Z.fix10;2026-01-01T01Z.r2;2026-01-01T01Z.r10'
is 'one at a time' "$(sort -u "$MOVIES_HOME/at-once" | tr -d ' ')" 1
is 'the others are left' "$(held backfill)" '2025-12-31T23Z 2026-01-01T02Z'
rm "$backfill"/*
put 2026-01-01T0{0..8}Z
for f in "$backfill"/*; do echo together >"$f"; done
exits '--jobs 3' 0 work --jobs 3 2026-01-01 2026-01-01
is 'three at once, no more' "$(sort -n "$MOVIES_HOME/at-once" | tail -n 1 | tr -d ' ') $(calls archived | tr ';' '\n' | wc -l)" '3 9'

put 2026-01-01T0{0..5}Z
echo bad >"$backfill/2026-01-01T01Z.zip"
echo exit 99 >"$backfill/2026-01-01T02Z.zip"
echo gone >"$backfill/2026-01-01T03Z.zip"
echo taken >"$backfill/2026-01-01T04Z.zip"
exits 'bad files, and others' 65 work --jobs 1 2026-01-01 2026-01-01
is 'are counted' "$(cat "$tmp/out")" \
    '{"from":"2026-01-01T00Z","to":"2026-01-01T23Z","loaded":2,"skipped":2,"failed":["2026-01-01T01Z","2026-01-01T04Z"]}'
is 'and put where they belong' "$(calls '^(archived|failed)')" \
    "archived 2026-01-01T00Z;failed 2026-01-01T01Z (first; movies-load: \$(touch pwned): it's bad);archived 2026-01-01T02Z;archived 2026-01-01T05Z"
like 'what movies-load says is passed on' "$(cat "$tmp/err")" 'movies-load: .*bad'
rm "$backfill"/*
for code in 64 69 74 1 killed; do
    want=$code
    [[ $code == [67]? ]] || want=74
    put 2026-01-01T0{0..2}Z
    { [ "$code" = killed ] && echo killed || echo "exit $code"; } >"$backfill/2026-01-01T01Z.zip"
    exits "a load that ends with $code" "$want" work 2026-01-01 2026-01-01
    is 'ends the run, and nothing is lost' "$(calls load | tr ';' '\n' | wc -l) $(held backfill)" '2 2026-01-01T01Z 2026-01-01T02Z'
    like 'which says how far it came' "$(tail -n 1 "$tmp/err")" '^movies-backfill: stopped: 1 loaded, 0 skipped, 0 failed so far$'
done
put 2026-01-01T01Z
exits 'and the next one goes on' 0 work --jobs 8 2026-01-01 2026-01-01
is 'with the rest' "$(calls load | tr ';' '\n' | wc -l) $(held backfill)" '2 '

# A source
exits 'a source' 65 work --source '-https://h/$(touch pwned)' --chunk 4 2026-01-01T00Z 2026-01-01T09Z
is 'is asked chunk by chunk, and each is loaded' "$(calls | sed 's/ 19 movies-backfill//g')" \
'stage --to backfill -- -https://h/$(touch pwned) 2026-01-01T00Z 2026-01-01T03Z;load 2026-01-01T00Z;archived 2026-01-01T00Z;'\
'stage --to backfill -- -https://h/$(touch pwned) 2026-01-01T04Z 2026-01-01T07Z;load 2026-01-01T04Z;archived 2026-01-01T04Z;'\
'stage --to backfill -- -https://h/$(touch pwned) 2026-01-01T08Z 2026-01-01T09Z;load 2026-01-01T08Z;archived 2026-01-01T08Z'
is 'what was bad there has failed' "$(jq -c .failed "$tmp/out")" '["2026-01-01T05Z"]'
mkdir -p "$MOVIES_HOME/source"
touch "$MOVIES_HOME/source/2026-01-01T04Z"
exits 'a source that cannot be reached' 69 work --source s --chunk 4 2026-01-01T00Z 2026-01-01T09Z
is 'ends the run' "$(calls stage | tr ';' '\n' | wc -l)" 2
touch "$MOVIES_HOME/part"
rm -f "$MOVIES_HOME/logins"
MOVIES_SOURCE_USER=u MOVIES_SOURCE_PASSWORD=p exits 'a source that has no answer for some hours' 69 \
    work --source s --chunk 4 2026-01-01T00Z 2026-01-01T09Z
is 'what was fetched is loaded' "$(jq -c .loaded "$tmp/out") $(calls load | sed 's/ 19 movies-backfill//g')" \
    '3 load 2026-01-01T00Z;load 2026-01-01T04Z;load 2026-01-01T08Z'
is 'user and password are for movies-stage alone' "$(sort -u "$MOVIES_HOME/logins")" 'none none
stage u p'
rm "$MOVIES_HOME/part"

# Space
put 2026-01-01T00Z
MOVIES_MIN_FREE=999999999G exits 'under the floor of free space' 74 work 2026-01-01 2026-01-01
ok 'nothing is begun' test ! -e "$MOVIES_HOME/calls"
scratch() { # NAMES ARG...: each of them, in the scratch folder, leads to a full device
    printf '#!/bin/bash\nd=$(%q "$@"); for f in %s; do ln -s /dev/full $d/$f; done; echo $d\n' "$(command -v mktemp)" "$1" \
        >"$stand/bin/mktemp"
    chmod +x "$stand/bin/mktemp"
    "$stand/bin/movies-backfill" "${@:2}" 2026-01-01 2026-01-01
}
for form in --plan --dry-run --report --jobs=1; do
    exits "no scratch space for $form" 74 scratch files "$form"
    is 'in a line' "$(sed 's|/[^:]*|DIR|' "$tmp/err")" 'movies-backfill: DIR: cannot be written'
done
rm "$stand/bin/mktemp" "$backfill"/*

# Signals
put 2026-01-01T0{0..3}Z
for f in "$backfill"/*; do echo wait >"$f"; done
two_wait() { [ "$(calls waits)" = 'waits;waits' ]; }
for signal in TERM INT HUP; do
    rm -f "$MOVIES_HOME/calls"
    env --default-signal=INT "$stand/bin/movies-backfill" --jobs 2 2026-01-01 2026-01-01 >"$tmp/out" 2>"$tmp/err" &
    run=$!
    ok 'loads are at work' await two_wait
    if [ "$signal" = TERM ]; then
        lowered() { [ "$(nice_of "$(sql "select pid from pg_stat_activity where application_name = 'movies-backfill'")")" = 19 ]; }
        ok 'sessions in the server are lowered' await lowered
    fi
    kill -s "$signal" "$run"
    rc=0
    wait "$run" || rc=$?
    is "$signal ends it" "$rc" $((128 + $(kill -l "$signal")))
    is 'and its loads' "$(calls ended)" 'ended;ended'
    is 'nothing is moved' "$(held backfill)" '2026-01-01T00Z 2026-01-01T01Z 2026-01-01T02Z 2026-01-01T03Z'
    ok 'no session stays' await eval "[ -z \"\$(sql \"select 1 from pg_stat_activity where application_name = 'movies-backfill'\")\" ]"
done
is 'no scratch folder stays' "$(ls "$TMPDIR")" ''
rm "$backfill"/*
put 2026-01-01T00Z
echo together >"$backfill/2026-01-01T00Z.zip"
rm -f "$MOVIES_HOME"/{calls,three}
cat >"$tmp/parent.py" <<'END'
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.argv[1], "2026-01-01", "2026-01-01"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
while not os.path.exists(sys.argv[2] + "/calls"): time.sleep(0.05)
os.kill(child.pid, signal.SIGKILL)
open(sys.argv[2] + "/three", "w").close()
child.stderr.read()
END
exits 'who only reads what a killed one says sees its end' 0 timeout 60 python3 "$tmp/parent.py" "$stand/bin/movies-backfill" "$MOVIES_HOME"
rm -rf "${TMPDIR:?}"/*

# Others go first
rm -f "$backfill"/*
put 2026-01-01T00Z
small "$tmp/2026-01-02T00Z.zip" 1
exits 'a load is open' 0 movies-load --phase open "$tmp/2026-01-02T00Z.zip"
work 2026-01-01 2026-01-01 >"$tmp/out" 2>"$tmp/err" &
run=$!
ok 'a backfill waits for it' await test -s "$tmp/err"
is 'and says for what' "$(cat "$tmp/err")" \
    'movies-backfill: waiting for the load of 2026-01-02T00Z; if nobody is at work on it: movies-load --phase discard 2026-01-02T00Z'
ok 'and begins nothing' test ! -e "$MOVIES_HOME/calls"
sql "update ops.loads set touched_at = now() - interval '61 min'" >/dev/null
ok 'until it is untouched for an hour' wait "$run"
is 'then it goes on' "$(calls load)" 'load 2026-01-01T00Z 19 movies-backfill'
sql "update ops.loads set touched_at = now()" >/dev/null
put 2026-01-01T00Z
cp "$tmp/2026-01-02T00Z.zip" "$backfill"
exits 'a load of a file in backfill is no reason to wait' 0 work 2026-01-01 2026-01-01
rm "$backfill/2026-01-02T00Z.zip"
like 'nor one that is given up, though its file is gone' "$(movies-load --phase discard 2026-01-02T00Z && cat "$tmp/err")" '^movies-backfill: 2026-01-01T00Z: loaded$'

# The real commands
rm -rf "$backfill" "$MOVIES_HOME"/{archived,failed}
put 2026-01-01T12Z
for n in {0..7}; do small "$backfill/2026-01-01T0${n}Z.zip" "$n"; done
cp "$backfill/2026-01-01T03Z.zip" "$tmp"
exits 'a file is loaded before' 0 movies-load "$backfill/2026-01-01T03Z.zip"
since=$(sql "select to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
movies-backfill --jobs 2 2026-01-01T00Z 2026-01-01T07Z >"$tmp/one" 2>"$tmp/err.one" &
run=$!
exits 'two at once on the same files' 0 movies-backfill --jobs 2 2026-01-01T00Z 2026-01-01T07Z
rc=0
wait "$run" || rc=$?
like 'both are content' "$rc" '^(0|99)$'
sed 's/^/# /' "$tmp/err" "$tmp/err.one" | grep -v ': loaded$' | head -n 20
is 'each file was loaded once' "$(cat "$tmp/out" "$tmp/one" | jq -s 'map(.loaded) | add')" 7
is 'all are archived' "$(held archive backfill)" "$(echo 2026-01-01T0{0..7}Z 2026-01-01T12Z)"
is 'promoted once' "$(sql "select count(*), count(distinct key) from ops.loads where status = 'promoted'")" '8|8'
is 'and no load is open' "$(sql "select count(*) from ops.loads where status = 'open'")" 0
exits 'the bad one' 65 movies-backfill 2026-01-01 2026-01-01
is 'lies in failed' "$(held failed) $(cat "$MOVIES_HOME/failed/2026-01-01T12Z.txt")" \
    "2026-01-01T12Z unzipper: $backfill/2026-01-01T12Z.zip: is no zip archive"
exits 'then there is nothing to do' 99 movies-backfill 2026-01-01 2026-01-01
is 'the report says it all' "$(movies-backfill --report --since "$since" 2026-01-01 2026-01-01)" \
'{"from":"2026-01-01T00Z","to":"2026-01-01T23Z","hours":24,"loaded":7,"skipped":1,"failed":["2026-01-01T12Z"],'\
'"waiting":[],"missing":[["2026-01-01T08Z","2026-01-01T11Z"],["2026-01-01T13Z","2026-01-01T23Z"]]}'
is 'with a time in another zone too' "$(movies-backfill --report --since 2999-01-01T00:00+01:00 2026-01-01 2026-01-01 | jq .skipped)" 8
rm -r "$MOVIES_HOME/archive"
is 'what is loaded is no gap, wherever its file is' "$(movies-backfill --dry-run 2026-01-01T00Z 2026-01-01T08Z | head -n 1)" 'gap      2026-01-01T08Z 2026-01-01T08Z 1'
cp "$tmp/2026-01-01T03Z.zip" "$backfill"
like 'a file that is loaded would only be archived' "$(movies-backfill --dry-run 2026-01-01T00Z 2026-01-01T08Z)" \
    '^loaded   2026-01-01T03Z +[0-9]+.*total    0 files to load, 0 bytes; 1 loaded already'
exits 'and is' 0 movies-backfill 2026-01-01 2026-01-01
is 'counted as skipped' "$(jq -c '[.loaded, .skipped]' "$tmp/out") $(held archive)" '[0,1] 2026-01-01T03Z'
mkdir "$tmp/from"
small "$tmp/from/2026-01-01T20Z.zip" 20
exits 'a folder as the source' 0 movies-backfill --source "$tmp/from" --chunk 12 2026-01-01 2026-01-01
is 'is brought in' "$(held archive) $(ls "$tmp/from")" '2026-01-01T03Z 2026-01-01T20Z 2026-01-01T20Z.zip'
staging() { [ "$(sql "select count(*) from ops.loads where status = 'open'")" = 1 ]; }
done_all() { [ "$(held backfill)$(sql "select count(*) from ops.loads where status = 'open'")" = 0 ]; }
for end in TERM-13Z KILL-14Z; do
    day=2026-11-20T${end#*-}
    cp "$top/fixtures/2026-11-20T13Z.zip" "$backfill/$day.zip"
    cp "$top/fixtures/2026-11-20T14Z.zip" "$backfill/$day.r2.zip"
    movies-backfill 2026-11-20 2026-11-20 >"$tmp/out" 2>"$tmp/err" &
    run=$!
    ok 'a load is at work' await staging
    kill -s "${end%-*}" "$run"
    wait "$run" 2>/dev/null
    [ "$end" != TERM-13Z ] || is 'it is ended' "$(held backfill)" "$day $day.r2"
    exits "what SIG${end%-*} stopped goes on" 0 movies-backfill 2026-11-20 2026-11-20
    ok 'and nothing is left' done_all
    like 'all is archived' "$(held archive/2026/11)" "$day $day.r2"
done
for form in --plan --dry-run --report; do
    exits "a full disk: $form" 74 bash -c 'movies-backfill "$@" >/dev/full' - $form 2026-01-01 2026-01-01
done
movies-db stop
PGHOST=$tmp exits 'a database that cannot be reached' 69 movies-backfill --report 2026-01-01 2026-01-01
ok 'nothing that was typed has run' test ! -e pwned
done_testing
