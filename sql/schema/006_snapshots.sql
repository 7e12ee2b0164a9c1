-- Every movie in every load, so that answers can be given as of any hour. One partition holds
-- a week of hours; promotions make them (sql/promote/snapshots.sql), movies-db prune merges
-- what lies before the horizon into one.
create table movies.movie_snapshots (
    movie_id bigint not null,
    source bigint not null,
    budget bigint,
    revenue bigint,
    release_date date,
    popularity numeric,
    genre_ids bigint[] not null,
    company_ids bigint[] not null,
    primary key (movie_id, source)
) partition by range (source);
comment on table movies.movie_snapshots is
'What each file says of each movie. Before the horizon only the newest row of each movie is kept.';
comment on column movies.movie_snapshots.source is 'The file, see movies.source_key.';

create table movies.snapshot_horizon (
    only_one boolean primary key default true check (only_one),
    source bigint not null
);
comment on table movies.snapshot_horizon is
'No row, or the start of the first week whose snapshots are all there; it never moves back.';

create function movies.week(hour timestamptz)
returns bigint language sql immutable parallel safe
as $$
    select ((floor(extract(epoch from hour) / 3600)::bigint + 72) / 168 * 168 - 72) << 40
$$;
comment on function movies.week is 'The source at which the ISO week of an hour begins (Monday 00:00 UTC).';

-- The one relation that the nine answers rest on. As of an hour: from the files dated up to
-- it. A lookup for each movie finds its newest row in the index, from the newest partition
-- down; the subquery keeps the bound from being worked out anew for each of them. Of the two
-- branches the planner or a one-time filter removes one.
drop view movies.facts;
create function movies.facts(as_of timestamptz default null)
returns table (
    movie_id bigint, title text, year integer, release_date date, budget bigint, revenue bigint,
    popularity numeric, genre_ids bigint[], company_ids bigint[]
) language sql stable parallel safe
as $$
    with genres as (
        select g.movie_id, array_agg(g.genre_id order by g.genre_id) as ids
        from movies.movie_genres as g
        where as_of is null
        group by g.movie_id
    ),

    companies as (
        select c.movie_id, array_agg(c.company_id order by c.company_id) as ids
        from movies.movie_companies as c
        where as_of is null
        group by c.movie_id
    )

    select
        m.movie_id, m.title, m.release_year, m.release_date, m.budget, m.revenue, m.popularity,
        coalesce(g.ids, '{}'), coalesce(c.ids, '{}')
    from movies.movies as m
    left join genres as g on g.movie_id = m.movie_id
    left join companies as c on c.movie_id = m.movie_id
    where as_of is null
    union all
    select
        m.movie_id, m.title, extract(year from s.release_date)::integer, s.release_date, s.budget,
        s.revenue, s.popularity, s.genre_ids, s.company_ids
    from movies.movies as m
    cross join lateral (
        select * from movies.movie_snapshots as n
        where n.movie_id = m.movie_id
            and n.source < (select movies.source(as_of + interval '1 hour'))
        order by n.source desc
        limit 1
    ) as s
    where as_of is not null;
$$;
comment on function movies.facts is
'A row a movie: its figures and the ids of its genres and companies, distinct and sorted; now, or as of an hour.';
