-- Writes what load :load says of each movie (the caller's view snapshot, dropped here) into
-- movies.movie_snapshots, making the partition of its week if need be. Before the horizon each
-- movie has only its newest row, in the one partition that holds all of that time: sql/db/prune.sql
-- made it, even if there was nothing to keep.
select
    movies.week(movies.source_hour(:load_source)) as week_begins,
    movies.week(movies.source_hour(:load_source) + interval '7 days') as week_ends,
    'movie_snapshots_' || to_char(movies.source_hour(:load_source) at time zone 'UTC', 'IYYY"w"IW') as week_table,
    coalesce((select source from movies.snapshot_horizon) > :load_source, false) as is_past \gset
\if :is_past
    delete from movies.movie_snapshots as s
    using snapshot as n
    where s.movie_id = n.movie_id and s.source < :load_source;
    insert into movies.movie_snapshots (
        movie_id, source, budget, revenue, release_date, popularity, genre_ids, company_ids
    )
        select
            n.movie_id, :'load_source', n.budget, n.revenue, n.release_date, n.popularity, n.genre_ids,
            n.company_ids
        from snapshot as n
        where not exists (
            select from movies.movie_snapshots as s
            where s.movie_id = n.movie_id
                and s.source > :'load_source'
                and s.source < (select source from movies.snapshot_horizon)
        );
\else
    select to_regclass('movies.' || :'week_table') is null as is_missing \gset
    \if :is_missing
        -- Attached, not made in place: readers need not wait for that.
        create table movies.:"week_table" (like movies.movie_snapshots including all);
        select format(
            'alter table movies.movie_snapshots attach partition movies.%I for values from (%s) to (%s)',
            :'week_table', :week_begins, :week_ends
        ) \gexec
    \endif
    insert into movies.movie_snapshots (
        movie_id, source, budget, revenue, release_date, popularity, genre_ids, company_ids
    )
        select movie_id, :load_source, budget, revenue, release_date, popularity, genre_ids, company_ids
        from snapshot;
\endif
drop view snapshot;
