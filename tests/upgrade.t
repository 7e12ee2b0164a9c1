#!/usr/bin/env bash
# A database of the first three migrations, which knew movies alone, is brought up to date: what it
# held gives way, and the same files loaded again leave what they leave in a new one.
source "$(dirname "$0")/lib.sh"
prefix=$tmp/prefix
mkdir "$prefix"
cp -R "$(dirname "$BIN")/bin" "$(dirname "$BIN")/lib" "$(dirname "$BIN")/share" "$prefix"
find "$prefix/share/movies-pipeline/sql/schema" -type f ! -name "00[1-3]_*" -delete
export MOVIES_HOME=$tmp/var
at_exit drop_cluster
file=$top/fixtures/2026-11-20T14Z.zip

exits 'a database as it was' 0 "$prefix/bin/movies-db" migrate
"$prefix/bin/movies-db" psql -v ON_ERROR_STOP=1 -q <<'SQL' || bail 'the old rows cannot be made'
insert into ops.loads (key, hour, revision, fix, file, bytes, sha256, version, status)
values
('2026-11-20T14Z', '2026-11-20 14:00Z', 1, 0, '2026-11-20T14Z.zip', 1, 'x', '0.1.0', 'promoted'),
('2026-11-20T18Z', '2026-11-20 18:00Z', 1, 0, '2026-11-20T18Z.zip', 1, 'y', '0.1.0', 'open');
insert into movies.movies (movie_id, title) values (949, 'Old'), (1, 'Gone');
insert into movies.movie_genres values (949, 1, 'Old');
insert into ops.newest
select 'movies', movie_id, 1, 'movies_metadata.csv', 1, 2, 'x' from movies.movies;
SQL
is 'which has no later migration' "$("$prefix/bin/movies-db" psql -Atc 'select max(version) from ops.migrations')" 3
exits 'is brought up to date' 0 movies-db migrate
is 'its loads are history' "$(sql 'select string_agg(distinct status, $$ $$) from ops.loads')" discarded
exits 'their files can be loaded again' 0 movies-load "$file"
checks_hold 'and all checks hold'
sql 'drop table movies.company_releases; delete from ops.migrations where version = 10'
exits 'what is kept of the movies is made from them' 0 movies-db migrate
checks_hold 'and is right'
dump_movies >"$tmp/upgraded"
drop_cluster
export MOVIES_HOME=$tmp/new
movies-load "$file" >/dev/null 2>&1
dump_movies >"$tmp/new.dump"
ok 'there is something to compare' test "$(wc -l <"$tmp/new.dump")" -gt 100
ok 'the database is that of a new one' cmp "$tmp/upgraded" "$tmp/new.dump"
done_testing
