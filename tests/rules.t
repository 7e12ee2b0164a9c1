#!/usr/bin/env bash
# The rules (sql/rules): each is broken by a row or two and says so, warns or refuses the load as its head
# says, and what refuses a load looks at nothing but the file.
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME=$tmp/var
at_exit drop_cluster
begin_cluster
found() { sql "select found || ' ' || example from ops.findings join ops.loads using (load_id) where key = '$1' and rule = '$2'"; }
pack() { (cd "$tmp/make" && rm -f z.zip && zip -q z.zip ./*.csv && mv z.zip "$tmp/$1.zip" && rm -f ./*.csv); } # KEY
mkdir "$tmp/make"
movie() { # ID BUDGET POPULARITY DATE REVENUE RUNTIME AVERAGE COUNT GENRES
    printf '%s\n' "False,,$2,$9,,$1,,en,T,,$3,,[],[],$4,$5,$6,[],Released,,T,False,$7,$8" >>"$tmp/make/movies_metadata.csv"
}
movies() {
    printf '%s\n' "$movies_header" >"$tmp/make/movies_metadata.csv"
}
pairs() { # ID GENRES COMPANIES, how many of each
    local genres companies
    genres=$(printf "{'id': %d, 'name': 'g'}, " $(seq "$2"))
    companies=$(printf "{'name': 'c', 'id': %d}, " $(seq "$3"))
    printf '%s\n' "False,,5,\"[${genres%, }]\",,$1,,en,T,,1.5,,\"[${companies%, }]\",[],2000-01-01,7,90,[],Released,,T,False,5.5,10" \
        >>"$tmp/make/movies_metadata.csv"
}
good() { # FROM TO [GENRES]
    local i
    for ((i = $1; i <= $2; i++)); do movie "$i" 5 1.5 2000-01-01 7 90 5.5 10 "${3-[]}"; done
}

# What only warns
movies
good 1 5
pack 2026-01-01T00Z
exits 'sound movies' 0 movies-load "$tmp/2026-01-01T00Z.zip"
is 'give no warning' "$(cat "$tmp/err")" ''
is 'and no finding' "$(sql 'select count(*) from ops.findings')" 0
movies
good 1 5
movie 11 -1 1 2000-01-01 0 1 1 1 '[]'
movie 12 0 -0.5 1869-12-31 -7 1 1 1 '[]'
movie 13 0 1 2046-01-02 0 2000.5 10.1 1 '[]'
movie 14 0 1 2046-01-01 0 -1 -0.1 -3 '[]'
pack 2026-01-01T01Z
exits 'movies out of bounds' 0 movies-load -v "$tmp/2026-01-01T01Z.zip"
is 'a budget, a revenue' "$(found 2026-01-01T01Z movies.money)" '2 movie 11: budget -1, revenue 0'
is 'a popularity' "$(found 2026-01-01T01Z movies.popularity)" '1 movie 12: -0.5'
is 'two dates' "$(found 2026-01-01T01Z movies.release-date)" '2 movie 12: 1869-12-31'
is 'two runtimes' "$(found 2026-01-01T01Z movies.runtime)" '2 movie 13: 2000.5'
is 'two vote_averages' "$(found 2026-01-01T01Z movies.vote-average)" '2 movie 13: 10.1'
is 'a vote_count' "$(found 2026-01-01T01Z movies.vote-count)" '1 movie 14: -3'
is 'each is one line' "$(grep -c ': warning: ' "$tmp/err")" 6
like 'that says what, how many and which' "$(cat "$tmp/err")" \
    'movies-load: 2026-01-01T01Z: warning: movies: a popularity below zero: 1, e\.g\. movie 12: -0\.5'
like 'the summary counts them' "$(cat "$tmp/out")" '"warnings": 6'

# Other files, and the other members
movies
good 1 3
printf '%s\n' cast,crew,id '[],[],1' '[],[],77' >"$tmp/make/credits.csv"
printf '%s\n' id,keywords '1,[]' '78,[]' '79,[]' >"$tmp/make/keywords.csv"
printf '%s\n' movieId,imdbId,tmdbId 1,0000001,1 2,0000002, 3,0000003,80 >"$tmp/make/links.csv"
printf '%s\n' userId,movieId,rating,timestamp 1,1,2.5,1 1,9,4.0,2 2,9,4.0,3 >"$tmp/make/ratings.csv"
pack 2026-01-01T02Z
exits 'rows that lead nowhere, fewer movies' 0 movies-load "$tmp/2026-01-01T02Z.zip"
like 'without -v their number is said' "$(cat "$tmp/err")" '^movies-load: 2026-01-01T02Z: warnings: [0-9]+ \(see movies-status 2026-01-01T02Z\)$'
is 'credits' "$(found 2026-01-01T02Z credits.unknown-movie)" '1 movie 77'
is 'keywords' "$(found 2026-01-01T02Z keywords.unknown-movie)" '2 movie 78'
is 'links' "$(found 2026-01-01T02Z links.unknown-tmdb)" '1 link 3: tmdb_id 80'
is 'ratings' "$(found 2026-01-01T02Z ratings.unknown-link)" '2 movie 9, 2 ratings'
is 'fewer movies than before' "$(found 2026-01-01T02Z movies.fewer-records)" '6 3 after 9 in 2026-01-01T01Z'
movies
good 1 1
printf '%s\n' userId,movieId,rating,timestamp 3,8,2.5,1 1,1,2.5,1 4,1,5.5,4 >"$tmp/make/ratings.csv"
pack 2026-01-01T03Z
exits 'a file far from full' 0 movies-load "$tmp/2026-01-01T03Z.zip"
is 'a rating out of bounds' "$(found 2026-01-01T03Z ratings.rating)" '1 movie 1, 1 ratings'
is 'times of long ago' "$(found 2026-01-01T03Z ratings.rating-time)" \
    '2 movie 1, from 1970-01-01 00:00:04+00 to 1970-01-01 00:00:04+00'
is 'ratings beside others' "$(found 2026-01-01T03Z ratings.unknown-link)" '1 movie 8, 1 ratings'
movies
good 1 5
pack 2026-01-01T04Z
exits 'a file after it' 0 movies-load "$tmp/2026-01-01T04Z.zip"
is 'is held against the last full one' "$(found 2026-01-01T04Z movies.fewer-records)" '4 5 after 9 in 2026-01-01T01Z'
movies
good 1 1
pack 2026-01-01T04Z.fix1
exits 'a fix has few records' 0 movies-load "$tmp/2026-01-01T04Z.fix1.zip"
is 'by nature' "$(cat "$tmp/err")" ''

# Rejects: from 1% they are worth a word, from 20% and 21 they refuse the load.
movies
good 1 80
good 101 120 "[{'id'"
pack 2026-01-02T00Z
exits 'twenty rejects of a hundred' 0 movies-load "$tmp/2026-01-02T00Z.zip"
is 'are a warning' "$(found 2026-01-02T00Z movies.many-rejects | cut -d, -f1)" '20 20 of 100'
movies
good 1 79
good 101 121 "[{'id'"
pack 2026-01-02T01Z
exits 'twenty-one refuse the load' 65 movies-load "$tmp/2026-01-02T01Z.zip"
like 'saying so' "$(cat "$tmp/err")" \
    $'movies-load: 2026-01-02T01Z: refused: movies: more than 20% of the records, and more than 20, are turned away: 21, e\.g\. 21 of 100,'
is 'it is discarded' "$(sql "select status from ops.loads where key = '2026-01-02T01Z'")" discarded
is 'what was found stays' "$(sql "select severity from ops.findings join ops.loads using (load_id)
    where key = '2026-01-02T01Z' and rule = 'movies.too-many-rejects'")" fail
exits 'once more' 65 movies-load "$tmp/2026-01-02T01Z.zip"
movies
good 1 2 "[{'id'"
pack 2026-01-02T02Z
exits 'nothing but rejects' 65 movies-load "$tmp/2026-01-02T02Z.zip"
is 'refuses the load' "$(found 2026-01-02T02Z movies.nothing-accepted | cut -d: -f1)" '2 line 2'
movies
printf '%s\n' userId,movieId,rating,timestamp 3,8,2.5,1 >"$tmp/make/ratings.csv"
pack 2026-01-02T03Z
exits 'no records at all are none that were refused' 0 movies-load "$tmp/2026-01-02T03Z.zip"
movies
pairs 201 100 100
pack 2026-01-02T04Z
exits 'ten thousand pairs' 0 movies-load "$tmp/2026-01-02T04Z.zip"
is 'are counted' "$(sql 'select count(*) from movies.company_releases where year = 2000 and releases = 1')" 10000
movies
pairs 201 100 101
pack 2026-01-02T05Z
exits 'more of them' 65 movies-load "$tmp/2026-01-02T05Z.zip"
is 'refuse the load' "$(found 2026-01-02T05Z movies.many-pairs)" '1 movie 201: 100 genres, 101 companies'

# Phases: a second try writes the findings anew, and a rule refuses without discarding.
movies
good 1 2 "[{'id'"
pack 2026-01-03T00Z
phase() { movies-load --phase "$1" "$tmp/2026-01-03T00Z.zip"; }
for p in open stage:movies_metadata.csv; do exits "$p" 0 phase $p; done
for p in promote 'promote'; do exits 'promote is refused, twice' 65 phase $p; done
is 'the load stays open' "$(sql "select status from ops.loads where key = '2026-01-03T00Z'")" open
is 'with its findings' "$(sql "select count(*) from ops.findings join ops.loads using (load_id) where key = '2026-01-03T00Z'")" 3
exits 'discard' 0 phase discard
is 'no stage table is left' "$(sql "select count(*) from pg_tables where schemaname = 'stage'")" 0

# The heads, and that the order of loading cannot decide about a load.
for f in "$top"/sql/rules/*.sql; do
    name=$(basename "$f" .sql)
    like "$name: its head" "$(sed -n 1,3p "$f")" \
        $'^-- severity: (warn|fail)\n-- family: [a-z]+(, [a-z]+)*\n-- rule: [^\n]+$'
    [ "$(sed -n 's/^-- severity: //p' "$f")" = fail ] || continue
    is "$name refuses by the file alone" \
        "$(grep -v '^--' "$f" | grep -oiE '\b(from|join|lateral)\s+[^ ]+' | grep -vE '^(from|join) (\(|stage\.:"[a-z]+"\)?,?)$')" ''
    is "$name knows nothing else" "$(grep -v '^--' "$f" | grep -oE '\b(movies|ops|pg_[a-z]+)\.|known_|load_source|load_fix|now\(')" ''
done
is 'every rule was broken here' "$(comm -3 <(sql 'select distinct split_part(rule, $$.$$, 2) from ops.findings order by 1') \
    <(basename -as .sql "$top"/sql/rules/*.sql | sort))" ''
checks_hold 'all checks hold'
done_testing
