#!/usr/bin/env bash
# movies-backfill: what it says of a range; files that it loads and archives with the real commands.
# shellcheck disable=SC2016,SC2317 # $ is meant for others; functions are called by name
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/backfill.sh
source "$(dirname "$0")/backfill.sh"

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
archive  2024-02-29T04Z.r2               1
failed   2024-02-29T20Z                  1
gap      2024-02-29T01Z 2024-02-29T01Z 1
gap      2024-02-29T03Z 2024-02-29T03Z 1
gap      2024-02-29T05Z 2024-02-29T19Z 15
gap      2024-02-29T21Z 2024-03-01T00Z 4
total    5 files to load, 96 bytes; 0 loaded already, to be archived
total    3 files not loaded and not touched: 1 in staging, 1 in archive, 1 in failed
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
archive  2024-02-29T04Z.r2               1
failed   2024-02-29T20Z                  1
fetch    2024-02-29T20Z                  3
gap      2024-02-29T01Z 2024-02-29T01Z 1
gap      2024-02-29T05Z 2024-02-29T19Z 15
gap      2024-02-29T21Z 2024-03-01T00Z 4
total    2 files to fetch and load, 6 bytes
total    5 files to load, 96 bytes; 0 loaded already, to be archived
total    3 files not loaded and not touched: 1 in staging, 1 in archive, 1 in failed
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

# The real commands
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
