#!/usr/bin/env bash
# What movies-status says of loads that went well, late, wrong and not at all, as tables and as
# JSON; that the lines it leads to are the right ones; and that it writes nothing.
# shellcheck disable=SC2016,SC2119,SC2317 # $ is meant for others; functions are called by name
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
source "$top/tests/pg.sh"
export MOVIES_HOME=$tmp/var

json() { movies-status --format json "${@:2}" | jq -c "$1"; } # JQ-FILTER ARG...
table() { movies-status "$@" | tr -s ' '; }
movie() { # ID TITLE [GENRES]
    printf '%s\n' "False,,1,${3-[]},,$1,,en,$2,,1.5,,[],[],2000-01-01,0,,[],Released,,$2,False,1.0,1"
}
pack() { # ZIP: what lies in $tmp/make, which is emptied
    (cd "$tmp/make" && zip -q z.zip ./*.csv && mv z.zip "$1" && rm ./*.csv)
}
# The id of the record that a command of --movie leads to, by way of its member's header. The
# lines after it are given too: a record may go on in them.
id_at() { # COMMAND FOLDER COLUMN
    (cd "$2" && { sh -c "${1% | sed*} | sed -n 1p" && sh -c "${1%p},\\\$p"; }) |
        csv2ndjson -n --rejoin 2>/dev/null | head -n 1 | jq -r ".$3"
}
leads_home() { # ID: all commands of a movie lead to records with its id
    local name command id column found=0
    while IFS=$'\t' read -r name id command; do
        column=id
        [ "$name" != links ] || column=movieId
        [ "$(id_at "$command" "$top/fixtures" "$column")" = "$id" ] || return 1
        found=$((found + 1))
    done < <(movies-status --movie "$1" --format json | jq -r '.sets[] | [.set, .id, .command] | @tsv')
    [ "$found" -ge 6 ]
}

exits 'where there is no database' 69 movies-status
ok 'none is made' test ! -e "$MOVIES_HOME"
pg_start autovacuum=off
q 'create database status'
q 'create database other'
PGDATABASE=other exits 'a server that has not even our roles' 64 movies-status
q "create database narrow template template0 encoding 'LATIN1' locale 'C'"
PGDATABASE=narrow exits 'a database that cannot hold all texts' 64 movies-load "$top/fixtures/2026-11-20T14Z.zip"
is 'is refused' "$(cat "$tmp/err")" 'movies-load: database: is encoded in LATIN1, UTF8 is needed'
is 'and left as it was' "$(PGDATABASE=narrow q "select count(*) from pg_namespace where nspname in ('movies', 'ops')")" 0
export PGDATABASE=status
movies-db migrate
PGDATABASE=other exits 'a database that is not ours' 64 movies-status
exits 'no loads yet' 0 movies-status
is 'no loads, no conflicts, in JSON' "$(json . && json . --conflicts)" \
    '{"more":0,"loads":[],"rejects":[]}
{"more":0,"conflicts":[]}'
exits 'no load to be shown' 64 movies-status 1

movies-load "$top"/fixtures/*.zip >"$tmp/said" 2>"$tmp/err" || bail 'the fixtures do not load'

# The loads
like 'the loads as a table, newest first' "$(table | sed 's/^ *//')" '
2026-11-20T15Z 3 promoted 2 0 3 12 1 .*
2026-11-20T14Z 2 promoted 4 0 1 18 1 .*
2026-11-20T13Z 1 promoted 5 0 0 55083 0 '
like 'and what they turned away' "$(table)" '
movies_metadata.csv bad-date 1 1
movies_metadata.csv bad-literal 1 1
movies_metadata.csv rejoined 3 1$'
is 'the loads in JSON' "$(json '[.loads[] | [.key, .load, .status, .records, .rejected]]')" \
    '[["2026-11-20T15Z",3,"promoted",12,1],["2026-11-20T14Z",2,"promoted",18,1],["2026-11-20T13Z",1,"promoted",55083,0]]'
is 'with the families by name' "$(json '.loads[0] | [.given, .same, .missing]')" \
    '[["links","movies"],[],["credits","keywords","ratings"]]'
is 'and the rejects' "$(json '[.rejects[] | [.member, .code, .count, .loads]]')" \
    '[["movies_metadata.csv","bad-date",1,1],["movies_metadata.csv","bad-literal",1,1],["movies_metadata.csv","rejoined",3,1]]'
is 'JSON is one line' "$(movies-status --format json | wc -l)" 1
is 'seconds are not rounded' "$(movies-status --format json | grep -o '"seconds": [0-9.]*' | tail -n 1)" \
    "\"seconds\": $(q 'select extract(epoch from finished_at - opened_at) from ops.loads where load_id = 1')"
like '--limit says how many more there are' "$(table --limit 2)" '14Z.*and 1 more'
is '--limit leaves out the oldest' "$(json '[.loads[].load, .more]' --limit=2)" '[3,2,1]'

# A load
like 'a load by its key' "$(table 2026-11-20T14Z)" "^key 2026-11-20T14Z
load 2
status promoted
file 2026-11-20T14Z.zip
bytes $(stat -c %s "$top/fixtures/2026-11-20T14Z.zip")
SHA-256 $(sha256sum <"$top/fixtures/2026-11-20T14Z.zip" | cut -c1-64)
version [0-9.]+
opened 2[-0-9]+ [:0-9]+Z
"
is 'a load by its number is the same' "$(json . 2)" "$(json . 2026-11-20T14Z)"
like 'its members' "$(table 2)" '
links.csv missing - - - - -
movies_metadata.csv staged 10297 26e41a71 [0-9a-f]{64} - [0-9.]+
'
like 'its counts' "$(table 2)" '
movies_metadata.csv movies 1 csv2ndjson 11 11 0 blank 0, bytes 10297, crc32 26e41a71, rejoined 0
movies_metadata.csv movies 2 pgload 11 - 0 loaded 11
.*movies_metadata.csv genres 1 explode-genres 11 33 1 empty 0, exploded 10
'
like 'its rejects' "$(table 2)" '
movies_metadata.csv bad-literal 1 7 8 explode-genres genres: byte 63: a comma or } is missing'
like 'its duplicates and what the promotion did' "$(table 2)" '
duplicates movies 1
.*movies 11 0 0 1 1 1 8 0 0
'
is 'all of it in JSON' "$(json 'keys' 2)" \
    '["bytes","counts","duplicates","file","findings","finished_at","key","load","members","opened_at","other_loads","rejects","seconds","sha256","status","summary","unknown_members","unknown_names","version"]'
is 'the summary is the line that movies-load printed' "$(json '.summary' 2)" "$(sed -n 2p "$tmp/said" | jq -c .)"
is 'every count is there' "$(json '[.counts[] | del(.counts)] | length' 1)" 31
is 'positions are numbers' "$(json '.rejects | map(.first[0].line)' 3)" '[11]'
is '--limit: so many of each code' "$(json '.rejects[0] | [.count, (.first | length)]' 1 --limit 2)" '[3,2]'
q "insert into ops.findings values (3, 'movies.x', 'movies', 'warn', 7, 'movie 1: ' || chr(27) || '[31m')"
like 'findings of the rules' "$(table 3)" '
movies.x movies warn 7 movie 1: \\x1B\[31m'
is 'are counted as warnings' "$(json '.loads[0].warnings > 0')" true

# A movie
like 'where a movie comes from' "$(table --movie 862)" '
movie 1 862 2026-11-20T15Z movies_metadata.csv 1 2
genres 3 862 2026-11-20T15Z movies_metadata.csv 1 2
.*cast 13 862 2026-11-20T13Z credits.csv 17 18
.*links 1 1 2026-11-20T13Z links.csv 1 2
'
like 'and how to see it' "$(table --movie 862)" \
    "$(sha256sum <"$top/fixtures/2026-11-20T15Z.zip" | cut -c1-64) unzipper 2026-11-20T15Z.zip movies_metadata.csv \| sed -n 2p"
is 'in JSON' "$(json '[.movie_id, .title, (.sets | length)], [.sets[] | select(.set == "genres" or .set == "links") | [.rows, .id, .key, .line]]' --movie=862)" \
    '[862,"Toy Story",10]
[[3,862,"2026-11-20T15Z",2],[1,1,"2026-11-20T13Z",2]]'
# Among them one whose records are in two files, one after records of several lines, one that was
# put together of two halves, and one of which only the keywords are in a newer file.
for id in 862 990001 990002 122662 949 220820 290157; do
    ok "the commands for $id lead to its records" leads_home "$id"
done
is 'the very line, without its neighbours' \
    "$(cd "$top/fixtures" && sh -c "$(json '.sets[0].command' --movie 949 | jq -r .)" | grep -c '949.*Heat')" 1
is 'rows are those of now' "$(json '[.sets[] | select(.rows == 0) | .set] | index("genres") != null' --movie 9603)" true
is 'duplicates' "$(json '.duplicates' --movie 949)" \
    '[{"id":949,"key":"2026-11-20T14Z","line":3,"load":2,"family":"movies","record":2,"won_line":12,"won_record":11}]'
like 'rejected records' "$(table --movie 8012)" '
2026-11-20T15Z promoted movies_metadata.csv 8 11 pgload bad-date column release_date'
is 'of another movie are not shown' "$(json '.rejects + .duplicates' --movie 801)" '[]'

# A late file, with a rating at odds with a known one, and a reject
mkdir "$tmp/make"
{
    printf '%s\n' "$movies_header"
    movie 862 'Older Story'
    movie 990100 'Late One'
    movie 990101 'Broken' "[{'id'"
} >"$tmp/make/movies_metadata.csv"
IFS=, read -r user rated stars at < <(unzipper "$top/fixtures/2026-11-20T13Z.zip" ratings.csv | sed -n 2p | tr -d '\r')
other=0.5
[ "$stars" != 0.5 ] || other=5.0
printf '%s\n' userId,movieId,rating,timestamp "$user,$rated,$other,$at" >"$tmp/make/ratings.csv"
touch "$tmp/make/surplus.csv"
late="it's \$(touch pwned) late.zip"
pack "$tmp/$late"
exits 'a late file loads' 0 movies-load --as 2026-11-20T12Z -- "$tmp/$late"
is 'is listed by its key' "$(json '[.loads[].load]')" '[3,2,1,4]'
is 'a newer record stays where it was' "$(json '.sets[0] | [.key, .line]' --movie 862)" '["2026-11-20T15Z",2]'
is 'a new one is in the late file' "$(json '.sets[0] | [.key, .file, .record]' --movie 990100)" \
    "[\"2026-11-20T12Z\",\"$late\",2]"
command=$(json '.sets[0].command' --movie 990100 | jq -r .)
is 'whose name is safe in a shell' "$(id_at "$command" "$tmp" id)" 990100
ok 'and was no command' test ! -e "$tmp/pwned"
is 'a movie that was only ever rejected' "$(json '[.sets, .rejects[0].code]' --movie 990101)" '[[],"bad-literal"]'
is 'a member that nobody knows' "$(json '[.unknown_members, .unknown_names]' 2026-11-20T12Z)" '[1,["surplus.csv"]]'
like 'as a table' "$(table 4)" '
unknown members 1: surplus.csv
'
stands=$([ "$other" = 5.0 ] && echo 5.0 || echo "$stars") loses=$([ "$other" = 5.0 ] && echo "$stars" || echo 0.5)
key_of() { if [ "$1" = "$other" ]; then echo 2026-11-20T12Z; else echo 2026-11-20T13Z; fi; }
is 'a conflict' "$(movies-status --conflicts --format json)" "$(printf '{"more": 0, "conflicts": [{"key": "%s", "others": [{"key": "%s", "rating": %s}], "rating": %s, "user_id": %s, "movie_id": %s, "rated_at": "%s"}]}' \
    "$(key_of "$stands")" "$(key_of "$loses")" "$loses" "$stands" "$user" "$rated" "$(date -u -d "@$at" +%Y-%m-%dT%H:%M:%S+00:00)")"
like 'as a table' "$(table --conflicts)" \
    " $user $rated $(date -u -d "@$at" '+%Y-%m-%d %H:%M:%SZ') $stands $(key_of "$stands") $loses \($(key_of "$loses")\)"
q "insert into ops.rating_conflicts
    select user_id, movie_id, 0, 1 from movies.ratings where user_id <> $user order by 1 desc limit 3"
like '--limit, conflicts' "$(table --conflicts --limit 1)" 'and 3 more'
is '--limit, conflicts, in JSON' "$(json '[(.conflicts | length), .more]' --conflicts --limit 3)" '[3,1]'

# Discarded, open, repeated
{
    printf '%s\n' "$movies_header"
    movie 1 One
    movie 2 Two "[{'id'"
    movie 3 Three "[{'id'"
} >"$tmp/make/movies_metadata.csv"
pack "$tmp/2026-11-20T17Z.zip"
exits 'a load that is given up' 65 movies-load -m 1 "$tmp/2026-11-20T17Z.zip"
is 'is shown as discarded' "$(json '[.load, .status, .other_loads, .counts, .rejects[0].count]' 2026-11-20T17Z)" \
    '[5,"discarded",[],[],2]'
like 'also in the list' "$(table)" '2026-11-20T17Z 5 discarded 1 0 4 - 2 '
is 'but not in what promoted loads turned away' "$(json '[.rejects[] | select(.code == "bad-literal").count]')" '[2]'
is 'is found as a reject of the movie' "$(json '.rejects[0].status' --movie 2)" '"discarded"'
exits 'the key is opened again' 0 movies-load --phase open "$tmp/2026-11-20T17Z.zip"
is 'then the open load is meant' "$(json '[.load, .status, .finished_at, .seconds, .summary, .other_loads]' 2026-11-20T17Z)" \
    '[6,"open",null,null,null,[{"load":5,"status":"discarded"}]]'
like 'as a table too' "$(table 6 2>&1)" '^key 2026-11-20T17Z
load 6
status open
other loads 5 \(discarded\)
'
is 'the other one has a number' "$(json '[.load, .status]' 5)" '[5,"discarded"]'
cp "$top/fixtures/2026-11-20T15Z.zip" "$tmp/2026-11-20T16Z.zip"
exits 'a file with the same members' 0 movies-load "$tmp/2026-11-20T16Z.zip"
is 'as many warnings are told as counted' "$(sed -n 's/.*: warnings: \([0-9]*\) .*/\1/p' "$tmp/err")" "$(jq .warnings "$tmp/out")"
is 'has them as the same' "$(json '.loads[] | select(.key == "2026-11-20T16Z") | [.given, .same]')" '[[],["links","movies"]]'
is 'as which' "$(json '[.members[].same_as]' 2026-11-20T16Z)" '[null,null,"2026-11-20T15Z","2026-11-20T15Z",null]'
is 'and is where the movie is now' "$(json '.sets[0].file' --movie 862)" '"2026-11-20T16Z.zip"'
is '--limit, rejects of a movie' "$(json '[(.rejects | length), .more_rejects]' --movie 8012 --limit 1)" '[1,1]'

q 'create role watcher login; grant movies_loader to watcher; create role reader login; grant movies_reader to reader'
PGUSER=watcher exits 'who may act as movies_loader may ask' 0 movies-status --movie 862
PGUSER=reader exits 'who may only read the answers may not' 64 movies-status --movie 862
like 'which is no failure of the server' "$(cat "$tmp/err")" 'permission denied to set role "movies_loader"$'
PGUSER=movies_typo exits 'a login that is not there is wrong configuration' 64 movies-status --movie 862
mkdir -p "$MOVIES_HOME/staging"
cp "$top/fixtures/2026-11-20T15Z.zip" "$MOVIES_HOME/staging"
exits '--rejects, MOVIES_HOME being the default' 0 env -u MOVIES_HOME -C "$tmp" movies-status 2026-11-20T15Z --rejects
is 'finds the file' "$(jq .record "$tmp/out")" 8
rm "$MOVIES_HOME/staging/2026-11-20T15Z.zip"

# Wrong use
wrong() { # ARG...
    exits "wrong: ${*@Q}" 64 movies-status "$@"
    is 'in one line' "$(wc -l <"$tmp/err")$(cat "$tmp/out")" 1
}
before=$(q 'select pg_snapshot_xmax(pg_current_snapshot())')
for arg in 2026-11-20T18Z 2026-11-20T13Z.r2 99 2026-11-20 2026-11-20T13Z.r1 0 -1 01 9999999999999999999 '' ' ' x \
    "1'; drop schema movies cascade; --" '1 or true' ':load' '`touch pwned`' "2026-11-20T13Z' or 'a' = 'a" \
    $'1\n\\! touch pwned' $'\e[31m'; do
    wrong "$arg"
done
for arg in '' x -1 00862 1.0 8e2 '862 or true' "862'" ':most' 1234567890123456789 99999999 $'862\n'; do
    wrong --movie "$arg"
done
for arg in '' 0 -1 1e3 100001 99999999999999999999 '1; select 2' 1.5; do wrong --limit "$arg"; done
for arg in '' csv TABLE "json'" '../json'; do wrong --format "$arg"; done
wrong --movie
wrong 1 2
wrong 1 --movie 862
wrong --conflicts -- 1
wrong --movie 862 --movie 949
wrong --rejects
wrong --rejects --movie 862
exits 'options after --' 0 movies-status --limit 1 -- 3
ok 'nothing that was typed has run' test ! -e pwned

# Output
for args in '' 1 '--movie 862' --conflicts '--format json'; do
    # shellcheck disable=SC2086 # words
    exits "a full disk: movies-status $args" 74 bash -c 'movies-status "$@" >/dev/full' - $args
    like 'says so' "$(cat "$tmp/err")" '^movies-status: standard output: cannot be written$'
done
is 'nothing was written to the database' "$(q 'select pg_snapshot_xmax(pg_current_snapshot())')" "$before"
done_testing
