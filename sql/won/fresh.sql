-- The staged ratings that movies.ratings does not outdo: a later time outdoes, at one time the
-- earlier file of the same rating does; another rating at one time does not. Compared are some
-- ten thousand rows at a time, by ranges of users, so that the hash of a range stays in the processor's
-- cache (twice as fast as one of a million rows), and neither memory nor temporary files grow with the
-- file. The ranges begin with the users that stand first on every 250th page. Files come sorted by
-- user, so each range is in one place of either table. If one does not, each range has to read all of
-- it, so they are twenty times as large then; it is no less right.
create table stage.:"fresh" (like stage.:"records");
create index on stage.:"records" using brin(user_id) with (pages_per_range = 32);
create temp table bounds on commit drop as
    with firsts as (
        select page, user_id, lag(user_id) over (order by page) as before
        from generate_series(250, pg_relation_size(('stage.' || :'records')::regclass) / 8192 - 1, 250) as page
        join stage.:"records" as s on s.ctid = format('(%s,1)', page)::tid
    )

    select distinct user_id
    from firsts
    where page % 5000 = 0 or not exists(select from firsts where user_id < before);
set local enable_nestloop to off;
set local enable_seqscan to off; -- nobody knows yet how few of a new table's rows are in a range
select format(
    'insert into stage.%1$I
        select s.user_id, s.movie_id, s.rating, s.rated_at, s.source
        from (select * from stage.%2$I where user_id >= %3$s and user_id < %4$s) as s
        left join (select * from movies.ratings where user_id >= %3$s and user_id < %4$s) as r
            using (user_id, movie_id)
        where r.user_id is null
            or s.rated_at > r.rated_at
            or (s.rated_at = r.rated_at and (s.rating <> r.rating or s.source < r.source))',
    :'fresh', :'records', first, lead(first, 1, 2147483648) over (order by first)
)
from (
    select user_id::bigint as first from bounds
    union
    select -2147483648
) as ranges
order by first
\gexec
reset enable_nestloop;
reset enable_seqscan;
drop table bounds;
analyze stage.:"fresh";
