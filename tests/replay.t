#!/usr/bin/env bash
# Rejects corrected and loaded as a fix: movies-status --rejects, movies-load --replay. What is
# printed, what the zip holds, whom it outdoes and who outdoes it, what is refused.
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME="$tmp/var"
at_exit drop_cluster
begin_cluster
movie_values() { sql "select budget, release_date, title from movies.movies where movie_id = $1"; }
source_of() { sql "select key || ' ' || record from ops.newest join ops.loads using (load_id) where family = 'movies' and id = $1"; }
staged() { find "$MOVIES_HOME/staging" -mindepth 1 -printf '%f\n' | sort | tr '\n' ' '; }
rejects() { movies-status "$1" --rejects; } # KEY
replay() { movies-load --replay "$1"; }
load() { movies-load "$@" >/dev/null; }
mkdir -p "$MOVIES_HOME/staging"

# The sample's two rejects
cp "$top"/fixtures/2026-11-20T1[345]Z.zip "$MOVIES_HOME/staging"
exits 'the sample' 0 load 2026-11-20T13Z 2026-11-20T14Z 2026-11-20T15Z
exits 'a load without rejects' 0 rejects 2026-11-20T13Z
is 'has none to print' "$(cat "$tmp/out")" ''
exits 'nothing in, nothing to do' 99 replay "$tmp/out"
rejects 2026-11-20T14Z >"$tmp/14"
rejects 2026-11-20T15Z >"$tmp/15"
is 'where and why' "$(jq -c '[.key, .member, .record, .line, .reasons]' "$tmp/14" "$tmp/15")" \
    '["2026-11-20T14Z","movies_metadata.csv",7,8,["explode-genres: bad-literal: genres: byte 63: a comma or } is missing"]]
["2026-11-20T15Z","movies_metadata.csv",8,11,["pgload: bad-date: column release_date: not a day written YYYY-MM-DD: 1995-02-30"]]'
is 'the record as it stands in the file' "$(jq -r .raw "$tmp/14")" \
    "$(unzipper "$top/fixtures/2026-11-20T14Z.zip" movies_metadata.csv | sed -n 8p | tr -d '\r')"
is 'a load may be named by its number' \
    "$(rejects "$(sql "select load_id from ops.loads where key = '2026-11-20T15Z'")")" "$(cat "$tmp/15")"
exits 'no such load' 64 rejects 2026-11-20T16Z

jq -c '.raw |= sub("Comedy.\""; "Comedy'\''}]\"")' "$tmp/14" >"$tmp/14.new"
sed 's/1995-02-30/1995-02-28/g' "$tmp/15" >"$tmp/15.new"
exits 'a record that nobody changed' 0 replay "$tmp/14"
is 'is taken as it is, and counted' "$(jq -c '[.records, .unchanged]' "$tmp/out")" '[1,1]'
exits 'and rejected again' 65 load 2026-11-20T14Z.fix1
rm "$MOVIES_HOME/staging/2026-11-20T14Z.fix1.zip"
sql "delete from ops.loads where fix = 1" >"$tmp/out" # as if that had never been
umask 077 # who runs it makes no difference to the zip, nor what zip is told by its variables
ZIP=-9 ZIPOPT=-0 exits 'a fix is made' 0 replay "$tmp/14.new"
umask 022
is 'and named' "$(jq -c . "$tmp/out")" \
    "{\"key\":\"2026-11-20T14Z.fix1\",\"file\":\"$MOVIES_HOME/staging/2026-11-20T14Z.fix1.zip\",\"records\":1,\"unchanged\":0,\"left_out\":[]}"
is 'but not loaded' "$(sql "select count(*) from ops.loads where fix > 0")" 0
is 'it holds the header and the record' \
    "$(unzipper "$MOVIES_HOME/staging/2026-11-20T14Z.fix1.zip" movies_metadata.csv | cksum)" \
    "$({ unzipper "$top/fixtures/2026-11-20T14Z.zip" movies_metadata.csv | head -n 1; jq -r .raw "$tmp/14.new"; } | cksum)"
is 'and nothing else' "$(unzipper -l "$MOVIES_HOME/staging/2026-11-20T14Z.fix1.zip" | jq -r .name)" movies_metadata.csv
before=$(source_of 15602)
exits 'another, as the first is only lying there' 0 replay "$tmp/14.new"
is 'has the next number' "$(jq -r .key "$tmp/out")" 2026-11-20T14Z.fix2
ok 'the same in, the same bytes out' \
    cmp "$MOVIES_HOME"/staging/2026-11-20T14Z.fix{1,2}.zip
rm "$MOVIES_HOME/staging/2026-11-20T14Z.fix2.zip"
exits 'the fix of the other hour, on a pipe' 0 replay <(cat "$tmp/15.new")
like 'until it is loaded the movie is an earlier one' "$before" '^2026-11-20T13Z '
exits 'both are loaded, the newer first' 0 load 2026-11-20T15Z.fix1 2026-11-20T14Z.fix1
is 'the corrected values are there' "$(movie_values 15602) $(movie_values 8012)" \
    '25000000|1995-12-22|Grumpier Old Ghosts 1|1995-02-28|Get Shorty'
is 'the lists too' "$(sql "select string_agg(genre_id::text, ' ' order by genre_id) from movies.movie_genres where movie_id = 15602")" '35 10749'
is 'and where they come from' "$(source_of 15602), $(source_of 8012)" '2026-11-20T14Z.fix1 1, 2026-11-20T15Z.fix1 1'
mkdir -p "$MOVIES_HOME/archive/2026/11"
mv "$MOVIES_HOME"/staging/*.zip "$MOVIES_HOME/archive/2026/11"
exits 'once more, when all is in the archive' 0 replay "$tmp/14.new"
is 'is the second fix' "$(jq -r .key "$tmp/out") $(staged)" '2026-11-20T14Z.fix2 2026-11-20T14Z.fix2.zip '
rm "$MOVIES_HOME/staging/2026-11-20T14Z.fix2.zip"
checks_hold 'the database is sound'
dump_movies >"$tmp/want"

# A file of every kind of reject
movie() { # ID TITLE [GENRES [DATE [OVERVIEW]]]
    printf 'False,,5,"%s",,%s,,en,T,%s,1.5,,[],[],%s,0,,[],Released,,%s,False,1.0,1\n' "${3-[]}" "$1" "${5-}" "${4-2000-01-01}" "$2"
}
key=2026-11-21T00Z
mkdir "$tmp/make"
{
    printf '%s\n' "$movies_header"
    movie 970001 torn "[{'id': 1, 'name'}]" 2000-01-01 $'two\nlines' # 1, 2
    movie 970002 quoted | sed 's/T,,/T,an "odd" quote,/; s/,an/,"an/'  # 3
    movie 0970003 overtaken '[]' 2000-02-30                            # 4
    movie 970004 $'latin\xe9'                                          # 5
    movie 970005 once '[]' 2000-02-30                                  # 6
    movie 970003 last                                                  # 7
    movie 970005 again '[]' 2000-02-31                                 # 8
    echo 'too,few'                                                     # 9
    movie 970006 n@ul | tr @ '\0'                                      # 10
    movie 970007 good                                                  # 11
} >"$tmp/make/movies_metadata.csv"
printf 'userId,movieId,rating,timestamp\r\n900000,862,x,1000\r\n900000,862,3.0,900\r\n900000,863,4.0,x\r\n' >"$tmp/make/ratings.csv"
(cd "$tmp/make" && zip -q "$MOVIES_HOME/staging/$key.zip" -- *)
exits 'a file of every kind of reject' 0 load $key
exits 'they are printed' 0 rejects $key
cp "$tmp/out" "$tmp/all"
is 'each once, in order' "$(jq -rj '.member[:1], .record, " "' "$tmp/all")" 'm1 m3 m4 m5 m6 m8 m9 m10 r1 r3 '
is 'by their filters' "$(jq -rj '.reasons[] | split(": ")[:2] | join(":"), " "' "$tmp/all")" \
    "explode-genres:bad-literal csv2ndjson:bad-quotes pgload:bad-date csv2ndjson:bad-utf8 pgload:bad-date pgload:bad-date \
csv2ndjson:field-count csv2ndjson:nul pgload:bad-number pgload:bad-timestamp "
is 'both halves of a torn one' "$(jq -r 'select(.record == 1 and .member < "n").raw' "$tmp/all")" "$(sed -n 2,3p "$tmp/make/movies_metadata.csv")"
is 'bytes that are no text in base64' \
    "$(jq -r 'select(.record == 5 or .record == 10) | .raw, .raw_base64' "$tmp/all" | grep -v null | while read -r b; do base64 -d <<<"$b"; echo; done | cksum)" \
    "$(sed -n '6p;11p' "$tmp/make/movies_metadata.csv" | cksum)"

jq -c 'if .member == "ratings.csv" then .raw |= (sub("x,"; "4.5,") | sub(",x"; ",950"))
    elif .record == 1 then .raw |= sub("name.}"; "name'\'': '\''N'\''}")
    elif .record == 3 then .raw |= sub("\"odd\""; "\"\"odd\"\"") | .raw |= sub("quote,"; "quote\",")
    elif .record == 5 then .raw = (.raw_base64 | @base64d | sub("\ufffd"; "é")) | del(.raw_base64)
    elif .record == 6 then .raw |= sub("02-30"; "02-28")
    elif .record == 4 or .record == 8 then .raw |= sub("02-3[01]"; "02-27")
    elif .record == 10 then .raw_base64 = (.raw_base64 | @base64d | sub("\u0000"; "") | @base64)
    else . end' "$tmp/all" | tac >"$tmp/new"
exits 'they are replayed, in any order' 0 replay "$tmp/new"
is 'but not one that a later record overtakes' "$(jq -c '[.records, .unchanged, .left_out]' "$tmp/out")" \
    '[9,1,[{"member":"movies_metadata.csv","record":4,"why":"record 7, which was accepted, has id 970003 too"}]]'
is 'in the order of the file' "$(unzipper "$MOVIES_HOME/staging/$key.fix1.zip" movies_metadata.csv |
    csv2ndjson --rejoin -R "$tmp/bad" | jq -rj '.id, " ", .title, " "')$(jq -rj .code "$tmp/bad")" \
    '970001 torn 970002 quoted 970004 latiné 970005 once 970005 again 970006 nul rejoinedfield-count'
exits 'the fix is loaded' 0 load $key.fix1
is 'of two corrections of an id the later wins' "$(movie_values 970005)" '5|2000-02-27|again'
is 'the overtaken one has not come back' "$(movie_values 970003) $(source_of 970003)" "5|2000-01-01|last $key 7"
is 'the torn one is whole' "$(sql 'select overview from movies.movies where movie_id = 970001')" $'two\nlines'
is 'the odd quote' "$(sql 'select overview from movies.movies where movie_id = 970002')" 'an "odd" quote'
is 'ratings: their own time decides' "$(sql "select string_agg(movie_id || ' ' || rating, ', ' order by movie_id) from movies.ratings where user_id = 900000")" '862 4.5, 863 4.0'
is 'what nobody corrected is rejected again' "$(rejects $key.fix1 | jq -c '[.member, .raw]')" '["movies_metadata.csv","too,few"]'
rejects $key.fix1 | jq -c --arg raw "$(movie 970008 filled)" '.raw = $raw' >"$tmp/twice"
exits 'a fix can be fixed' 0 replay "$tmp/twice"
is 'under the next number of its hour' "$(jq -r .key "$tmp/out")" $key.fix2
exits 'and loaded' 0 load $key.fix2
mv "$MOVIES_HOME"/staging/*.zip "$MOVIES_HOME/archive/2026/11"
checks_hold 'the database is sound with them'

# What is refused
left=$(staged)
pick() { jq -c "$1" "$tmp/new"; }
refused() { # NAME REGEX: the input stands in $tmp/in
    exits "$1" 65 replay "$tmp/in"
    like "$1: says where" "$(cat "$tmp/err")" "^movies-load: $tmp/in: $2"
    is "$1: writes nothing" "$(staged)$(wc -l <"$tmp/err")$(cat "$tmp/out")" "${left}1"
}
bad() { # NAME REGEX JQ-PROGRAM: a good line, then a changed one
    { pick 'select(.record == 8)'; pick 'select(.record == 6)' | jq -c "$3"; } >"$tmp/in"
    refused "$1" "line 2: $2"
}
bad 'another key' 'another key' '.key = "2026-11-20T13Z"'
bad 'no key' 'no key' 'del(.key)'
bad 'a NUL in the key' 'no key' '.key += "\u0000"'
bad 'a line end in the key' 'no key' '.key += "\n"'
bad 'an unknown member' 'no record that was turned away' '.member = "../../x.csv"'
bad 'a member that is no string' 'no member' '.member = ["movies_metadata.csv"]'
bad 'a record that was accepted' 'no record that was turned away' '.record = 11'
for r in 0 1.5 ${LONG:+-1 1e300 '"6"' null}; do bad "record $r" 'record is not a whole number' ".record = $r"; done
bad 'the same record twice' 'the same record as in line 1' '.record = 8'
bad 'no raw' 'neither raw nor' 'del(.raw)'
bad 'raw and raw_base64' 'neither raw nor raw_base64, or both' '.raw_base64 = "YQ=="'
bad 'raw is no string' 'neither raw nor' '.raw = {}'
bad 'a NUL' 'a NUL byte' '.raw += "\u0000"'
bad 'a NUL in base64' 'a NUL byte' '.raw_base64 = (.raw + "\u0000" | @base64) | del(.raw)'
for b in /w== YQ ${LONG:+'!!' 'YQ==YQ=='}; do
    bad "base64 $b" 'raw_base64 is not' "del(.raw) | .raw_base64 = \"$b\""
done
for r in '' 'a,b' 'x"' ${LONG:+'\n' ',' '"'}; do bad "raw $r" 'not one record' ".raw = $(jq -Rn 'input | gsub("\\\\n"; "\n")' <<<"$r")"; done
bad 'a line end behind it' 'not one record' '.raw += "\n"'
bad 'two records' 'not one record' '.raw += "\n" + .raw'
bad 'a quote that would swallow the next' 'not one record' '.raw |= sub(",once,"; ",\"once,")'
bad 'a column more' 'not one record' '.raw += ","'
bad 'longer than a record may be' 'not one record' '.raw |= sub("once"; "x" * 4200000)'
for line in '{' '' '{} {}' ${LONG:+'[]' null x}; do
    { pick 'select(.record == 8)'; echo "$line"; pick 'select(.record == 6)'; } >"$tmp/in"
    refused "the line $line" 'line 2: not a JSON object'
done
# jq 1.6 takes nan for a number or not, depending on which mends it has.
{ pick 'select(.record == 8)'; echo '{"a":nan}'; pick 'select(.record == 6)'; } >"$tmp/in"
refused 'no number' 'line 2: (not a JSON object|no key)'
{ pick 'select(.record == 8)'; pick 'select(.record == 6)' | sed 's/once/\\ud83d/'; } >"$tmp/in"
refused 'half a character' 'line 2: not JSON'
{ pick 'select(.record == 8)'; pick 'select(.record == 6)' | sed 's/once/\\udc00/'; } >"$tmp/in"
refused 'the other half' 'line 2: not JSON'
{ pick 'select(.record == 8)'; pick 'select(.record == 6)' | sed $'s/once/\xff/'; } >"$tmp/in"
refused 'bytes that are no UTF-8' 'line 2: not UTF-8'
head -c 300000 /dev/urandom >"$tmp/in"
exits 'noise' 65 replay "$tmp/in"
pick 'select(.record == 9) | .raw = "too,\"few", (select(.record == 8))' >"$tmp/in"
exits 'a correction after one that would swallow it' 65 replay "$tmp/in"
for k in 7 2026-11-20T16Z "2026-11-20T14Z'"; do
    pick "select(.record == 8) | .key = \"$k\"" >"$tmp/in"
    exits "the key $k" 65 replay "$tmp/in"
done
pick 'select(.record == 4)' >"$tmp/in"
exits 'overtaken all' 99 replay "$tmp/in"
like 'says by what' "$(cat "$tmp/err")" 'record 4: record 7, which was accepted, has id 970003 too'
is 'writes nothing' "$(staged)" "$left"
pick 'select(.record == 8) | .raw |= sub("again"; "\ud83d\ude00 \\ud83d")' >"$tmp/in"
exits 'a character of two halves, and what only looks like a half' 0 replay "$tmp/in"
is 'go through' "$(unzipper "$(jq -r .file "$tmp/out")" movies_metadata.csv | csv2ndjson -c title | jq -r .title)" '😀 \ud83d'
rm "$MOVIES_HOME"/staging/*
pick 'select(.record == 8)' >"$tmp/in"
exits 'a file that is not there' 64 replay "$tmp/none"
exits 'a file beside it' 64 movies-load --replay "$tmp/in" $key
exits 'a phase beside it' 64 movies-load --replay "$tmp/in" --phase open
cp "$top/fixtures/2026-11-20T13Z.zip" "$MOVIES_HOME/staging/$key.zip"
exits 'another file in the place of the load' 65 replay "$tmp/in"
exits 'is no place to read rejects from' 65 rejects $key
rm "$MOVIES_HOME/staging/$key.zip"
touch "$MOVIES_HOME/staging/$key.fix999999.zip"
exits 'no number left' 65 replay "$tmp/in"
mv "$MOVIES_HOME/staging/$key.fix999999.zip" "$MOVIES_HOME/staging/$key.r2.fix5.zip"
exits 'a fix of another revision' 0 replay "$tmp/in"
is 'takes none' "$(jq -r .key "$tmp/out")" $key.fix3
rm "$MOVIES_HOME"/staging/*
gone() { # COMMAND...: with a reader that has gone away
    "$@" | true
    return "${PIPESTATUS[0]}"
}
exits 'rejects that nobody reads' 141 gone movies-status 2026-11-20T14Z --rejects
is 'are no error' "$(cat "$tmp/err")" ''
exits 'a fix of which nobody reads' 141 gone replay "$tmp/in"
is 'is no error either, and made' "$(cat "$tmp/err")$(staged)" "$key.fix3.zip "
rm "$MOVIES_HOME"/staging/*
is 'nothing is left in the scratch folder' "$(find "$TMPDIR" -mindepth 1 | wc -l)" 0
full() { movies-load --replay "$1" >/dev/full; }
exits 'a full disk' 74 full "$tmp/in"
rm "$MOVIES_HOME"/staging/*
cp "$MOVIES_HOME/archive/2026/11/$key.zip" "$MOVIES_HOME/staging/$key.r2.zip"
exits 'a revision is opened' 0 movies-load --phase open $key.r2
pick "select(.record == 8) | .key = \"$key.r2\"" >"$tmp/in"
exits 'what is not promoted has no fix' 65 replay "$tmp/in"
like 'and says so' "$(cat "$tmp/err")" 'is open: only what is promoted'
rm "$MOVIES_HOME/staging/$key.r2.zip"
exits 'the revision is given up, though its file is gone' 0 movies-load --phase discard $key.r2
is 'that is so' "$(sql "select status from ops.loads where key = '$key.r2'")" discarded
exits 'once more' 0 movies-load --phase discard $key.r2
is 'there is nothing to give up' "$(cat "$tmp/err")" "movies-load: $key.r2: no load of it is open"
is 'nothing is left behind' "$(staged)$(find "$TMPDIR" -mindepth 1 | wc -l)" 0
pick 'select(.record == 8)' >"$tmp/in"
replay "$tmp/in" >"$tmp/one" &
replay "$tmp/in" >"$tmp/two"
wait $!
is 'two at once get a number each' "$(jq -r .key "$tmp/one" "$tmp/two" | sort | tr '\n' ' ')" "$key.fix3 $key.fix4 "

# The archive alone, in another order, makes the same
dump_movies >"$tmp/with"
drop_cluster
mv "$MOVIES_HOME/archive" "$tmp/archive"
rm -rf "$MOVIES_HOME"
mkdir -p "$MOVIES_HOME"
mv "$tmp/archive" "$MOVIES_HOME/archive"
exits 'the fixes before all else' 0 load 2026-11-20T14Z.fix1 2026-11-20T15Z.fix1 2026-11-20T15Z 2026-11-20T13Z 2026-11-20T14Z
ok 'the same comes of it' cmp "$tmp/want" <(dump_movies)
exits 'and the others, from the last to the first' 0 load $key.fix2 $key.fix1 $key
ok 'the same as before' cmp "$tmp/with" <(dump_movies)
# Of a long record only the beginning is kept.
unzipper "$top/fixtures/2026-11-20T15Z.zip" movies_metadata.csv >"$tmp/long.csv"
{ printf '9,'; head -c 2000000 /dev/zero | tr '\0' x; printf '\n'; } >>"$tmp/long.csv"
mkdir -p "$tmp/long" "$MOVIES_HOME/staging" && mv "$tmp/long.csv" "$tmp/long/movies_metadata.csv"
(cd "$tmp/long" && zip -qX "$MOVIES_HOME/staging/2031-01-01T01Z.zip" movies_metadata.csv)
exits 'a delivery with a bad record of 2 MB' 0 load 2031-01-01T01Z
rejects 2031-01-01T01Z | jq -c 'select(.length)' >"$tmp/31"
is 'movies-status prints its beginning and its length' "$(jq -c '[.length, (.raw | length)]' "$tmp/31")" '[2000002,1048576]'
exits 'it cannot be replayed' 65 replay "$tmp/31"
like 'and the message says why' "$(cat "$tmp/err")" 'line 1: only the first bytes of this record are kept'
done_testing
