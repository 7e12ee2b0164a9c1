#!/usr/bin/env bash
# The nine answers over a few movies made by hand, with the expected rows calculated by hand;
# the filters, the formats, and what happens when something is wrong.
# shellcheck disable=SC2119,SC2317 # arguments are optional; functions are called by their name
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
source "$top/tests/pg.sh"
export MOVIES_HOME=$tmp/var

csv() { movies-answers --format csv "$@" 2>"$tmp/err"; }
rows() { csv "$@" | tail -n +2; }
movie() { # ID DATE BUDGET REVENUE POPULARITY GENRES COMPANIES, ids as 1,2
    local IFS=,
    q "insert into movies.movies (movie_id, title, release_date, budget, revenue, popularity, genre_ids, company_ids)
        values ($1, 'Movie $1', $2, $3, $4, $5, '{$6}', '{$7}');
    insert into movies.movie_genres (movie_id, genre_id) select $1, unnest('{$6}'::bigint[]);
    insert into movies.movie_companies (movie_id, company_id) select $1, unnest('{$7}'::bigint[]);
    insert into movies.company_releases as r
        select company_id, release_year, genre_id, 1
        from movies.movies, unnest(company_ids) as company_id, unnest(genre_ids) as genre_id
        where movie_id = $1 and release_year is not null
    on conflict (company_id, year, genre_id) do update set releases = r.releases + 1"
}

pg_start
q 'create database answers'
export PGDATABASE=answers
movies-db migrate

exits 'an empty database has no rows' 0 movies-answers genre-budget --format csv
is 'only a header' "$(cat "$tmp/out")" 'genre_id,genre,year,budget,budget_split,movies,movies_known'
is 'and nothing is left out' "$(cat "$tmp/err")" ''
exits 'all nine of an empty database' 0 movies-answers
like 'says that there is nothing' "$(cat "$tmp/err")" '^movies-answers: no movie'
exits 'a genre filter finds nothing there' 64 movies-answers genre-budget --genre 1

q "insert into movies.genres values (1, 'Drama'), (2, 'Action'), (3, 'Comedy'), (4, 'action'),
    (5, null);
insert into movies.production_companies values (10, 'Canal+'), (11, 'Canal+'),
    (12, 'O''Brien, \"X\" \`touch $tmp/pwned\`'), (13, '10'), (14, '99'), (15, 'Éclair'),
    (16, repeat('Wide 映画 ', 9) || chr(27) || '[31m');
insert into movies.production_companies select i, 'Company ' || i from generate_series(101, 124) i"
movie 1 "'2001-01-01'" 100 300 1.5 1,2,3 10
movie 2 "'2001-06-01'" 100 0 2.5 1 10,11
movie 3 "'2001-12-31'" null 50 null 1 11
movie 4 "'2001-01-02'" 0 7 4 2 ''
movie 5 "'2002-01-01'" null null null 3 12
movie 6 null 999 999 9 1 10
movie 7 "'2003-01-01'" 0 0 1 '' 10
movie 8 "'2004-01-01'" 1 0 2 1 101,102,103,104,105,106,107,108
movie 9 "'2005-01-01'" 1 null 8.2e-05 5 101,102,103
movie 10 "'2005-01-01'" 2 null 1 5 101,102,103,104,105,106
movie 11 "'2005-01-01'" 11 null 1 5 "$(seq -s, 101 124)"
movie 12 "'2006-01-01'" 9000000000000000000 1 5.0 2 13
movie 13 "'2006-01-01'" 9000000000000000000 0 5.00 1 14
movie 14 "'2007-01-01'" 0 0 1.0000001 1 15
movie 15 "'2007-01-01'" 0 0 1.0000002 2 16
movie 16 "'2009-01-01'" 9000000000000000001 1 1 1,2,3 ''
# 2008: Drama wins by sum, Comedy by mean, Action by maximum.
for i in 20 21 22 23 24; do movie $i "'2008-01-01'" 0 0 4 1 ''; done
movie 30 "'2008-01-01'" 0 0 9 2 ''
movie 31 "'2008-01-01'" 0 0 0 2 ''
movie 32 "'2008-01-01'" 0 0 6 3 ''

is 'company-budget' "$(csv company-budget --year 2001-2003)" 'company_id,company,year,budget,budget_split,movies,movies_known
10,Canal+,2001,200,150.00,2,2
10,Canal+,2003,0,0.00,1,0
11,Canal+,2001,100,50.00,2,1
12,"O'\''Brien, ""X"" `touch '"$tmp/pwned"'`",2002,,,1,0'
is 'company-revenue' "$(csv company-revenue --year 2001-2002)" 'company_id,company,year,revenue,revenue_split,movies,movies_known
10,Canal+,2001,300,300.00,2,1
11,Canal+,2001,50,50.00,2,1
12,"O'\''Brien, ""X"" `touch '"$tmp/pwned"'`",2002,,,1,0'
is 'company-profit' "$(csv company-profit --year 2001-2002)" 'company_id,company,year,profit,profit_split,profit_known,movies,movies_known
10,Canal+,2001,100,150.00,200,2,1
11,Canal+,2001,-100,-50.00,0,2,0
12,"O'\''Brien, ""X"" `touch '"$tmp/pwned"'`",2002,,,0,1,0'
is 'company-releases' "$(csv company-releases --year 2001)" 'company_id,company,year,genre_id,genre,releases
10,Canal+,2001,1,Drama,2
10,Canal+,2001,2,Action,1
10,Canal+,2001,3,Comedy,1
11,Canal+,2001,1,Drama,2'
is 'company-releases needs a genre' "$(rows company-releases --year 2003)" ''
is 'company-popularity' "$(csv company-popularity --year 2001-2003)" 'company_id,company,year,popularity,movies
10,Canal+,2001,2.000000,2
10,Canal+,2003,1.000000,1
11,Canal+,2001,2.500000,2
12,"O'\''Brien, ""X"" `touch '"$tmp/pwned"'`",2002,,1'
is 'genre-budget' "$(csv genre-budget --year 2001-2002)" 'genre_id,genre,year,budget,budget_split,movies,movies_known
1,Drama,2001,200,133.33,3,2
2,Action,2001,100,33.33,2,1
3,Comedy,2001,100,33.33,1,1
3,Comedy,2002,,,1,0'
is 'genre-revenue' "$(csv genre-revenue --year 2001-2002)" 'genre_id,genre,year,revenue,revenue_split,movies,movies_known
1,Drama,2001,350,150.00,3,2
2,Action,2001,307,107.00,2,2
3,Comedy,2001,300,100.00,1,1
3,Comedy,2002,,,1,0'
is 'genre-profit' "$(csv genre-profit --year 2001-2002)" 'genre_id,genre,year,profit,profit_split,profit_known,movies,movies_known
1,Drama,2001,100,-33.33,200,3,1
2,Action,2001,207,73.67,200,2,1
3,Comedy,2001,200,66.67,200,1,1
3,Comedy,2002,,,0,1,0'
is 'genre-most-popular' "$(csv genre-most-popular --year 2001-2008)" 'year,genre_id_by_sum,genre_by_sum,sum,genre_id_by_avg,genre_by_avg,avg,genre_id_by_max,genre_by_max,max
2001,2,Action,5.5,2,Action,2.750000,2,Action,4
2004,1,Drama,2,1,Drama,2.000000,1,Drama,2
2005,5,,2.000082,5,,0.666694,5,,1
2006,1,Drama,5,1,Drama,5.000000,1,Drama,5
2007,2,Action,1.0000002,2,Action,1.000000,2,Action,1.0000002
2008,1,Drama,20,3,Comedy,6.000000,2,Action,9'

# 1/8 is 0.125. 1/3 + 2/6 + 11/24 is 1.125: thirds cut at 30 places add up to a little less,
# which the rounding to 10 places mends.
is 'half away from zero' "$(rows company-profit --year 2004 --company 101 | head -n 1)" '101,Company 101,2004,-1,-0.13,0,1,0'
is 'half away from zero, positive' "$(rows company-budget --year 2004 | head -n 1)" '101,Company 101,2004,1,0.13,1,1'
is 'rounded to 10 places before 2' "$(rows company-budget --year 2005 | head -n 1)" '101,Company 101,2005,14,1.13,3,3'
is 'a side that is not reported leaves no profit' "$(rows company-profit --year 2005 | head -n 1)" '101,Company 101,2005,,,0,3,0'
is 'a large figure is divided as exactly as a small one' "$(rows genre-budget --year 2009 | head -n 1)" '1,Drama,2009,9000000000000000001,3000000000000000000.33,1,1'
is 'sums beyond 64 bits' "$(q "update movies.movies set company_ids = company_ids || 13::bigint where movie_id = 13"
rows company-budget --year 2006 --company 13)" '13,10,2006,18000000000000000000,13500000000000000000.00,2,2
14,99,2006,9000000000000000000,4500000000000000000.00,1,1'

csv genre-budget >/dev/null
is 'genres: left out' "$(cat "$tmp/err")" 'movies-answers: movies left out: 1 without a release date, 1 without a genre'
csv genre-budget --year 2002 >/dev/null
is 'genres: left out, of one year' "$(cat "$tmp/err")" 'movies-answers: movies left out: 1 without a release date, 0 without a genre'
csv company-budget >/dev/null
is 'companies: left out' "$(cat "$tmp/err")" 'movies-answers: movies left out: 1 without a release date, 10 without a company'
csv company-releases >/dev/null
is 'both: left out' "$(cat "$tmp/err")" 'movies-answers: movies left out: 1 without a release date, 1 without a genre, 10 without a company'
csv genre-budget --year 2001 --genre Drama >/dev/null
is 'left out, of those that the filters pick' "$(cat "$tmp/err")" 'movies-answers: movies left out: 1 without a release date, 0 without a genre'
csv company-budget --company O\'Brien\,\ \"X\"\ \`touch\ "$tmp"/pwned\` >/dev/null
is 'nothing left out, nothing said' "$(cat "$tmp/err")" ''

is '--genre: whole movies, their other genres too' "$(rows genre-budget --genre Comedy --year 2001-2008)" '1,Drama,2001,100,33.33,1,1
2,Action,2001,100,33.33,1,1
3,Comedy,2001,100,33.33,1,1
3,Comedy,2002,,,1,0
3,Comedy,2008,0,0.00,1,0'
is '--genre by id' "$(rows genre-budget --genre 3)" "$(rows genre-budget --genre Comedy)"
is '--genre in other capitals' "$(rows genre-budget --genre=cOMEDY)" "$(rows genre-budget --genre Comedy)"
is '--genre: spelled like that before other capitals' "$(rows genre-budget --genre action)" ''
is '--genre: in other capitals it may be two' "$(rows genre-budget --genre ACTION | head -n 2)" "$(rows genre-budget --genre 2 | head -n 2)"
is '--company: one name, two ids' "$(rows company-budget --company canal+)" '10,Canal+,2001,200,150.00,2,2
10,Canal+,2003,0,0.00,1,0
11,Canal+,2001,100,50.00,2,1'
is '--company by id: the others of its movies too' "$(rows company-budget --company 11)" '10,Canal+,2001,100,50.00,1,1
11,Canal+,2001,100,50.00,2,1'
is '--company: an id comes before a name of digits' "$(rows company-budget --company 10 --year 2006)" ''
is '--company: a name of digits' "$(rows company-budget --company 99 --year 2006 | tail -n 1)" '14,99,2006,9000000000000000000,4500000000000000000.00,1,1'
is '--company: capitals beyond ASCII' "$(rows company-popularity --company éclair)" '15,Éclair,2007,1.000000,1'
is '--genre and --company together' "$(rows company-releases --genre Comedy --company 10)" '10,Canal+,2001,1,Drama,1
10,Canal+,2001,2,Action,1
10,Canal+,2001,3,Comedy,1'
exits '--year with zeros before it is no octal number' 0 movies-answers genre-revenue --year 0089-0199

no() { exits "refused: ${*//$'\n'/ }" 64 movies-answers "$@" && is "in one line: ${*//$'\n'/ }" "$(wc -l <"$tmp/err") $(head -c 16 "$tmp/err") $(wc -c <"$tmp/out")" '1 movies-answers:  0'; }
no nonsense
no genre-budget nonsense
no --format csv
no --format json genre-budget genre-revenue
no --format xml genre-budget
no --year
for text in '' 199x 1990- -1990 1990-1980 '1990 or true' "1990'" '1990-1999-2000' 99999; do no genre-budget --year "$text"; done
for option in --genre --company; do
    # shellcheck disable=SC2016 # nothing may expand these
    for text in '' nothing "' or '1'='1" "'; drop table movies.movies; --" '1 or true' '1}' '{1,2}' \
        ":'year_from'" '\! touch pwned' '`touch pwned`' '$(touch pwned)' '%' $'a\nb' $'\\\'' $'\xff\xfe' '%s%n' \
        99999999999999999999 -1 ' 1' +1; do
        no genre-budget "$option" "$text"
    done
done
movies-answers genre-budget --genre $'\e[31m' 2>"$tmp/err"
is 'a terminal is not told what the user is told to type' "$(grep -c $'\e' "$tmp/err")" 0
like 'what was not found is named' "$(cat "$tmp/err")" '--genre: .x1b\[31m: no genre'
is 'nothing was run' "$(ls -d "$tmp"/pwned pwned 2>/dev/null)" ''
is 'nothing was dropped' "$(q 'select count(*) from movies.movies')" 24

# json
csv company-profit --year 2001-2002 >"$tmp/want"
movies-answers company-profit --year 2001-2002 --format json >"$tmp/json" 2>/dev/null
is 'json: the same rows, in the same order' "$(jq -r '[.[]] | @csv' "$tmp/json" | tr -d '"')" \
    "$(tail -n +2 "$tmp/want" | tr -d '"' | sed 's/\.00,/,/g')"
is 'json: the same columns' "$(head -n 1 "$tmp/json" | jq -r 'keys_unsorted | join(",")')" "$(head -n 1 "$tmp/want")"
is 'json: numbers are numbers' "$(head -n 1 "$tmp/json" | jq -r 'map(type) | join(" ")')" 'number string number number number number number number'
is 'json: nulls are null' "$(tail -n 1 "$tmp/json" | jq -c '[.profit, .profit_split]')" '[null,null]'
for name in company-{budget,revenue,profit,releases,popularity} genre-{most-popular,budget,revenue,profit}; do
    is "$name: its file says its columns" "$(csv "$name" | head -n 1)" \
        "$(sed -n 's/^-- columns: //p' "$top/sql/answers/$name.sql" | paste -sd, | tr -d ' ' | tr -s ,)"
    is "$name: json has as many rows as csv" "$(movies-answers "$name" --format json 2>/dev/null | jq -s length)" "$(rows "$name" | wc -l)"
done

# table
movies-answers genre-budget --year 2001 2>/dev/null >"$tmp/out"
like 'table: the question first' "$(head -n 1 "$tmp/out")" '^How much .* genre.*\?$'
is 'table: then what of' "$(sed -n 2p "$tmp/out")" '(2001)'
like 'table: all rows' "$(tail -n 2 "$tmp/out" | head -n 1)" '^\(3 rows\)$'
is 'table: commas in money, none in ids and years' "$(movies-answers company-budget --year 2006 --company 14 2>/dev/null | grep -c ' 14 99 \+2006 \+9,000,000,000,000,000,000 ')" 1
like 'table: null is a dash' "$(movies-answers genre-budget --year 2002 2>/dev/null)" 'Comedy 2002 +- +- +1 +0'
movies-answers company-popularity --year 2007 2>/dev/null >"$tmp/out"
like 'table: long names are cut' "$(cat "$tmp/out")" 'Wide 映画 Wide 映画 Wide 映画 Wid…'
movies-answers genre-budget genre-revenue --genre Drama --year 2001 2>/dev/null >"$tmp/out"
is 'table: several answers' "$(grep -c '^How much' "$tmp/out")" 2
like 'table: and which movies' "$(cat "$tmp/out")" '\(2001, genre Drama\)'
q "update movies.production_companies set name = chr(27) || '[31m' || E'\n' where company_id = 15"
is 'table: nothing from the data commands the terminal' "$(movies-answers company-popularity --year 2007 2>/dev/null | grep -c $'\e')" 0

exits 'all nine' 0 movies-answers
is 'all nine: each of them' "$(grep -cE '^the top .*: movies-answers (company|genre)-[a-z-]+ --year 2000-2009$' "$tmp/out")" 9
is 'all nine: its ten years' "$(head -n 1 "$tmp/out")" 'The years 2000-2009: the largest figures of each answer.'
is 'all nine: 100 columns will do' "$(($(wc -L <"$tmp/out") <= 100))" 1
is 'all nine: the largest first' "$(sed -n '/spent.*company/,/^the top/p' "$tmp/out" | sed -n 4p | cut -c 1-9)" '     13 1'
like 'all nine: how many there are' "$(cat "$tmp/out")" 'the top 5 of 40, all of them: movies-answers company-budget '
exits 'all nine, filtered' 0 movies-answers --company Canal+ --genre "drama"
is 'all nine, filtered: their own ten years' "$(head -n 1 "$tmp/out")" 'The years 1992-2001, genre drama, company Canal+: the largest figures of each answer.'
again=$(sed -n 's/.*all of them: //p' "$tmp/out" | head -n 1)
is 'all nine: the command for the rest' "$again" 'movies-answers company-budget --year 1992-2001 --genre drama --company Canal+'
is 'all nine: its quoting' "$(movies-answers --company "$(q 'select name from movies.production_companies where company_id = 12')" 2>/dev/null |
    sed -n 's/.*all of them: //p' | head -n 1 | xargs printf '%s|')" \
    "movies-answers|company-budget|--year|1993-2002|--company|O'Brien, \"X\" \`touch $tmp/pwned\`|"
exits 'all nine of given years' 0 movies-answers --year 2001
is 'all nine of given years: these' "$(head -n 1 "$tmp/out")" 'The years 2001: the largest figures of each answer.'

# one snapshot; read only
q 'alter database answers set log_statement to "all"'
movies-answers >/dev/null 2>&1
q 'alter database answers reset log_statement'
is 'all nine: one snapshot, read only' \
    "$(grep -c 'statement: begin isolation level repeatable read, read only;' "$pg_data/log")" 1
is 'all nine: nothing is read outside of it' \
    "$(awk '/statement: begin/ { inside = 1 } /statement: commit/ { inside = 0 } /from movies.facts/ && !inside' "$pg_data/log")" ''

# as of an hour: the fixtures in an order of their own, each hour against the oracle
hours=(2026-11-20T13Z 2026-11-20T14Z 2026-11-20T15Z)
zips=("${hours[@]/#/$top/fixtures/}")
zips=("${zips[@]/%/.zip}")
equals() { # AS-OF NAME
    movies-answers --as-of "$1" "$2" --format csv >"$tmp/got.csv" 2>/dev/null &&
        oracle --same "$tmp/got.csv" "$tmp/$1/$2.csv"
}
oracle() { /usr/bin/python3 -B "$top/tests/oracle.py" "$@"; }
for hour in "${hours[@]}"; do
    mkdir "$tmp/$hour"
    ok "the oracle as of $hour" oracle --as-of "$hour" --all "$tmp/$hour" "${zips[@]}"
done
q 'create database hours'
export PGDATABASE=hours
exits 'the fixtures, the newest first' 0 movies-load "${zips[2]}" "${zips[0]}" "${zips[1]}"
for name in company-{budget,revenue,profit,releases,popularity} genre-{most-popular,budget,revenue,profit}; do
    for hour in "${hours[@]}"; do ok "$name as of $hour equals the oracle" equals "$hour" "$name"; done
    is "$name as of the newest hour is $name" "$(csv "$name" --as-of "${hours[2]}"; cat "$tmp/err")" \
        "$(csv "$name"; cat "$tmp/err")"
done
is 'a later hour is like the newest' "$(csv genre-budget --as-of=2899-12-31)" "$(csv genre-budget)"
is 'a date is its last hour' "$(csv genre-budget --as-of 2026-11-20)" "$(csv genre-budget)"
is 'before all files: only a header, and a line that says why' "$(csv genre-budget --as-of 2026-11-20T12Z; cat "$tmp/err")" \
    'genre_id,genre,year,budget,budget_split,movies,movies_known
movies-answers: --as-of 2026-11-20T12Z: no delivery is that old, so the answers are empty'
exits 'before all files: all nine' 0 movies-answers --as-of 2026-11-19
like 'there is nothing' "$(cat "$tmp/err")" 'movies-answers: no movie'
for option in '--genre Action' '--company Pixar' '--year 1995' '--as-of 2026-11-20' '--format csv'; do
    # shellcheck disable=SC2086 # words
    exits "refuses $option twice" 64 movies-answers $option "${option/ /=}" genre-budget
done
is 'a company that has no name any more' "$(rows company-budget --as-of 2026-11-20T14Z --company 31892 | cut -d, -f 1-3)" \
    "$(rows company-budget --as-of 2026-11-20T13Z | grep '^31892,' | cut -d, -f 1-3)"
like 'its id is there, its name is not' "$(rows company-budget --as-of 2026-11-20T14Z --company 31892)" '^31892,,[0-9]+,'
no company-budget --company 31892
no company-budget --company 31892 --as-of 2026-11-20T15Z
no genre-budget --genre 424242 --as-of 2026-11-20T13Z
for text in '' 2026 2026-11-20T 2026-11-20T24Z 2026-11-20T1Z 2026-02-30 2026-02-30T01Z 1969-12-31 2900-01-01 \
    2026-11-20T13Z.r2 2026-11-20T13 "2026-11-20'" yesterday now; do
    no genre-budget --as-of "$text"
done
exits 'a revision of an hour' 0 movies-load --as 2026-11-20T13Z.r2.fix1 "${zips[1]}"
is 'belongs to that hour' "$(rows genre-budget --as-of 2026-11-20T13Z | md5sum)" "$(rows genre-budget --as-of 2026-11-20T14Z | md5sum)"
movies-answers genre-budget --as-of 2026-11-20T13Z --genre Drama --year 1990-1999 >"$tmp/out" 2>/dev/null
is 'table: as of' "$(sed -n 2p "$tmp/out")" '(1990-1999, as of 2026-11-20T13Z, genre Drama)'
movies-answers --as-of 2026-11-20 --year 1995 >"$tmp/out" 2>/dev/null
is 'all nine: as of' "$(head -n 1 "$tmp/out")" 'The years 1995, as of 2026-11-20T23Z: the largest figures of each answer.'
is 'all nine: the command for the rest' "$(sed -n 's/.*all of them: //p' "$tmp/out" | head -n 1)" \
    'movies-answers company-budget --year 1995 --as-of 2026-11-20T23Z'
q "insert into movies.snapshot_horizon (source) values (movies.source('2026-11-20 14:00+00'))"
exits 'before the horizon' 64 movies-answers genre-budget --as-of 2026-11-20T13Z
is 'the earliest hour is named' "$(cat "$tmp/err")" \
    'movies-answers: --as-of: 2026-11-20T13Z: before 2026-11-20T14Z, the earliest hour of which all is kept'
exits 'at the horizon' 0 movies-answers genre-budget --as-of 2026-11-20T14Z
export PGDATABASE=answers

# when something is wrong
full() { "$@" >/dev/full; }
closed() { "$@" >&-; }
gone() { "$@" | true; return "${PIPESTATUS[0]}"; }
for format in table csv json; do
    exits "$format on a full disk" 74 full movies-answers genre-budget --format "$format"
    is "$format on a full disk: one line" "$(grep -v 'left out' "$tmp/err")" 'movies-answers: standard output: cannot be written'
done
exits 'all nine on a full disk' 74 full movies-answers
exits 'standard output closed' 74 closed movies-answers
q "insert into movies.production_companies select i, 'Company ' || i from generate_series(1000, 60000) i;
update movies.movies set company_ids = array(select generate_series(1000, 60000)) where movie_id = 4"
exits 'a reader that has gone' 141 gone movies-answers company-budget
is 'a reader that has gone is no error' "$(grep -v 'left out' "$tmp/err")" ''
q 'alter view movies.facts_now rename to facts_gone'
exits 'a view that is gone' 70 movies-answers genre-budget
like 'a view that is gone is named' "$(cat "$tmp/err")" '^movies-answers: database: .*movies.facts_now'
q 'alter view movies.facts_gone rename to facts_now'
exits 'no such database' 69 env PGDATABASE=nowhere movies-answers
pg_stop
exits 'no server' 69 movies-answers genre-budget --format csv
is 'no server: one line' "$(grep -c '^movies-answers: ' "$tmp/err") $(wc -l <"$tmp/err")" '1 1'
is 'no server: no output' "$(cat "$tmp/out")" ''
done_testing
