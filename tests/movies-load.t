#!/usr/bin/env bash
# movies-load beyond the good case: keys, phases, limits, two at once, being killed. What the
# database then holds is compared whole.
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME="$tmp/var"
at_exit drop_cluster
first=$tmp/2026-11-20T13Z.zip second=$top/fixtures/2026-11-20T14Z.zip third=$top/fixtures/2026-11-20T15Z.zip
# The first records of each member, but for those that are small.
few 900 "$first"
for member in links_small ratings_small; do unzipper "$top/fixtures/2026-11-20T13Z.zip" $member.csv >"$tmp/$member.csv"; done
(cd "$tmp" && zip -q "$first" links_small.csv ratings_small.csv)
statuses() { sql "select string_agg(key || ' ' || status, ', ' order by load_id) from ops.loads where key like '$1%'"; }
budget() { sql "select budget from movies.movies where movie_id = $1"; }

# Keys
exits 'a name that is no key' 64 movies-load "$tmp"
cp "$second" "$tmp/other.zip"
exits 'a file without a key' 64 movies-load "$tmp/other.zip"
ok 'makes no database on the way' test ! -e "$MOVIES_HOME"
for key in 2026-11-20 2026-11-20T24Z 2026-02-30T01Z 2026-11-20T13Z.r1 2026-11-20T13Z.r02 2026-11-20T13Z.fix0 \
    "2026-11-20T13Z'; drop schema movies" '2026-11-20T13Z.fix1.r2'; do
    exits "--as $key" 64 movies-load --as "$key" "$tmp/other.zip"
done
begin_cluster
small "$tmp/2026-01-01T00Z.zip" 10
small "$tmp/2026-01-01T00Z.r2.zip" 20
small "$tmp/2026-01-01T00Z.r2.fix1.zip" 30
small "$tmp/2026-01-01T00Z.r10.zip" 40
small "$tmp/2025-12-31T23Z.r3.zip" 50
exits 'a tenth revision' 0 movies-load "$tmp/2026-01-01T00Z.r10.zip"
exits 'older ones, after it' 0 movies-load "$tmp/2026-01-01T00Z.r2.fix1.zip" "$tmp/2026-01-01T00Z.zip" \
    "$tmp/2026-01-01T00Z.r2.zip" "$tmp/2025-12-31T23Z.r3.zip"
is 'the newest by hour, revision and fix wins, and 10 is more than 2' "$(budget 1)" 40
mkdir -p "$MOVIES_HOME/archive/2026/01"
small "$MOVIES_HOME/archive/2026/01/2026-01-01T01Z.zip" 60
exits 'a key is looked up in the archive' 0 movies-load 2026-01-01T01Z
exits 'a key that is nowhere' 64 movies-load 2026-01-01T02Z
is 'the archived one is loaded' "$(budget 1)" 60

# Other bytes under a key
small "$tmp/other.zip" 70
exits 'other bytes under a promoted key' 65 movies-load --as 2026-01-01T01Z "$tmp/other.zip"
is 'change nothing' "$(budget 1)" 60
exits 'a load is opened' 0 movies-load --phase open --as 2026-01-01T03Z "$tmp/other.zip"
small "$tmp/corrected.zip" 80
exits 'other bytes restart an open load' 0 movies-load --as 2026-01-01T03Z "$tmp/corrected.zip"
is 'the former is discarded' "$(statuses 2026-01-01T03Z)" '2026-01-01T03Z discarded, 2026-01-01T03Z promoted'
is 'the other bytes are loaded' "$(budget 1)" 80

# Phases
phase() { movies-load --phase "$1" "$first"; }
exits 'stage before open' 64 phase stage:movies_metadata.csv
exits 'discard of what is not there' 0 phase discard
exits 'an unknown member' 64 phase stage:unknown.csv
exits 'an unknown phase' 64 phase rewind
exits 'open' 0 phase open
exits 'open again' 0 phase open
is 'open twice is quiet' "$(cat "$tmp/err")" ''
exits 'promote before stage is refused' 74 phase promote
exits 'stage' 0 phase stage:movies_metadata.csv
exits 'stage again' 0 phase stage:movies_metadata.csv
exits 'promote with members unstaged is refused' 74 phase promote
like 'and says which' "$(cat "$tmp/err")" 'credits.csv keywords.csv links.csv ratings.csv: not staged'
number=$(sql "select load_id from ops.loads where key = '2026-11-20T13Z'")
# Without standard_conforming_strings, '\_' in a pattern would be any character.
sql "create table stage.l${number}0_movies (); create table stage.l${number}0_movies_rejects ()"
sql 'alter database movies set standard_conforming_strings to off'
exits 'discard' 0 phase discard
sql 'alter database movies reset standard_conforming_strings'
is 'discard keeps the stage tables of a load whose number begins alike' \
    "$(sql "select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'stage'")" \
    "l${number}0_movies l${number}0_movies_rejects"
sql "drop table stage.l${number}0_movies, stage.l${number}0_movies_rejects"
exits 'promote after discard' 64 phase promote
exits 'reopening without a phase' 64 movies-load --reopen "$first"
exits 'or with that of opening' 64 movies-load --reopen --phase open "$first"
is 'no stage table is left' "$(sql "select count(*) from pg_tables where schemaname = 'stage'")" 0
for p in open stage:{movies_metadata,credits,keywords,links,links_small,ratings,ratings_small}.csv promote; do
    exits "$p, after all" 0 phase "$p"
done
like 'promote prints the summary' "$(cat "$tmp/out")" '"movies": \{[^}]*"inserted": 899'
for p in open stage:credits.csv promote discard; do exits "$p of what is promoted" 0 phase "$p"; done
exits 'the whole of what is promoted' 99 movies-load "$first"
without_stderr() { "$@" 2>&-; }
exits 'the same with a closed standard error' 99 without_stderr movies-load "$first"
small "$tmp/-" 90
load_there() (cd "$tmp" && movies-load --as 2025-12-30T00Z -)
exits 'a file named - is no standard input' 0 load_there
is 'and it is loaded' "$(statuses 2025-12-30T00Z)" '2025-12-30T00Z promoted'
small "$tmp/2025-12-31T00Z.zip" 5
exits 'another file is opened' 0 movies-load --phase open "$tmp/2025-12-31T00Z.zip"
exits 'a phase goes on with it' 0 movies-load --phase stage:movies_metadata.csv --reopen "$tmp/2025-12-31T00Z.zip"
is 'and with no more than that' "$(statuses 2025-12-31T00Z)" '2025-12-31T00Z open'
exits 'it is discarded' 0 movies-load --phase discard "$tmp/2025-12-31T00Z.zip"
exits 'a phase that reopens does all of it' 0 movies-load --phase stage:movies_metadata.csv --reopen "$tmp/2025-12-31T00Z.zip"
is 'which is loaded then' "$(statuses 2025-12-31T00Z)" '2025-12-31T00Z discarded, 2025-12-31T00Z promoted'
exits 'and done for the phases behind' 0 movies-load --phase promote --reopen "$tmp/2025-12-31T00Z.zip"

# Limits, several files
/usr/bin/python3 -B - "$first" "$tmp/2026-01-02T00Z.zip" "$tmp/2026-01-02T01Z.zip" <<'END'
import re, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z: data = z.read("movies_metadata.csv")
with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as z:  # no genre list can be read
    z.writestr("movies_metadata.csv", data.replace(b"[{'id':", b"[{'id'!"))
with zipfile.ZipFile(sys.argv[3], "w", zipfile.ZIP_DEFLATED) as z:  # a directory of a megabyte
    z.writestr("movies_metadata.csv", data)
    for i in range(20000): z.writestr(f"empty/{i}", b"")
END
exits 'too many rejects are bad input' 65 movies-load -m 100 "$tmp/2026-01-02T00Z.zip"
is 'and the load is discarded' "$(statuses 2026-01-02T00Z)" '2026-01-02T00Z discarded'
like 'the last line says whose fault it was' "$(tail -n 1 "$tmp/err")" \
    '2026-01-02T00Z.zip: movies_metadata.csv: not loaded: explode-[a-z]+: .*more than 100'
mkdir -p "$tmp/make"
{ printf '%s\n' "$movies_header"; for i in {1..30000}; do
    echo "False,,1,[],,$i,,en,One,,1.5,,[],[],1995-02-30,0,,[],Released,,One,False,1.0,1"; done; } >"$tmp/make/movies_metadata.csv"
(cd "$tmp/make" && zip -q "$tmp/2026-01-02T02Z.zip" movies_metadata.csv)
exits 'too many dates that are none' 65 movies-load -m 100 "$tmp/2026-01-02T02Z.zip"
like 'of several pgloads the one whose fault it was' "$(tail -n 1 "$tmp/err")" 'not loaded: pgload: .*more than 100'
exits 'an archive with 20,001 members' 0 movies-load "$tmp/2026-01-02T01Z.zip"
head -c 4000 "$second" >"$tmp/2026-01-03T00Z.zip"
(cd "$top" && zip -q "$tmp/2026-01-03T01Z.zip" README.md)
small "$tmp/2026-01-03T02Z.zip" 90
exits 'a truncated file and one without movies: the good one after them is loaded' 65 \
    movies-load "$tmp/2026-01-03T00Z.zip" "$tmp/2026-01-03T01Z.zip" "$tmp/2026-01-03T02Z.zip"
is 'and is there' "$(budget 1)" 90
exits 'all of them loaded already' 99 movies-load "$tmp/2026-01-03T02Z.zip" "$first"
small "$tmp/2026-01-04T00Z.zip" 95
full() { "$@" >/dev/full; }
exits 'a summary that cannot be written' 74 full movies-load "$tmp/2026-01-04T00Z.zip"
exits 'is no success, though the load stands' 99 movies-load "$tmp/2026-01-04T00Z.zip"
small "$tmp/2026-01-04T01Z.zip" 96
MOVIES_MIN_FREE=999999G exits 'no space left' 74 movies-load "$tmp/2026-01-04T01Z.zip"
TMPDIR=/nonexistent exits 'no scratch folder' 74 movies-load "$tmp/2026-01-04T01Z.zip"
cp "$tmp/2026-01-04T01Z.zip" "$tmp/"$'\xff.zip'
exits 'a name that is not UTF-8' 64 movies-load --as 2026-01-04T03Z "$tmp/"$'\xff.zip'
name="$tmp/\$(touch x) ' \"-2026-01-04T02Z.zip"
small "$name" 97
exits 'a hostile name' 0 movies-load --as 2026-01-04T02Z -- "$name"
is 'is kept as it is' "$(sql "select file from ops.loads where key = '2026-01-04T02Z'")" "$(basename "$name")"

# What one record may not do to the others
long=$(head -c 9000 /dev/urandom | base64 -w 0)
mkdir -p "$tmp/make"
printf '%s\n' "$movies_header" 'False,,5,[],,9000011,,en,Good,,1.5,,[],[],2001-01-01,0,,[],Released,,Good,False,1.0,1' \
    'False,,5,[],,9000012,,en,Loud,,9e131071,,[],[],2001-01-01,0,,[],Released,,Loud,False,1.0,1' \
    'False,,9999999999999999999,[],,9000013,,en,Dear,,1,,[],[],2001-01-01,0,,[],Released,,Dear,False,1.0,1' \
    "False,,5,[],,9000014,,en,Long,,1,,[],\"[{'iso_3166_1': '$long', 'name': 'X'}]\",2001-01-01,0,,[],Released,,Long,False,1,1" \
    'False,,5,[],,9000015,,en,Late,,1,,[],[],2001-02-29,0,,[],Released,,Late,False,1.0,1' >"$tmp/make/movies_metadata.csv"
(cd "$tmp/make" && zip -q "$tmp/2026-01-05T00Z.zip" movies_metadata.csv)
exits 'values past all bounds' 0 movies-load "$tmp/2026-01-05T00Z.zip"
is 'are rejected with their records, and only they' \
    "$(sql "select string_agg(title, ' ') from movies.movies where movie_id > 9000000")" Good
is 'each for its reason' \
    "$(sql "select string_agg(r.record || ' ' || r.code, ', ' order by r.record) from ops.rejects as r
        join ops.loads using (load_id) where key = '2026-01-05T00Z'")" \
    '2 out-of-range, 3 out-of-range, 4 too-long, 5 bad-date'

# Two at once, a busy load
movies-load "$second" >"$tmp/a" 2>&1 &
a=$!
movies-load "$second" >"$tmp/b" 2>&1
b=$?
wait "$a"
is 'two loads of one file at once: one does it, the other finds it done' \
    "$(printf '%s\n' $? $b | sort -n | tr '\n' ' ')" '0 99 '
is 'both know only one load' "$(statuses 2026-11-20T14Z)" '2026-11-20T14Z promoted'
hold() { # SQL: run in a session that stays until release
    mkfifo "$tmp/hold"
    movies-db psql -Atq <"$tmp/hold" >"$tmp/held" &
    holder=$!
    exec 7>"$tmp/hold"
    printf '%s\n' "$1" "select 'held';" >&7
    until grep -qs held "$tmp/held"; do sleep 0.1; done
}
release() {
    exec 7>&-
    wait "$holder"
    rm "$tmp/hold"
}
hold "select pg_advisory_lock(hashtextextended('movies-pipeline load 2026-01-04T01Z', 0));"
exits 'a busy load' 74 movies-load --wait 1 "$tmp/2026-01-04T01Z.zip"
like 'says so' "$(cat "$tmp/err")" 'busy for 1 s'
release
exits 'with no patience, but nobody in the way' 0 movies-load --wait 0 --as 2026-01-04T05Z "$second"
hold 'begin; lock table ops.loads;'
exits 'a ledger that is locked is no success' 74 movies-load --wait 0 --phase open "$tmp/2026-01-04T01Z.zip"
release

hours=0
# What was turned away stays known though other bytes restart the load.
rejected() { sql "select count(*) from ops.rejects join ops.loads using (load_id) where key = '$1'"; }
movies-load --phase open -m 7 --as 2026-01-05T01Z "$second" >/dev/null 2>&1
movies-load --phase stage:movies_metadata.csv --as 2026-01-05T01Z "$second" 2>/dev/null
is 'a load keeps the limit that it was opened with' \
    "$(sql "select max_rejects from ops.loads where key = '2026-01-05T01Z'")" 7
exits 'other bytes restart it' 0 movies-load --as 2026-01-05T01Z "$tmp/2026-01-04T01Z.zip"
is 'and what was turned away is kept' "$(rejected 2026-01-05T01Z)" 1

# Being killed: the same again completes it (tests/kill.t: at any moment).
want=$(sql "select md5(string_agg(m::text, '|' order by movie_id)) from movies.movies as m")
for signal in KILL TERM; do
    for delay in 0.3 ${LONG:+0.15 0.5 0.8}; do
        # a load of its own each time, older than all others
        key=2020-01-01T0$((++hours))Z
        movies-load --as "$key" "$second" >/dev/null 2>&1 &
        sleep "$delay"
        kill -s "$signal" $! 2>/dev/null
        wait $! 2>/dev/null
        movies-load --as "$key" "$second" >/dev/null 2>"$tmp/err"
        rc=$?
        ok "after a $signal at $delay s the same again completes it ($rc)" test "$rc" -eq 0 -o "$rc" -eq 99
        is 'once' "$(sql "select count(*) from ops.loads where key = '$key' and status = 'promoted'")" 1
    done
done
is 'and nothing that is newer has changed' \
    "$(sql "select md5(string_agg(m::text, '|' order by movie_id)) from movies.movies as m")" "$want"
is 'no stage table is left by any' "$(sql "select count(*) from pg_tables where schemaname = 'stage'
    and tablename !~ (select '^l(' || coalesce(string_agg(load_id::text, '|'), '0') || ')_' from ops.loads where status = 'open')")" 0
exits 'the third hour' 0 movies-load "$third"
checks_hold 'all checks hold after all this'

# What is the same is not written again: neither where the bytes are the same, nor where only the records are.
places() { # where each row lies, and which transaction wrote it
    local table
    for table in movies movie_genres movie_companies collections genres cast_members crew_members people keywords \
        movie_keywords links ratings; do
        sql "select '$table', md5(string_agg(ctid::text || xmin::text, ' ' order by ctid)) from movies.$table"
    done
}
members() { sql "select string_agg(member || ' ' || m.state, ', ' order by member) from ops.members as m
    join ops.loads using (load_id) where key = '$1' and status = 'promoted'"; }
/usr/bin/python3 -B - "$first" "$tmp" <<'END'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z: data = {n: z.read(n) for n in z.namelist()}
def write(name, level, keep, extra=()):
    with zipfile.ZipFile(f"{sys.argv[2]}/{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=level) as z:
        for n in keep: z.writestr(n, data[n])
        for n in extra: z.writestr(n, b"what is this")
write("2026-12-01T00Z", 6, data)
write("2026-12-01T01Z", 6, data)
write("2026-12-01T02Z", 1, data)
write("2026-12-01T03Z", 6, ["links_small.csv", "ratings_small.csv"], ["README", "odd\nname"])
write("2026-12-01T04Z", 6, ["ratings_small.csv"])
END
exits 'a full file' 0 movies-load "$tmp/2026-12-01T00Z.zip"
where=$(places)
exits 'the same members in another hour' 0 movies-load "$tmp/2026-12-01T01Z.zip"
is 'are not staged' "$(members 2026-12-01T01Z)" 'credits.csv same, keywords.csv same, links.csv same,'\
' links_small.csv unused, movies_metadata.csv same, ratings.csv same, ratings_small.csv unused'
is 'and nothing is written again' "$(places)" "$where"
exits 'the same records in other bytes' 0 movies-load "$tmp/2026-12-01T02Z.zip"
is 'are staged' "$(members 2026-12-01T02Z)" 'credits.csv staged, keywords.csv staged, links.csv staged,'\
' links_small.csv unused, movies_metadata.csv staged, ratings.csv staged, ratings_small.csv unused'
is 'and nothing is written again either' "$(places)" "$where"
is 'all marks have moved' "$(sql "select string_agg(distinct family, ' ') from ops.newest join ops.loads using (load_id)
    where key = '2026-12-01T02Z'")" 'credits keywords links movies'

# Phases of the same, and one that comes between
exits 'the same once more, opened' 0 movies-load --phase open --as 2026-12-02T00Z "$tmp/2026-12-01T02Z.zip"
exits 'and staged' 0 movies-load --phase stage:credits.csv --as 2026-12-02T00Z "$tmp/2026-12-01T02Z.zip"
exits 'another comes between' 0 movies-load --as 2026-12-01T23Z "$second"
heat() { sql 'select popularity from movies.movies where movie_id = 949'; }
is 'and has other values' "$(heat)" 18.31
exits 'promote stages what is not the same any more' 0 \
    movies-load --phase promote --as 2026-12-02T00Z "$tmp/2026-12-01T02Z.zip"
is 'that is, what the other had' "$(members 2026-12-02T00Z)" 'credits.csv staged, keywords.csv staged, links.csv same,'\
' links_small.csv unused, movies_metadata.csv staged, ratings.csv staged, ratings_small.csv unused'
is 'and wins over it' "$(heat)" 17.924927

# What else a zip may hold
exits 'links_small alone' 0 movies-load "$tmp/2026-12-01T03Z.zip"
is 'is loaded in place of links, what is missing or unknown is told' \
    "$(jq -c '[.missing, .unused, .unknown, .unknown_members, .links.records]' "$tmp/out")" \
    '[["credits.csv","keywords.csv","links.csv","movies_metadata.csv","ratings.csv"],["ratings_small.csv"],["README","odd\nname"],2,9125]'
exits 'nothing but what is never loaded' 65 movies-load "$tmp/2026-12-01T04Z.zip"
checks_hold 'and all checks hold'
# --- deliveries as people save them -------------------------------------------------------------

cases=$top/tests/cases/load
exits 'a delivery with semicolons is bad' 65 movies-load --as 2031-01-01T01Z "$cases/semicolon.zip"
is 'one message, not about trailers,' "$(grep -c . "$tmp/err") $(grep -c trailer "$tmp/err")" '1 0'
like 'lists the missing columns and those found' "$(cat "$tmp/err")" 'no columns id, imdb_id, .*spoken_languages \(found: adult;belongs'
like 'movies-status shows the reason' "$(movies-status 2031-01-01T01Z)" 'why +movies_metadata.csv: csv2ndjson: .*no columns id'
exits 'a delivery with a renamed column is bad' 65 movies-load --as 2031-01-01T02Z "$cases/renamed.zip"
like 'the message has its name' "$(cat "$tmp/err")" 'no column id \(found: adult, .*movie_id'
exits 'open and stage in processes of their own' 0 movies-load --as 2031-01-01T02Z --phase open "$cases/renamed.zip"
exits 'stage fails' 65 movies-load --as 2031-01-01T02Z --phase stage:movies_metadata.csv "$cases/renamed.zip"
exits 'and discard' 0 movies-load --as 2031-01-01T02Z --phase discard "$cases/renamed.zip"
is 'keep the reason' "$(sql "select starts_with(summary ->> 'why', 'movies_metadata.csv: csv2ndjson: ') from ops.loads where key = '2031-01-01T02Z' order by load_id desc limit 1")" t
exits "ids and counts as pandas' 5415.0 load" 0 movies-load --as 2031-01-01T03Z "$cases/pandas-resave.zip"
exits "pandas' index column does no harm" 0 movies-load --as 2031-01-01T04Z "$cases/pandas-index.zip"
mkdir "$tmp/excel"
unzipper "$cases/pandas-index.zip" movies_metadata.csv |
    sed -E 's/([12][0-9]{3})-([0-9]{2})-([0-9]{2})/\2\/\3\/\1/g' >"$tmp/excel/movies_metadata.csv"
(cd "$tmp/excel" && zip -qX ../excel.zip movies_metadata.csv)
exits "Excel's dates are bad by default" 65 movies-load -m 0 --as 2031-01-01T05Z "$tmp/excel.zip"
like 'and the message names --dates' "$(cat "$tmp/err")" 'release_date: not a day .*--dates mdy'
exits 'they load under --dates mdy' 0 movies-load --dates mdy --as 2031-01-01T05Z "$tmp/excel.zip"
exits 'the same bytes' 0 movies-load --dates mdy --as 2031-01-01T06Z "$tmp/excel.zip"
is 'are the same member if they were read in the same way' "$(jq -r .movies.same_as "$tmp/out")" 2031-01-01T05Z
exits 'and are read anew' 65 movies-load -m 0 --as 2031-01-01T07Z "$tmp/excel.zip"
exits 'under another --dates' 0 movies-load --dates mdy --phase open --as 2031-01-01T08Z "$tmp/excel.zip"
exits 'a phase keeps the --dates of the load' 0 movies-load --phase stage:movies_metadata.csv --as 2031-01-01T08Z "$tmp/excel.zip"
exits 'another --dates is refused' 64 movies-load --dates dmy --phase promote --as 2031-01-01T08Z "$tmp/excel.zip"
movies-load --phase discard --as 2031-01-01T08Z "$tmp/excel.zip"
done_testing
