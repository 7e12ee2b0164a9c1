-- The ids of a movie's genres and companies beside its figures, so that the nine answers read one
-- table: gathering them from the relations was most of their time. Promotions write both
-- from the same record (sql/promote/movies.sql).
alter table movies.movies
add column genre_ids bigint[] not null default '{}',
add column company_ids bigint[] not null default '{}';
comment on column movies.movies.genre_ids is 'Those of movie_genres, sorted.';
comment on column movies.movies.company_ids is 'Those of movie_companies, sorted.';
update movies.movies as m
set
    genre_ids = array(select genre_id from movies.movie_genres as g where g.movie_id = m.movie_id order by genre_id),
    company_ids = array(select company_id from movies.movie_companies as c where c.movie_id = m.movie_id order by company_id);

-- As of an hour: from the files dated up to it. A lookup for each movie finds its newest row in
-- the index, from the newest partition down; the subquery keeps the bound from being worked out
-- anew for each of them. Of the two branches the planner or a one-time filter removes one.
create or replace function movies.facts(as_of timestamptz default null)
returns table (
    movie_id bigint, title text, year integer, release_date date, budget bigint, revenue bigint,
    popularity numeric, genre_ids bigint[], company_ids bigint[]
) language sql stable parallel safe
as $$
    select
        m.movie_id, m.title, m.release_year, m.release_date, m.budget, m.revenue, m.popularity,
        m.genre_ids, m.company_ids
    from movies.movies as m
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
