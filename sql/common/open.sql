-- First part of every run of movies-answers, for psql: one snapshot for all that follows, and
-- the filters made into ids and years. Reads the psql variables as_of (the hour that the answers
-- are of, empty: now), genre, company (text of the user, unset if not given), year_from, year_to
-- (unset if not given) and recent (1: without years, the ten most recent ones). Sets facts (the
-- movies, as a relation), genre_ids, company_ids (arrays, empty: all), counts (the relation that
-- company-releases reads: the kept table, or for a part of the movies that of relations.sql), year_from,
-- year_to and years, how to name them. Prints one word for its caller: ok, or genre or company
-- (nothing has that id or name), empty (no movie has a year to begin from), or pruned and the
-- earliest hour that as_of may be.
select :'as_of' <> '' as has_as_of \gset
begin isolation level repeatable read, read only;
set local search_path to pg_catalog;
set local jit to off;
\set facts movies.facts_now
\if :has_as_of
    \set facts movies.facts( :'as_of' )
    -- Before the snapshot is taken: one older than a prune sees neither what that dropped nor
    -- what it made instead.
    lock table movies.movie_snapshots in access share mode;
\endif
-- It takes longer to start workers and to pass them the rows than they save.
set local max_parallel_workers_per_gather to 0;
set local work_mem to '64MB';

\if :has_as_of
    select
        count(*) > 0 as is_pruned,
        max(movies.source_key(source)) as earliest
    from movies.snapshot_horizon
    where source > movies.source(:'as_of') \gset
    \if :is_pruned
        \echo pruned :earliest
        \quit
    \endif
\endif

-- An id wins over a name, an exact name over one in other capitals; a name may be that of
-- several ids, and all of them are meant. As of an hour there are ids that have no name any more.
\set genre_ids {}
\if :{?genre}
    with hit as (
        select
            genre_id as id,
            case when genre_id::text = :'genre' then 1 when name = :'genre' then 2 else 3 end
                as rank
        from movies.genres
        where genre_id::text = :'genre' or lower(name) = lower(:'genre')
        union
        select id, 1
        from :facts cross join unnest(genre_ids) as id
        where :'has_as_of'::boolean and id::text = :'genre'
    )
    select
        count(*) = 0 as unknown,
        array_agg(id) filter (where rank = (select min(rank) from hit)) as genre_ids
    from hit \gset
    \if :unknown
        \echo genre
        \quit
    \endif
\endif
\if :has_as_of
    select
        not exists(select from :facts) as is_before,
        'movies-answers: --as-of '
        || to_char(:'as_of'::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24"Z"') || ': no delivery is that old, so the answers are empty' as before
    \gset
    \if :is_before
        \warn :before
    \endif
\endif
\set company_ids {}
\if :{?company}
    with hit as (
        select
            company_id as id,
            case when company_id::text = :'company' then 1 when name = :'company' then 2 else 3 end
                as rank
        from movies.production_companies
        where company_id::text = :'company' or lower(name) = lower(:'company')
        union
        select id, 1
        from :facts cross join unnest(company_ids) as id
        where :'has_as_of'::boolean and id::text = :'company'
    )
    select
        count(*) = 0 as unknown,
        array_agg(id) filter (where rank = (select min(rank) from hit)) as company_ids
    from hit \gset
    \if :unknown
        \echo company
        \quit
    \endif
\endif

\set counts movies.company_releases
select :'has_as_of'::boolean or :'genre_ids' <> '{}' or :'company_ids' <> '{}' as is_part \gset
\if :is_part
    \set counts counted
\endif

\if :{?year_from}
\elif :recent
    select max(year) is null as none, max(year) - 9 as year_from, max(year) as year_to,
        max(year) - 9 || '-' || max(year) as years
    from :facts
    where (:'genre_ids' = '{}' or genre_ids && :'genre_ids'::bigint[])
        and (:'company_ids' = '{}' or company_ids && :'company_ids'::bigint[]) \gset
    \if :none
        \echo empty
        \quit
    \endif
\else
    \set year_from -999999
    \set year_to 999999
    \set years 'all years'
\endif
\echo ok
