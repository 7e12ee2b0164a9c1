#!/usr/bin/env bash
# The first ratings take the place of the empty table, unless somebody has made something of it.
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME=$tmp/var
at_exit drop_cluster
begin_cluster
table() { sql "select 'movies.ratings'::regclass::oid"; }
attached() { # NAME SQL UNDO: the table stays, with what hangs on it, and has the ratings
    local before
    sql "$2" || bail "$1"
    before=$(table)
    exits "$1" 0 movies-load -v --as "2026-01-01T0$((hour++))Z" "$top/fixtures/2026-11-20T14Z.zip"
    is "$1: the table is the same" "$(table)" "$before"
    is "$1: and has the ratings" "$(sql 'select count(*) from movies.ratings')" 4
    sql "$3; set role movies_loader; truncate movies.ratings, ops.rating_conflicts;
        update ops.members set sha256 = null" || bail "$1"
}
ahead() { grep -c 'ratings[.]csv: the first ratings: index and sums' "$tmp/err"; }
hour=0
movies-db start || bail 'no server'
attached 'a view' 'create view public.v as select * from movies.ratings' 'drop view public.v'
is "the first ratings' index and sums are made ahead" "$(ahead)" 1
attached 'a foreign key' 'create table public.t (u int, m int, foreign key (u, m) references movies.ratings)' \
    'drop table public.t'
# shellcheck disable=SC2016 # SQL's own quotes
attached 'a function of its rows' \
    'create function public.f() returns setof movies.ratings language sql as $$ select * from movies.ratings $$' \
    'drop function public.f()'
attached 'a child' 'create table public.c () inherits (movies.ratings)' 'drop table public.c'
attached 'a policy' 'alter table movies.ratings enable row level security; create policy p on movies.ratings to movies_reader using (false)' \
    'drop policy p on movies.ratings; alter table movies.ratings disable row level security'
attached 'an index' 'create index i on movies.ratings (movie_id)' 'drop index movies.i'
attached 'a grant of a column' 'create role r; grant select (rating) on movies.ratings to r' \
    'revoke select (rating) on movies.ratings from r'

sql 'grant select on movies.ratings to r with grant option'
before=$(table)
exits 'nothing but a grant' 0 movies-load -v --as 2026-01-02T00Z "$top/fixtures/2026-11-20T14Z.zip"
is "later ones' are not" "$(ahead)" 0
ok 'the table is another' test "$(table)" != "$before"
is 'who may read it may still' "$(sql "select has_table_privilege('movies_reader', 'movies.ratings', 'select'),
    has_table_privilege('r', 'movies.ratings', 'select with grant option')")" 't|t'
is 'it is described' "$(sql "select obj_description('movies.ratings'::regclass) ~ 'latest', col_description('movies.ratings'::regclass, 5) ~ 'earliest'")" 't|t'
is 'whose it was' "$(sql "select relowner::regrole from pg_class where oid = 'movies.ratings'::regclass")" movies_loader
# Compared by several processes, in files that are sorted and in one that is not
sql 'alter database movies set min_parallel_table_scan_size to 0; alter database movies set parallel_setup_cost to 0'
/usr/bin/python3 -B - "$tmp" <<'END'
import random, sys, zipfile
rng = random.Random(7)
def put(hour, rows):
    with zipfile.ZipFile(f"{sys.argv[1]}/2026-01-03T{hour:02}Z.zip", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("ratings.csv", "userId,movieId,rating,timestamp\n" + "".join("%d,%d,%s,%d\n" % r for r in rows))
def change(rows, nth): # one of a hundred, later
    return [(u, m, 5.5 - r, t + 1) if i % 100 == nth else (u, m, r, t) for i, (u, m, r, t) in enumerate(rows)]
rows = [(u, m, rng.randrange(1, 11) / 2, 10**9) for u in range(100001, 100801) for m in range(1, 101)]
put(0, rows)
rows = change(rows, 3)
put(1, rows)
rows = change(rows, 50)
rng.shuffle(rows)
put(2, rows)
END
merged() { jq -c '[.ratings.inserted, .ratings.updated, .ratings.unchanged]' "$tmp/out"; }
exits 'many ratings' 0 movies-load "$tmp/2026-01-03T00Z.zip"
is 'all of them new' "$(merged)" '[80000,0,0]'
exits 'one of a hundred changed' 0 movies-load "$tmp/2026-01-03T01Z.zip"
is 'those and no others' "$(merged)" '[0,800,79200]'
exits 'others, in no order' 0 movies-load "$tmp/2026-01-03T02Z.zip"
is 'those and no others again' "$(merged)" '[0,800,79200]'
exits 'more ratings' 0 movies-load --as 2026-01-02T01Z "$top/fixtures/2026-11-20T13Z.zip"
checks_hold 'all checks hold'
done_testing
