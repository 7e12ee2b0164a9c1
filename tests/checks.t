#!/usr/bin/env bash
# sql/checks: they hold after loads in any order, with a repeated member, with conflicts of ratings; and
# each of them can fail: the database is broken on purpose, once for each, and it must say so.
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME=$tmp/var
at_exit drop_cluster
begin_cluster

few 600 "$tmp/2026-11-20T13Z.zip"
exits 'hours load out of order' 0 movies-load "$top"/fixtures/*15Z.zip "$tmp/2026-11-20T13Z.zip" "$top"/fixtures/*14Z.zip
checks_hold 'all checks hold'
cp "$top/fixtures/2026-11-20T14Z.zip" "$tmp/again.zip"
exits 'the last file once more, as another hour' 0 movies-load --as 2026-11-20T16Z "$tmp/again.zip"
exits 'and once more, the same as a loaded one' 0 movies-load --as 2026-11-20T17Z "$tmp/again.zip"
is 'its members are repeated' "$(sql "select count(*) > 0 from ops.members where state = 'same'")" t
mkdir "$tmp/make"
printf '%s\n' userId,movieId,rating,timestamp 1,31,2.5,999999999 1,31,4.0,999999999 >"$tmp/make/ratings.csv"
(cd "$tmp/make" && zip -q "$tmp/2026-11-20T18Z.zip" ratings.csv)
exits 'two ratings at one time' 0 movies-load "$tmp/2026-11-20T18Z.zip"
is 'one of them is a conflict' "$(sql "select user_id, movie_id from ops.rating_conflicts where rating = 2.5")" '1|31'
checks_hold 'all checks hold'

touch "$tmp/seen"
# Not the foreign keys, nor what derives columns, may come between.
breaks() { # CHECK SQL: done and undone
    local said file rc=0
    file=$(grep -lF "'$1'," "$top"/sql/checks/*.sql)
    said=$("$top/tests/checks" "set local session_replication_role to replica; $2" "$(basename "$file" .sql)" 2>&1) || rc=$?
    printf '%s\n' "$1" >>"$tmp/seen"
    like "can fail: $1" "$rc $said" "^1 (.*"$'\n'")?$1: "
}
one='(select min(movie_id) from movies.movies)'
promoted="(select min(load_id) from ops.loads where status = 'promoted')"
same="(select min(load_id) from ops.members where state = 'same')"

breaks 'a generated column' "alter table movies.movies alter profit drop expression;
    update movies.movies set profit = 7 where movie_id = $one"
breaks 'an id that is mentioned and not derived' "delete from movies.genres where genre_id = 18"
breaks 'an id that is derived and not mentioned' "insert into movies.keywords values (-1, 'nothing')"
breaks 'a derived value' "update movies.people set profile_path = 'x' where person_id = (select min(person_id) from movies.people)"
breaks 'a row of the cast twice' "insert into movies.cast_members select * from movies.cast_members limit 1"
breaks 'a row of the crew twice' "insert into movies.crew_members select * from movies.crew_members limit 1"
breaks 'a duplicate noted twice' "insert into ops.duplicates select * from ops.duplicates limit 1"
breaks 'a duplicate that won all the same' "insert into ops.duplicates
    select load_id, family, id, record, line, record + 1, line from ops.newest limit 1"
breaks 'a loser after its winner' "update ops.duplicates set won_record = record"
breaks 'a joint is unsound' "update ops.counts set counts = counts || '{\"loaded\": 1}' where load_id = $promoted and chain = 'genres'"
breaks 'a member without counts' "delete from ops.counts where load_id = $promoted and position = 1"
breaks 'counts of a member that was not loaded' "update ops.members set state = 'unused' where load_id = $promoted and member = 'links.csv'"
breaks 'records that the summary does not account for' "update ops.loads set summary = jsonb_set(summary, '{movies,inserted}', '5')"
breaks 'a repeated member whose counts are not those of the first' \
    "update ops.counts set counts = counts || '{\"seconds\": -1}' where load_id = $same"
breaks 'a key that is not that of the source' "update ops.loads set source = source + 1 where load_id = $promoted"
breaks 'a load that ended without saying how' "update ops.loads set summary = null where load_id = $promoted"
breaks 'a promoted load with a member that is not done' "update ops.members set state = 'given' where load_id = $promoted"
breaks 'a member that is the same as another one' "update ops.members set sha256 = 'x' where state = 'same'"
breaks 'a promoted load that a rule refused' "insert into ops.findings values ($promoted, 'x', 'movies', 'fail', 1, 'x')"
breaks 'a stage table of no open load' "create table stage.l${RANDOM}00000_movies ()"
breaks 'rows that are not what their mark says' "update movies.movies set overview = 'x' where movie_id = $one"
breaks 'rows that are not what their mark says' "delete from movies.movie_countries where movie_id
    = (select max(movie_id) from movies.movie_countries)"
breaks 'rows that are not what their mark says' "delete from movies.movie_keywords where movie_id
    = (select max(movie_id) from movies.movie_keywords)"
breaks 'rows that are not what their mark says' "delete from movies.crew_members where movie_id
    = (select max(movie_id) from movies.crew_members)"
breaks 'rows that are not what their mark says' "update movies.links set imdb_id = 'x' where movie_id = 31"
breaks 'a set of no movie' "insert into movies.movie_languages values (-1, 'en', 'English')"
breaks 'snapshots of no movie' "delete from movies.movies where movie_id = $one"
breaks 'rows without a mark' "delete from ops.newest where family = 'credits'"
breaks 'a mark without its row' "delete from movies.links where movie_id = 31"
breaks 'a mark of no load that holds the family' "update ops.newest set member = 'x' where family = 'movies' and id = $one"
breaks 'a conflict about no rating' "delete from movies.ratings where (user_id, movie_id) = (1, 31)"
breaks 'a conflict that should stand' "update ops.rating_conflicts set rating = 4.5"
breaks 'ratings of no load that holds ratings' "update movies.ratings set source = 1 where (user_id, movie_id) = (1, 31)"
breaks 'conflicts of no load that holds ratings' "update ops.rating_conflicts set source = 1"
breaks 'a table that readers cannot read' "revoke select on movies.ratings from movies_reader"
breaks 'a table that readers can change' "grant update on movies.links to movies_reader"
breaks 'a schema that readers can enter' "grant usage on schema ops to movies_reader"
breaks 'a function that readers cannot call' "revoke execute on function movies.facts from public"
breaks 'a table that is not of the loader' "create table movies.another ()"
breaks 'snapshots of no load that holds movies' "update movies.movie_snapshots set source = source + 1
    where source = (select max(source) from movies.movie_snapshots)"
breaks 'a movie that the snapshot of its winning load does not equal' "update movies.movie_snapshots set budget = budget + 1"
breaks 'a snapshot newer than what won' "update movies.movie_snapshots set source = source + 1"
breaks 'not as many snapshots as accepted ids' "delete from movies.movie_snapshots where movie_id = $one"
breaks 'more than one snapshot before the horizon' "insert into movies.snapshot_horizon (source) values (movies.source('2026-12-01'))"
breaks 'facts as of now' "update movies.movies set genre_ids = '{}'"
breaks 'facts as of now' "update movies.movies set company_ids = '{7}'"
breaks 'facts as of now' 'create or replace view movies.facts_now as
    select movie_id, title, release_year as year, release_date, revenue as budget, revenue, popularity, genre_ids, company_ids
    from movies.movies'
breaks 'facts as of now' "create or replace function movies.facts(as_of timestamptz default null)
    returns table (
        movie_id bigint, title text, year integer, release_date date, budget bigint, revenue bigint,
        popularity numeric, genre_ids bigint[], company_ids bigint[]
    ) language sql stable as 'select null::bigint, null, 1, null::date, 1::bigint, 1::bigint, 1.0, null::bigint[], null::bigint[]'"
breaks 'facts as of the newest hour' "update movies.movie_snapshots set genre_ids = '{}'"
breaks 'company_releases' 'update movies.company_releases set releases = releases + 1'
breaks 'company_releases' 'delete from movies.company_releases'
breaks 'movies_aggregated' "delete from movies.genres where genre_id = 18;
    create or replace view movies.movies_aggregated as
    select movie_id, popularity, revenue, budget, release_date, null::text as genre, null::text as production_company,
        release_year, profit from movies.movies"
view() { # LIST LIST: movies.credits with these lists
    printf 'create or replace view movies.credits as select id as movie_id, %s as "cast", %s as crew
        from ops.newest where family = %s' "$1" "$2" "'credits'"
}
breaks 'the cast in credits' "$(view "'[]'::json" "'[]'::json")"
breaks 'the crew in credits' "$(view "'[]'::json" "'[]'::json")"
breaks 'the order of the cast in credits' "$(view "'[{\"order\": 2}, {\"order\": 1}]'::json" "'[]'::json")"
breaks 'the movies in credits' "$(view "'[]'::json" "'[]'::json") limit 1"

grep -hoP "^select '\K[^']+(?=',)" "$top"/sql/checks/*.sql | sort >"$tmp/all"
is 'every check was seen to fail' "$(sort -u "$tmp/seen" | comm -3 - "$tmp/all")" ''
is 'no two checks have one name' "$(uniq -d "$tmp/all")" ''
checks_hold 'all that was undone'
exits 'a database that is not there' 2 env PGHOST=/nonexistent "$top/tests/checks"
done_testing
