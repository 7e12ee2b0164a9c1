-- What the views, movies.facts and company_releases give, against a direct reading of the tables.
create temp view direct_facts as
    select
        movie_id, title, release_year as year, release_date, budget, revenue, popularity,
        array(select g.genre_id from movies.movie_genres as g where g.movie_id = m.movie_id order by g.genre_id) as genre_ids,
        array(select c.company_id from movies.movie_companies as c where c.movie_id = m.movie_id order by c.company_id)
            as company_ids
    from movies.movies as m;
create temp view direct_releases as
    select c.company_id, m.release_year as year, g.genre_id, count(*)::integer as releases
    from movies.movies as m
    join movies.movie_companies as c using (movie_id)
    join movies.movie_genres as g using (movie_id)
    where m.release_year is not null
    group by c.company_id, m.release_year, g.genre_id;
create temp view direct_aggregated as
    with genre as (
        select movie_id, (select g.name from movies.genres as g where g.genre_id = mg.genre_id) as genre
        from movies.movie_genres as mg
        union all
        select movie_id, null
        from movies.movies as m
        where not exists (select from movies.movie_genres as s where s.movie_id = m.movie_id)
    ),

    company as (
        select movie_id, (select c.name from movies.production_companies as c where c.company_id = mc.company_id) as company
        from movies.movie_companies as mc
        union all
        select movie_id, null
        from movies.movies as m
        where not exists (select from movies.movie_companies as s where s.movie_id = m.movie_id)
    )

    select
        movie_id, popularity, revenue, budget, release_date, genre, company as production_company,
        release_year, profit
    from movies.movies
    join genre using (movie_id)
    join company using (movie_id);
create temp view direct_cast as
    select
        movie_id, n as place, (e ->> 'id')::bigint as person_id, (e ->> 'cast_id')::bigint as cast_id,
        (e ->> 'order')::bigint as "order", (e ->> 'gender')::bigint as gender, e ->> 'character' as "character",
        e ->> 'credit_id' as credit_id, e ->> 'name' as name, e ->> 'profile_path' as profile_path
    from movies.credits cross join json_array_elements("cast") with ordinality as a (e, n);
create temp view direct_crew as
    select
        movie_id, (e ->> 'id')::bigint as person_id, (e ->> 'gender')::bigint as gender,
        e ->> 'credit_id' as credit_id, e ->> 'department' as department, e ->> 'job' as job,
        e ->> 'name' as name, e ->> 'profile_path' as profile_path
    from movies.credits cross join json_array_elements(crew) as e;

select 'facts as of now', r::text
from ( -- noqa: PRS
    (select * from direct_facts except all select * from movies.facts_now)
    union all
    (select * from movies.facts_now except all select * from direct_facts)
    union all
    (select * from direct_facts except all select * from movies.facts(null))
    union all
    (select * from movies.facts(null) except all select * from direct_facts)
) as r
union all
select 'facts as of the newest hour', r::text
from (select max(hour) as newest from ops.loads where status = 'promoted') as l
cross join lateral ( -- noqa: PRS
    (select * from direct_facts except all select * from movies.facts(newest))
    union all
    (select * from movies.facts(newest) except all select * from direct_facts)
) as r
where newest is not null
union all
select 'company_releases', r::text
from ( -- noqa: PRS
    (select * from direct_releases except all select * from movies.company_releases)
    union all
    (select * from movies.company_releases except all select * from direct_releases)
) as r
union all
select 'movies_aggregated', r::text
from ( -- noqa: PRS
    (select * from direct_aggregated except all select * from movies.movies_aggregated)
    union all
    (select * from movies.movies_aggregated except all select * from direct_aggregated)
) as r
union all
select 'the cast in credits', r::text
from ( -- noqa: PRS
    (
        select movie_id, person_id, cast_id, "order", gender, "character", credit_id, name, profile_path
        from direct_cast
        except all
        select * from movies.cast_members
    )
    union all
    (
        select * from movies.cast_members
        except all
        select movie_id, person_id, cast_id, "order", gender, "character", credit_id, name, profile_path
        from direct_cast
    )
) as r
union all
select 'the order of the cast in credits', format('movie %s, place %s', movie_id, place)
from (
    select movie_id, place, "order" < lag("order") over (partition by movie_id order by place) as is_early
    from direct_cast
) as c
where is_early
union all
select 'the crew in credits', r::text
from ( -- noqa: PRS
    (select * from direct_crew except all select * from movies.crew_members)
    union all
    (select * from movies.crew_members except all select * from direct_crew)
) as r
union all
select 'the movies in credits', format('movie %s', movie_id)
from (select movie_id, count(*) as n from movies.credits group by movie_id) as c
full join (select id as movie_id from ops.newest where family = 'credits') as n using (movie_id)
where c.n is distinct from 1 or n.movie_id is null;
drop view direct_facts;
drop view direct_releases;
drop view direct_aggregated;
drop view direct_cast;
drop view direct_crew;
