#!/usr/bin/env bash
# movies-stage: what waits to be loaded (--pending), and which hours have been (--loaded).
# shellcheck disable=SC2016 # $ is meant for others
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/stage.sh
source "$top/tests/stage.sh"
# shellcheck source=tests/pg.sh
source "$top/tests/pg.sh"

# What waits to be loaded
rm -rf "$MOVIES_HOME"
exits 'no folder: nothing waits' 0 movies-stage --pending
is 'and nothing is made' "$(said)$(ls -d "$MOVIES_HOME" 2>/dev/null)" '[]'
pg_start
q 'create database stage'
export PGDATABASE=stage
movies-db migrate
load() { # KEY HOUR REVISION STATUS TOUCHED-AGO
    q "insert into ops.loads (key, hour, revision, fix, source, file, bytes, sha256, version, status, touched_at)
        values ('$1', '$2', $3, 0, movies.source('$2', $3), 'f', 1, 'x', '1', '$4', now() - interval '$5')"
}
mkdir -p "$MOVIES_HOME/staging/2020-01-09T00Z.zip"
for k in 2020-01-01T00Z 2020-01-01T01Z 2020-01-01T02Z 2020-01-01T03Z 2020-01-01T04Z 2020-01-01T04Z.r10 2020-01-01T04Z.r9 2020-01-01T04Z.r9.fix2; do
    touch "$MOVIES_HOME/staging/$k.zip"
done
touch "$MOVIES_HOME/staging/ 2020-01-01T09Z.zip" "$MOVIES_HOME/staging/it's \$(touch pwned).zip" "$MOVIES_HOME/staging/.2020-01-01T08Z.zip.new"
load 2020-01-01T00Z '2020-01-01 00:00Z' 1 promoted '1 day'
load 2020-01-01T01Z '2020-01-01 01:00Z' 1 open '59 min'
load 2020-01-01T02Z '2020-01-01 02:00Z' 1 open '61 min'
load 2020-01-01T03Z '2020-01-01 03:00Z' 1 discarded '1 min'
load 2020-01-01T07Z.r2 '2020-01-01 07:00Z' 2 promoted '1 min'
load 2020-01-01T08Z '2020-01-01 08:00Z' 1 discarded '1 min'
exits 'what waits' 0 movies-stage --pending
is 'is neither promoted nor open, by key' "$(said)" \
    '["2020-01-01T02Z","2020-01-01T03Z","2020-01-01T04Z","2020-01-01T04Z.r9","2020-01-01T04Z.r9.fix2","2020-01-01T04Z.r10"]'
is 'what is passed over is reported' "$(grumbled | sort)" "movies-stage: $MOVIES_HOME/staging/ 2020-01-01T09Z.zip: no file that is named by a key
movies-stage: $MOVIES_HOME/staging/2020-01-09T00Z.zip: no file that is named by a key
movies-stage: $MOVIES_HOME/staging/it's \$(touch pwned).zip: no file that is named by a key
movies-stage: 2020-01-01T01Z: a load of it is open: it waits no more, until that has been left alone for an hour"
waits=$(said)
mv "$MOVIES_HOME/staging" "$tmp/behind"
ln -s "$tmp/behind" "$MOVIES_HOME/staging"
mv "$tmp/behind/2020-01-01T04Z.zip" "$tmp/04.zip"
ln -s "$tmp/04.zip" "$tmp/behind/2020-01-01T04Z.zip"
is 'behind links too' "$(movies-stage --pending 2>/dev/null)" "$waits"
rm "$MOVIES_HOME/staging" "$tmp/behind/2020-01-01T04Z.zip"
mv "$tmp/behind" "$MOVIES_HOME/staging"
mv "$tmp/04.zip" "$MOVIES_HOME/staging/2020-01-01T04Z.zip"
PGHOST=$tmp/nowhere exits 'no database' 69 movies-stage --pending

ln -s loop "$tmp/loop"
: >"$tmp/plain"
for home in "$tmp/loop" "$tmp/plain"; do
    exits "refuses a MOVIES_HOME that is no folder: ${home##*/}" 64 env MOVIES_HOME="$home" movies-stage --pending
    is 'and prints no list' "$(said)" ''
done
mkdir "$tmp/killed"
printf '#!/bin/sh\nkill -9 $$\n' >"$tmp/killed/find"
chmod +x "$tmp/killed/find"
exits 'movies-stage --pending notices that find was killed' 74 env PATH="$tmp/killed:$PATH" movies-stage --pending
exits 'movies-archive notices that find was killed' 74 env PATH="$tmp/killed:$PATH" movies-archive --promoted

# Has an hour been loaded?
mkdir -p "$MOVIES_HOME/"{failed,backfill,archive/2020/01}
touch "$MOVIES_HOME/failed/2020-01-02T00Z.zip" "$MOVIES_HOME/backfill/2020-01-02T01Z.r3.zip" \
    "$MOVIES_HOME/archive/2020/01/2020-01-02T02Z.fix1.zip" "$MOVIES_HOME/archive/2020/01/2020-01-02T03Z.x.zip"
exits 'in revision 2' 0 movies-stage --loaded 2020-01-01T07Z
while read -r h where; do
    exits "$h is not loaded" 65 movies-stage --loaded "$h"
    is 'its file is named' "$(grumbled)" "movies-stage: $h: late: not loaded, $where"
done <<'END'
2020-01-01T04Z 2020-01-01T04Z.r9.zip is in staging
2020-01-02T00Z 2020-01-02T00Z.zip is in failed
2020-01-02T01Z 2020-01-02T01Z.r3.zip is in backfill
2020-01-02T02Z 2020-01-02T02Z.fix1.zip is in archive/2020/01
END
for h in 2020-01-02T03Z 2020-01-01T08Z 2020-01-01T06Z; do
    exits "$h is not" 65 movies-stage --loaded "$h"
    is 'it is late' "$(grumbled)" "movies-stage: $h: late: no file of this hour"
done
load 2020-01-03T00Z '2020-01-03 00:00Z' 1 promoted '1 min'
load 2020-01-03T01Z.r2 '2020-01-03 01:00Z' 2 promoted '1 min'
load 2020-01-03T02Z '2020-01-03 02:00Z' 1 open '1 min'
load 2020-01-03T03Z '2020-01-03 03:00Z' 1 promoted '1 min'
exits 'a range of which all is loaded' 0 movies-stage --loaded 2020-01-03T00Z 2020-01-03T01Z
is 'says nothing' "$(cat "$tmp/out" "$tmp/err")" ''
exits 'a range of which two hours are not' 65 movies-stage --loaded=2020-01-03T01Z 2020-01-03T04Z
is 'names them' "$(grumbled)" 'movies-stage: 2020-01-03T02Z: late: no file of this hour
movies-stage: 2020-01-03T04Z: late: no file of this hour'
exits 'dates' 65 movies-stage --loaded 2020-01-03 2020-01-05
is 'fifty lines and the number of the others' "$(wc -l <"$tmp/err") $(sed -n '1p;50p;51p' "$tmp/err")" \
    '51 movies-stage: 2020-01-03T02Z: late: no file of this hour
movies-stage: 2020-01-05T04Z: late: no file of this hour
movies-stage: ... 19 hours more'
exits 'a thousand hours' 65 movies-stage --loaded 2020-01-01T00Z 2020-02-11T15Z
(unset PGHOST PGDATABASE; MOVIES_HOME=$tmp/nothing exits 'no database at all' 99 movies-stage --loaded 2020-01-01T00Z; is 'nothing is late yet' "$(grumbled)" 'movies-stage: no file has been loaded yet'; [ "$_failed" -eq 0 ]) || _failed=$((_failed + 1))
_n=$((_n + 2))
ok 'no text was a command' test ! -e pwned
done_testing
