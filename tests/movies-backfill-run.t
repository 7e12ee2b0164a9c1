#!/usr/bin/env bash
# movies-backfill: what it calls and in which order, when it waits and stops. What it calls is replaced by
# stand-ins in a tree of their own.
# shellcheck disable=SC2016,SC2317 # $ is meant for others; functions are called by name
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/backfill.sh
source "$(dirname "$0")/backfill.sh"

nice_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d " " -f 17; } # PID

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
touch "$backfill/x.zip"
exits 'files of a range' 0 work 2026-01-01T00Z 2026-01-01T01Z
is 'a name that is no key is said once' "$(grep -c 'passed over' "$tmp/err")" 1
rm "$backfill/x.zip"
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
movies-load --phase discard 2026-01-02T00Z
put 2026-01-01T00Z
exits 'nor is one that is given up, though its file is gone' 0 work 2026-01-01 2026-01-01
is 'for which nobody waits' "$(cat "$tmp/err")" 'movies-backfill: 2026-01-01T00Z: loaded'
ok 'nothing that was typed has run' test ! -e pwned
done_testing
