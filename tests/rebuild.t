#!/usr/bin/env bash
# movies-db rebuild: the archive alone makes the same database; where it does not, nothing changes;
# and whatever goes wrong on the way leaves the current one as it was.
# shellcheck disable=SC2317 # functions are called by their name
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
source "$top/tests/pg.sh"
export MOVIES_HOME=$tmp/var
archive=$MOVIES_HOME/archive/2026/11
mkdir -p "$archive" "$MOVIES_HOME/archive/2026/01"
small=$MOVIES_HOME/archive/2026/01/2026-01-06T01Z
first=$small.zip second=$archive/2026-11-20T14Z.zip third=$archive/2026-11-20T15Z.zip
cp "$top/fixtures/2026-11-20T14Z.zip" "$top/fixtures/2026-11-20T15Z.zip" "$archive"
cp "$top/fixtures/2026-11-20T14Z.zip" "$first"
cp "$top/fixtures/2026-11-20T15Z.zip" "$small.r2.fix1.zip"
cp "$top/fixtures/2026-11-20T14Z.zip" "$small.r10.zip"

oid() { q 'select oid from pg_database where datname = current_database()'; }
databases() {
    psql -XAtq -d postgres -c "select string_agg(datname, ' ' order by datname) from pg_database where datname ~ '^mine'"
}
keys() { q "select string_agg(key, ' ' order by source) from ops.loads where status = 'promoted'"; }
all_keys='2026-01-06T01Z 2026-01-06T01Z.r2.fix1 2026-01-06T01Z.r10 2026-11-20T14Z 2026-11-20T15Z'
untouched() { # NAME: the current database is the one that it was, and alone
    is "$1: the current database stays, alone" "$(oid) $(databases)" "$was mine"
}
rebuilt() { # NAME
    ok "$1: another database is in its place" test "$(oid)" -ne "$was"
    is "$1: and no other is left" "$(databases)" mine
    was=$(oid)
}

# An ordinary user, who may make databases and no more.
pg_start
q "create role owner login createdb; create role movies_loader; create role movies_reader;
    grant movies_loader, movies_reader to owner"
psql -XAtq -U owner -d postgres -c 'create database mine'
export PGUSER=owner PGDATABASE=mine
was=$(oid)

exits 'a wrong option' 64 movies-db rebuild --hard
exits 'a database with nothing in it' 0 movies-db rebuild
is 'says of how many files' "$(tail -n 1 "$tmp/out")" 'rebuilt from 5 files'
rebuilt 'nothing in it'
is 'the files in the order of their keys' "$(jq -r '.key?' <<<"$(grep '^{' "$tmp/out")" | xargs)" "$all_keys"
exits 'again, with its horizon' 0 eval 'movies-db prune --before 2026-01-20 && movies-db rebuild'
rebuilt 'again'
is 'the horizon is kept' "$(q 'select movies.source_key(source) from movies.snapshot_horizon')" 2026-01-19T00Z
is 'all keys are there' "$(keys)" "$all_keys"

# Differences
q 'update movies.movies set budget = budget + 1 where movie_id = 8856; delete from movies.links'
psql -XAtq -U postgres -c 'create view public.kept as select 1 as n'
mv "$third" "$tmp"
cp "$first" "$archive/2026-11-20T16Z.zip"
cp "$tmp/2026-11-20T15Z.zip" "$second"
exits 'another content' 65 movies-db rebuild
said=$(cat "$tmp/err")
untouched 'another content'
like 'a table with other rows' "$said" $'\nmovies-db: movies.movies: [0-9]+ rows, [0-9]+ from the archive'
like 'a table that lacks rows' "$said" $'\nmovies-db: movies.links: 0 rows, 2 from the archive\n'
like 'a key that is not in the archive' "$said" '2026-11-20T15Z: loaded, and not in the archive'
like 'a key that is not loaded' "$said" '2026-11-20T16Z: in the archive, and not loaded'
like 'other bytes' "$said" '2026-11-20T14Z: the archive has other bytes'
like 'what others have made' "$said" 'kept: not ours, and would be lost'
like 'what that means' "$(tail -n 1 <<<"$said")" '^movies-db: mine: not replaced: '
exits 'with --force' 0 movies-db rebuild --force
rebuilt 'with --force'
like 'it is said nevertheless' "$(cat "$tmp/err")" 'movies.links: 0 rows'
is 'what the archive makes' "$(keys)" "${all_keys% *} 2026-11-20T16Z"
rm "$archive/2026-11-20T16Z.zip"
exits 'with --force once more' 0 movies-db rebuild --force
rebuilt 'with --force once more'
psql -XAtq -U postgres -c 'create table public.kept (n int)'
exits 'a view or table of others is enough' 65 movies-db rebuild
psql -XAtq -U postgres -c 'drop table public.kept'

# Not ours, and no relation
object() { # NAME SQL UNDO
    psql -XAtq -U postgres -c "$2"
    exits "$1" 65 movies-db rebuild
    is "$1: is named, alone" "$(grep -E 'ours|rows|missing|archive|more$' "$tmp/err")" "movies-db: $1: not ours, and would be lost
movies-db: mine: not replaced: not what the archive makes (--force would)"
    untouched "$1"
    psql -XAtq -U postgres -c "$3"
}
object 'schema theirs' 'create schema theirs' 'drop schema theirs'
# shellcheck disable=SC2016 # SQL's own quotes
object 'function public.twice(integer)' \
    'create function public.twice(n int) returns int language sql as $$ select 2 * n $$' 'drop function public.twice'
object 'movies.hidden' 'create table movies.hidden (n int)' 'select'
psql -XAtq -U postgres -c "set client_min_messages to error; create type public.mood as enum ('sad'); create domain public.small as int;
    create type public.pair as (a int, b int); create schema theirs;
    create table movies.mine (n int); grant select on movies.mine to movies_loader;
    create policy p on movies.movies using (true); create publication pub;
    create rule r as on delete to movies.movies do also nothing;
    create function theirs.f() returns trigger language plpgsql as 'begin return new; end';
    create trigger t before update on movies.movies for each row execute function theirs.f();
    create function theirs.e() returns event_trigger language plpgsql as 'begin end';
    create event trigger e on sql_drop execute function theirs.e()"
exits 'all kinds, and a table that may not be read: with --force' 0 movies-db rebuild --force
is 'are all named, and nothing that comes with them' \
    "$(sed -n 's/^movies-db: \(.*\): not ours, and would be lost$/\1/p' "$tmp/err" | LC_ALL=C sort)" \
    'event trigger e
function theirs.e()
function theirs.f()
movies.hidden
movies.mine
policy p on movies.movies
publication pub
rule r on movies.movies
schema theirs
trigger t on movies.movies
type public.mood
type public.pair
type public.small'
rebuilt 'all kinds'

# What stops it
: >"$archive/2026-11-20T17Z.zip"
exits 'a file that cannot be read' 65 movies-db rebuild
untouched 'a file that cannot be read'
mv "$archive/2026-11-20T17Z.zip" "$archive/noon.zip"
exits 'a file whose name is no key' 65 movies-db rebuild
like 'is named' "$(cat "$tmp/err")" 'noon.zip: its name is no key'
rm "$archive/noon.zip"
exits 'no archive' 65 env MOVIES_HOME="$tmp/nowhere" movies-db rebuild
PGAPPNAME=reader psql -XAtq -c "select pg_sleep(1000)" >/dev/null 2>&1 &
connected() { q "select 1 from pg_stat_activity where application_name = 'reader'" | grep -q 1; }
ok 'somebody connects' await connected
exits 'somebody is connected' 74 movies-db rebuild
like 'who' "$(cat "$tmp/err")" '^movies-db: mine: in use by reader \(process [0-9]+\)$'
untouched 'somebody is connected'
q "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'reader'" >/dev/null
wait $! 2>/dev/null
exec {held}<"$MOVIES_HOME/archive"
flock "$held"
exits 'another is at work' 74 movies-db rebuild
exec {held}<&-

# Ended while it loads
for signal in TERM KILL; do
    movies-db rebuild >/dev/null 2>&1 &
    ok "$signal: it loads" await psql -XAtq -d 'mine~rebuild' -c 'select from ops.members'
    kill -s $signal $!
    wait $! 2>/dev/null
    is "$signal: the current database stays" "$(oid)" "$was"
    ok "$signal: its lock goes" await flock -n "$MOVIES_HOME/archive" true
done
psql -XAtq -d postgres -c 'create database "mine~replaced"' # as if killed before the last step
exits 'the next one' 0 movies-db rebuild --force
rebuilt 'the next one'

# The embedded cluster
unset PGHOST PGUSER PGDATABASE
cp -r "$tmp/var" "$tmp/embedded"
export MOVIES_HOME=$tmp/embedded
at_exit drop_cluster
exits 'a fresh machine' 0 movies-db rebuild
exits 'there is something then' 0 movies-db rebuild
is 'and it is served' "$(movies-db psql -Atc 'select count(*) from ops.loads')" 4
done_testing
