#!/usr/bin/env bash
# The first load of a database makes indexes and foreign keys anew, as they were; it goes the slower way, to
# the same rows, where that would lose something, or somebody reads.
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME=$tmp/var
at_exit drop_cluster
begin_cluster
file=$top/fixtures/2026-11-20T14Z.zip
empty() {
    sql 'set client_min_messages to error; drop schema stage, movies, ops cascade' || bail 'the schemas stay'
    movies-db migrate || bail 'no empty database'
}
shape() {
    sql "select indrelid::regclass, pg_get_indexdef(indexrelid), indisvalid from pg_index
            where indrelid::regclass::text ~ '^(movies|ops)[.]' and indrelid::regclass::text !~ 'movie_snapshots_'
        union all
        select conrelid::regclass, conname || ' ' || pg_get_constraintdef(oid), convalidated from pg_constraint
            where conrelid::regclass::text ~ '^(movies|ops)[.]' and conrelid::regclass::text !~ 'movie_snapshots_'
        order by 1, 2"
}
# All or none is taken off, so those of one table show it.
indexes() {
    sql "select string_agg(indexrelid::text, ' ' order by indexrelid) from pg_index
        where indrelid = 'movies.cast_members'::regclass" | grep . || bail 'no indexes'
}

# What stands in the way: in a transaction each, with a load that has something to promote.
exits 'a load is opened' 0 movies-load --phase open "$file"
exits 'and has a member' 0 movies-load --phase stage:keywords.csv "$file"
load=$(sql 'select max(load_id) from ops.loads')
taken() { # SQL: how many indexes and foreign keys would go, after this; how long we wait for locks then
    movies-db psql -v ON_ERROR_STOP=1 -Atq -v load="$load" <<END
set lock_timeout to '7s';
begin;
$1;
set local role movies_loader;
\\i $top/sql/promote/first_begin.sql
\\if :is_first
select case count(*) when 0 then 'none' else 'all' end, current_setting('lock_timeout') from pg_temp.first_parts;
\\else
select 'none', current_setting('lock_timeout');
\\endif
${2-}
rollback;
END
}
obstacle() { is "$1: all stays" "$(taken "$2")" 'none|7s'; }
is 'nothing in the way' "$(taken 'select')" 'all|7s'
is 'nor what is published of others' "$(taken 'set local client_min_messages to error; create schema hidden;
    create table hidden.mine (id bigint primary key); create publication mine for table hidden.mine')" 'all|7s'
is 'ratings are left to others by a load that has none' "$(taken 'select' "select count(*) from pg_locks
    where relation = 'movies.ratings'::regclass and pid = pg_backend_pid() and mode = 'AccessExclusiveLock';")" $'all|7s\n0'
obstacle 'nothing staged' "update ops.members set state = 'given'"
obstacle 'a mark' "insert into ops.newest values ('links', 1, 1, 'links.csv', 1, 1, '')"
obstacle 'a row without a mark' "insert into movies.people values (1)"
obstacle 'a foreign key to a table' 'create table public.mine (person bigint references movies.people)'
obstacle 'one to another' 'create table public.mine (id bigint primary key); grant references on public.mine to movies_loader;
    alter table movies.cast_members add foreign key (movie_id) references public.mine'
obstacle 'one that was never checked' 'alter table movies.cast_members add foreign key (movie_id) references movies.movies not valid'
obstacle 'a view that rests on a key' \
    'create view public.mine as select movie_id, name from movies.movie_genres group by movie_id, genre_id'
obstacle 'a trigger' 'create function public.mine() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger mine before insert on movies.people for each row execute function public.mine()'
obstacle 'a trigger elsewhere' 'create function public.mine() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger mine before insert on movies.genres for each row execute function public.mine()'
obstacle 'a rule' 'create rule mine as on insert to movies.keywords do also select 1'
obstacle 'a trigger that is off' 'alter table movies.movie_genres disable trigger all'
obstacle 'a publication' 'set local client_min_messages to error; create publication mine for table movies.people'
obstacle 'a publication of all' 'set local client_min_messages to error; create publication mine for all tables'
obstacle "an index's comment" "comment on index movies.cast_members_movie_id is 'mine'"
obstacle "a key's comment" "comment on constraint people_pkey on movies.people is 'mine'"
obstacle "a key's options" 'alter index movies.people_pkey set (fillfactor = 70)'
obstacle 'an index of an expression' 'create index mine on movies.people (lower(name))'
obstacle 'an index of some rows' 'create index mine on movies.people (name) where gender > 0'
obstacle 'a policy' 'alter table movies.people enable row level security'
obstacle "triggers of movies that are off" 'alter table movies.movies disable trigger all'
obstacle 'a clustered table' 'alter table movies.people cluster on people_pkey'
obstacle 'a replica identity' 'alter table movies.people replica identity using index people_pkey'
obstacle 'an index that only its owner can make' 'create schema hidden; create collation hidden.mine from "C";
    create index mine on movies.people (name collate hidden.mine)'
obstacle 'a table of somebody else' 'alter table movies.people owner to current_user;
    grant all on movies.people to movies_loader'

# The way itself, with indexes of all kinds
empty
sql 'create index mine on movies.people (profile_path collate "C" desc);
    create index also on movies.cast_members (credit_id desc nulls last) include (name) with (fillfactor = 70);
    alter table movies.movie_genres add constraint twice unique (genre_id, movie_id) deferrable initially deferred;
    alter table movies.movie_keywords add constraint none exclude (movie_id with =, keyword_id with =)'
movies-db psql -qc 'set allow_in_place_tablespaces to on' -c "create tablespace elsewhere location ''"
sql 'grant create on tablespace elsewhere to public; alter database movies set default_tablespace to elsewhere'
shape >"$tmp/before"
before=$(indexes)
exits 'nobody is in the way' 0 movies-load "$file"
sql 'alter database movies reset default_tablespace'
is 'they are where they were' "$(sql "select count(*) filter (where c.reltablespace <> 0), count(*) > 0 from pg_index
    join pg_class as c on c.oid = indexrelid where indrelid in ('movies.cast_members'::regclass, 'movies.people'::regclass)")" '0|t'
ok 'the indexes are others' test "$(indexes)" != "$before"
shape >"$tmp/after"
ok 'there is something to compare' test "$(wc -l <"$tmp/before")" -gt 25
ok 'in the shape that they had' cmp "$tmp/before" "$tmp/after"
dump_movies >"$tmp/fast"
ok 'and rows' test "$(wc -l <"$tmp/fast")" -gt 100
checks_hold 'all checks hold'
before=$(indexes)
exits 'a second file' 0 movies-load "$top/fixtures/2026-11-20T15Z.zip"
is 'leaves them alone' "$(indexes)" "$before"

# Somebody is at a table or an index, and then wants another table that the load is at.
mkfifo "$tmp/session"
holds() { # SQL: a session that stays in its transaction
    movies-db psql -XAtq -v ON_ERROR_STOP=1 <"$tmp/session" >"$tmp/said" 2>&1 &
    holder=$!
    exec 8>"$tmp/session"
    echo "begin; $1;" >&8
    ok "held: $1" await test -s "$tmp/said"
}
goes_on() { # SQL WANT: it ends with that, and has said so in all
    echo "$1; commit;" >&8
    exec 8>&-
    ok 'who held it is not disturbed' wait "$holder"
    is 'and goes on' "$(paste -sd' ' "$tmp/said")" "$2"
}
empty
before=$(indexes)
holds 'select count(*) from movies.crew_members'
exits 'beside a reader' 0 movies-load "$file"
ok "the server's log says why" grep -q 'LOG:.*a first load keeps its indexes: .*lock timeout' "$MOVIES_HOME/log/postgresql.log"
is 'the indexes are the same' "$(indexes)" "$before"
dump_movies >"$tmp/slow"
ok 'and the rows' cmp "$tmp/fast" "$tmp/slow"
goes_on 'select count(*) > 0 from movies.movies' '0 t'

empty
holds "comment on index movies.people_pkey is 'theirs'; select 1"
exits 'beside somebody at an index' 0 movies-load --wait 5 "$file"
goes_on 'select count(*) > 0 from movies.people' '1 t'

# A table that is no obstacle itself.
empty
holds 'lock table movies.collections in share mode; select 1'
movies-load "$file" >/dev/null 2>&1 8>&- &
loading=$!
waits() { [ "$(sql "select count(*) from pg_locks where relation = 'movies.collections'::regclass and not granted")" -gt 0 ]; }
ok 'a load waits for it' await waits
is 'and keeps nobody waiting' "$(PGOPTIONS='-c lock_timeout=5s' sql 'select count(*) from movies.people')" 0
goes_on 'select count(*) from movies.people' '1 0'
ok 'the load ends' wait "$loading"
checks_hold 'all checks hold again'
done_testing
