#!/usr/bin/env bash
# The whole job on every fixture, and on real rows where they are at hand: each of the nine
# answers, row for row, equals an independent calculation (tests/oracle.py).
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME=$tmp/var
at_exit drop_cluster
begin_cluster

answers=(company-budget company-revenue company-profit company-releases company-popularity
    genre-most-popular genre-budget genre-revenue genre-profit)
oracle() { /usr/bin/python3 -B "$top/tests/oracle.py" "$@"; }
compare() { # NAME: all rows of an answer against the oracle's
    local name=$1
    movies-answers "$name" --format csv >"$tmp/$name.csv" 2>"$tmp/$name.err" &&
        [ "$(wc -l <"$tmp/$name.csv")" -gt 1 ] &&
        oracle --same "$tmp/$name.csv" "$tmp/want/$name.csv"
}

movie() { # all that the database says of one movie
    sql "select m::text, array(select (genre_id, name)::text from movies.movie_genres where movie_id = $1 order by 1),
        array(select (company_id, name)::text from movies.movie_companies where movie_id = $1 order by 1)
        from movies.movies as m where movie_id = $1"
}

mkdir "$tmp/want"
loaded=()
for zip in "$top"/fixtures/*.zip; do
    loaded+=("$zip")
    key=$(basename "$zip" .zip)
    [ ${#loaded[@]} -ne 2 ] || unreadable=$(movie 15602)
    exits "$key loads" 0 movies-load "$zip"
    like "$key prints its summary" "$(cat "$tmp/out")" "^\{.*\"key\": \"$key\".*\}$"
    exits "$key a second time: nothing to do" 99 movies-load "$zip"
    like "$key a second time says so" "$(cat "$tmp/err")" 'already'
    ok "the oracle after $key" oracle --all "$tmp/want" "${loaded[@]}"
    for name in "${answers[@]}"; do
        ok "$name equals the oracle after $key" compare "$name"
    done
done

is 'the three broken movies are there' \
    "$(sql "select string_agg(title, '|' order by movie_id) from movies.movies where movie_id in (82663, 122662, 249260)")" \
    'Midnight Man|Mardock Scramble: The Third Exhaust|Avalanche Sharks'
is 'their text is whole, with the break that was in it' \
    "$(sql "select string_agg((length(overview) > 40 and overview ~ E'[\\r\\n]')::text, ' ') from movies.movies where movie_id in (82663, 122662, 249260)")" \
    'true true true'
is 'no company poses as a genre' "$(sql 'select count(*) from movies.genres')" 20
is 'no movie without a title' "$(sql 'select count(*) from movies.movies where title is null')" 0
is 'the three repairs are written down' \
    "$(sql "select count(*) from ops.rejects where code = 'rejoined'")" 3
is 'a record with one unreadable list changed nothing of its movie' "$(movie 15602)" "$unreadable"
is 'nor its mark, which is still the older hour' \
    "$(sql "select key from ops.newest join ops.loads using (load_id) where family = 'movies' and id = 15602")" \
    2026-11-20T13Z
is 'counts of every step of every load are kept' \
    "$(sql 'select count(*) from ops.counts')" 75
is 'duplicates keep both positions' \
    "$(sql 'select count(*) > 0 and bool_and(record < won_record) from ops.duplicates')" t
is 'no stage table is left' \
    "$(sql "select count(*) from pg_tables where schemaname = 'stage'")" 0

checks_hold 'all checks hold after the loads'
if [ -n "${LONG-}" ]; then # else replay.t and test_order.py do
    dump_movies >"$tmp/in-order"
    export MOVIES_HOME=$tmp/other
    begin_cluster
    exits 'the files load in another order' 0 \
        movies-load "$top"/fixtures/*15Z.zip "$top"/fixtures/*13Z.zip "$top"/fixtures/*14Z.zip
    checks_hold 'and after the loads in another order'
    dump_movies >"$tmp/out-of-order"
    ok 'a dump has all movies' test "$(wc -l <"$tmp/in-order")" -gt 10000
    ok 'another order of loading gives the same database' cmp "$tmp/in-order" "$tmp/out-of-order"
    drop_cluster
    export MOVIES_HOME=$tmp/var
fi

real=${MOVIES_REAL_ROWS-}
if [ -n "$real" ]; then
    export MOVIES_HOME=$tmp/real
    (cd "$real" && zip -q "$tmp/2026-11-20T13Z.zip" ./*.csv)
    exits 'real rows load' 0 movies-load "$tmp/2026-11-20T13Z.zip"
    ok 'the oracle on real rows' oracle --all "$tmp/want" "$real"
    for name in "${answers[@]}"; do
        ok "$name equals the oracle on real rows" compare "$name"
    done
    drop_cluster
    export MOVIES_HOME=$tmp/var
else
    skip 'real rows' 'MOVIES_REAL_ROWS is not set'
fi
done_testing
