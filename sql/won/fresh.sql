-- The staged ratings that movies.ratings does not outdo: a later time outdoes, at one time the
-- earlier file of the same rating does; another rating at one time does not. Compared are some
-- hundred thousand rows at a time, by ranges of users, so that neither memory nor temporary files
-- grow with the file. Files come sorted by user, so each range is in one place of either table; if
-- one does not, this is slower and no less right.
create table stage.:"fresh" (like stage.:"records");
create index on stage.:"records" using brin(user_id) with (pages_per_range = 32);
set local enable_nestloop to off;
with span as (
    select
        min(user_id) as first, max(user_id) as last,
        -- 700,000 rows, going by the table's pages: some 135 rows fit one
        pg_relation_size(('stage.' || :'records')::regclass) / 8192 / 5000 + 1 as parts
    from stage.:"records"
)

select format(
    'insert into stage.%1$I
        select s.user_id, s.movie_id, s.rating, s.rated_at, s.source
        from (select * from stage.%2$I where user_id between %3$s and %4$s) as s
        left join (select * from movies.ratings where user_id between %3$s and %4$s) as r using (user_id, movie_id)
        where r.user_id is null
            or s.rated_at > r.rated_at
            or (s.rated_at = r.rated_at and (s.rating <> r.rating or s.source < r.source))',
    :'fresh', :'records',
    first + (last::bigint - first + 1) * part / parts,
    first + (last::bigint - first + 1) * (part + 1) / parts - 1
)
from span
cross join generate_series(0, parts - 1) as part
where first is not null
order by part
\gexec
reset enable_nestloop;
analyze stage.:"fresh";
