-- Moves the horizon to the start of the ISO week of :hour, and keeps of all that lies before it
-- each movie's newest snapshot, in one partition made anew. It never moves back. The result does
-- not depend on when this is done: sql/promote/snapshots.sql treats late files likewise. Prints
-- "none", or how many rows went, how many bytes, and the hour of the horizon.
set client_min_messages to warning;
begin isolation level read committed, read write;
set local work_mem to '128MB';
set local jit to off;
-- No promotion may write snapshots meanwhile.
select pg_advisory_xact_lock(pg_catalog.hashtextextended('movies-pipeline promote', 0::bigint)) is null as locked \gset
select
    horizon,
    not exists(select from movies.snapshot_horizon where source >= horizon) as moves,
    movies.source_key(horizon) as horizon_key,
    'movie_snapshots_before_' || to_char(movies.source_hour(horizon) at time zone 'UTC', 'IYYY"w"IW') as past
from movies.week(:'hour') as horizon \gset
\if :moves
    -- A partition lies on one side of the horizon, since both end with weeks.
    create temp table outdated on commit drop as
        select inhrelid::regclass as name, pg_total_relation_size(inhrelid) as bytes
        from pg_inherits
        join pg_class on pg_class.oid = inhrelid
        where inhparent = 'movies.movie_snapshots'::regclass
            and substring(pg_get_expr(relpartbound, inhrelid) from $$ TO \('(-?\d+)'\)$$)::bigint <= :horizon;
    select count(*) as rows_before from movies.movie_snapshots where source < :horizon \gset
    create table movies.:"past" (like movies.movie_snapshots including all);
    insert into movies.:"past" (
        movie_id, source, budget, revenue, release_date, popularity, genre_ids, company_ids
    )
        select distinct on (movie_id)
            movie_id, source, budget, revenue, release_date, popularity, genre_ids, company_ids
        from movies.movie_snapshots
        where source < :horizon
        order by movie_id, source desc;
    analyze movies.:"past";
    select
        :rows_before - (select count(*) from movies.:"past") as gone_rows,
        greatest(coalesce(sum(bytes), 0) - pg_total_relation_size(format('movies.%I', :'past')), 0)
            as gone_bytes
    from outdated \gset
    -- From here on readers wait, and it is short.
    select format('drop table %s', name) from outdated \gexec
    select format(
        'alter table movies.movie_snapshots attach partition movies.%I for values from (minvalue) to (%s)',
        :'past', :horizon
    ) \gexec
    insert into movies.snapshot_horizon (source) values (:horizon)
    on conflict (only_one) do update set source = excluded.source;
\endif
commit;
\if :moves
    \echo :gone_rows :gone_bytes :horizon_key
\else
    \echo none
\endif
