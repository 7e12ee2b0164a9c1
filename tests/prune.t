#!/usr/bin/env bash
# movies-db prune: before the horizon each movie's newest snapshot and no other, whether files came
# before the prune or after it, in whatever order.
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
source "$top/tests/pg.sh"
export MOVIES_HOME=$tmp/var

file() { # KEY ID=BUDGET...: a zip of these movies
    local movie
    {
        printf '%s\n' "$movies_header"
        for movie in "${@:2}"; do
            printf '%s\n' "False,,${movie#*=},\"[{'id': ${movie%=*}, 'name': 'Genre'}]\",,${movie%=*},,en,One,,1.5,,[],[],\
2000-01-01,0,,[],Released,,One,False,1.0,1"
        done
    } >"$tmp/movies_metadata.csv"
    (cd "$tmp" && zip -q "$1.zip" movies_metadata.csv)
}
# Weeks begin on 2026-01-05, 12, 19. Movie 2 is in the oldest file only, 3 in late ones.
file 2026-01-05T00Z 1=10 2=11
file 2026-01-06T01Z 1=20
file 2026-01-06T01Z.r2 1=21 3=22
file 2026-01-11T23Z 1=30
file 2026-01-12T00Z 1=40
file 2026-01-18T23Z.fix1 1=50 3=51
file 2026-01-19T00Z 1=60
file 2026-01-20T05Z 1=60
all=("$tmp"/2026-*.zip)

database() { # NAME: a new one
    export PGDATABASE=$1
    psql -XAtq -d postgres -c "create database $1"
    movies-db migrate
}
load() { movies-load "$@" >"$tmp/load" 2>&1 || bail "$(cat "$tmp/load")"; }
state() { # what the files and the horizon make
    q "select movie_id, movies.source_key(source), budget, revenue, release_date, popularity, genre_ids, company_ids
            from movies.movie_snapshots order by movie_id, source"
    q 'select movies.source_key(source) from movies.snapshot_horizon'
    q 'select movie_id, budget from movies.movies order by 1'
}
snapshots() { # MOVIE: its keys and budgets
    q "select string_agg(movies.source_key(source) || ' ' || budget, ', ' order by source)
        from movies.movie_snapshots where movie_id = $1"
}
partitions() {
    q "select string_agg(c.relname, ' ' order by c.relname) from pg_inherits join pg_class as c on c.oid = inhrelid
        where inhparent = 'movies.movie_snapshots'::regclass"
}

pg_start
database first
load "${all[@]}"
before=$(q 'select count(*) from movies.movie_snapshots')
movies-answers genre-budget --as-of 2026-01-19T00Z --format csv >"$tmp/want" 2>&1

# Wrong use
exits 'without --before' 64 movies-db prune
exits 'without an hour' 64 movies-db prune --before
exits 'no hour' 64 movies-db prune --before tomorrow
exits 'no such day' 64 movies-db prune --before 2026-02-30
exits 'one argument more' 64 movies-db prune --before 2026-01-01 now
exits 'the future' 64 movies-db prune --before "$(date -u -d '2 hours' +%Y-%m-%dT%HZ)"
like 'says so' "$(cat "$tmp/err")" '^movies-db: --before: .*: is in the future'
is 'nothing has changed' "$(q 'select count(*) from movies.movie_snapshots')" "$before"

exits 'prune' 0 movies-db prune --before 2026-01-20T05Z
like 'says what went' "$(cat "$tmp/out")" '^pruned before 2026-01-19T00Z: 6 rows, [0-9]+ bytes$'
is 'the newest before the horizon, and all after it' "$(snapshots 1)" \
    '2026-01-18T23Z.fix1 50, 2026-01-19T00Z 60, 2026-01-20T05Z 60'
is 'the newest may be old' "$(snapshots 2)" '2026-01-05T00Z 11'
is 'a fix' "$(snapshots 3)" '2026-01-18T23Z.fix1 51'
is 'one partition holds the past' "$(partitions)" 'movie_snapshots_2026w04 movie_snapshots_before_2026w04'
is 'made by the role that loads' "$(q "select tableowner from pg_tables where tablename like '%before%'")" movies_loader
is 'answers as of the horizon are the same' \
    "$(movies-answers genre-budget --as-of 2026-01-19T00Z --format csv 2>&1)" "$(cat "$tmp/want")"
exits 'before it there are none' 64 movies-answers --as-of 2026-01-18T23Z
like 'and the earliest is named' "$(cat "$tmp/err")" 'before 2026-01-19T00Z'
exits 'again' 99 movies-db prune --before 2026-01-25
exits 'back' 99 movies-db prune --before 2026-01-12
is 'one line' "$(cat "$tmp/err")" 'movies-db: prune: 2026-01-12: nothing to do'
is 'nothing was undone' "$(q 'select movies.source_key(source) from movies.snapshot_horizon')" 2026-01-19T00Z
want=$(state)

# The same files and the same horizon, in other orders
shuffled() { printf '%s\n' "${all[@]}" | shuf --random-source=<(yes "$1"); }
database early
exits 'an empty database' 0 movies-db prune --before 2026-01-19
like 'nothing went' "$(cat "$tmp/out")" ': 0 rows, 0 bytes$'
load "${all[@]}"
is 'the prune first' "$(state)" "$want"
for seed in 1 ${LONG:+2 3}; do
    database "between$seed"
    mapfile -t order < <(shuffled "$seed")
    load "${order[@]:0:3}"
    movies-db prune --before 2026-01-13 >/dev/null
    load "${order[@]:3:3}"
    movies-db prune --before 2026-01-19 >/dev/null
    load "${order[@]:6}"
    is "files before, between and after two prunes: order $seed" "$(state)" "$want"
done
is 'an older past goes into the newer' "$(partitions)" 'movie_snapshots_2026w04 movie_snapshots_before_2026w04'

# A prune that waits for a reader, and one that is cut short
database cut
load "${all[@]}"
want=$(state)
q "create function movies.stop() returns event_trigger language plpgsql as \$\$ begin raise 'stopped'; end \$\$;
    create event trigger stop on ddl_command_end when tag in ('ALTER TABLE') execute function movies.stop()"
exits 'a prune that fails' 64 movies-db prune --before 2026-01-19
q 'drop event trigger stop; drop function movies.stop()'
is 'has changed nothing' "$(state)" "$want"
like 'no table is left' "$(partitions)" '^movie_snapshots_2026w02 movie_snapshots_2026w03 movie_snapshots_2026w04$'
waits() { q "select 1 from pg_locks where relation = 'movies.movie_snapshots'::regclass and not granted" | grep -q 1; }
{
    echo "begin isolation level repeatable read; lock table movies.movie_snapshots in access share mode; select 'here';"
    await waits || exit
    echo 'select count(*) from movies.movie_snapshots; commit;'
} | psql -XAtq >"$tmp/reader" &
ok 'somebody reads' await grep -q here "$tmp/reader"
exits 'a prune waits for who reads' 0 movies-db prune --before 2026-01-19
wait $!
is 'and that one has seen all' "$(tail -n 1 "$tmp/reader")" "$before"
done_testing
