-- The movies of load :load that changed: their rows, their sets, and the names derived from them.
\ir marks.sql
create temp table touched_collections on commit drop as
    select collection_id as id
    from movies.movies join changed using (movie_id)
    where collection_id is not null
    union
    select collection_id
    from stage.:"won" join changed using (movie_id)
    where collection_id is not null;

-- What the changed movies count for company_releases: before as losses, afterwards as gains.
create temp view pairs as
    select company_id, release_year as year, genre_id
    from movies.movies
    join changed using (movie_id)
    cross join unnest(company_ids) as company_id
    cross join unnest(genre_ids) as genre_id
    where release_year is not null;
create temp table steps on commit drop as select *, -1 as step from pairs;

insert into movies.movies (
    movie_id, imdb_id, title, original_title, original_language, overview, tagline, homepage,
    poster_path, status, adult, video, budget, revenue, popularity, runtime, vote_average,
    vote_count, release_date, collection_id, collection_name, collection_poster_path,
    collection_backdrop_path, genre_ids, company_ids
)
    select
        movie_id, imdb_id, title, original_title, original_language, overview, tagline, homepage,
        poster_path, status, adult, video, budget, revenue, popularity, runtime, vote_average,
        vote_count, release_date, collection_id, collection_name, collection_poster_path,
        collection_backdrop_path, genre_ids, company_ids
    from stage.:"won" join changed using (movie_id)
on conflict (movie_id) do update
    set (
        imdb_id, title, original_title, original_language, overview, tagline, homepage,
        poster_path, status, adult, video, budget, revenue, popularity, runtime, vote_average,
        vote_count, release_date, collection_id, collection_name, collection_poster_path,
        collection_backdrop_path, genre_ids, company_ids
    ) = (
        excluded.imdb_id, excluded.title, excluded.original_title, excluded.original_language,
        excluded.overview, excluded.tagline, excluded.homepage, excluded.poster_path,
        excluded.status, excluded.adult, excluded.video, excluded.budget, excluded.revenue,
        excluded.popularity, excluded.runtime, excluded.vote_average, excluded.vote_count,
        excluded.release_date, excluded.collection_id, excluded.collection_name,
        excluded.collection_poster_path, excluded.collection_backdrop_path, excluded.genre_ids,
        excluded.company_ids
    );

insert into steps select *, 1 from pairs;
create temp table gains on commit drop as
    select company_id, year, genre_id, sum(step) as releases
    from steps
    group by company_id, year, genre_id
    having sum(step) <> 0
    order by company_id, year, genre_id;
analyze gains (company_id, year, genre_id);
update movies.company_releases as r
set releases = r.releases + g.releases
from gains as g
where r.company_id = g.company_id and r.year = g.year and r.genre_id = g.genre_id;
insert into movies.company_releases (company_id, year, genre_id, releases)
    select company_id, year, genre_id, releases
    from gains as g
    where not exists (
        select from movies.company_releases as r
        where r.company_id = g.company_id and r.year = g.year and r.genre_id = g.genre_id
    );
delete from movies.company_releases as r using steps as s
where r.company_id = s.company_id and r.year = s.year and r.genre_id = s.genre_id and r.releases = 0;
drop view pairs;
drop table steps, gains;

\set said :said_genres
\set relation movie_genres
\set derived genres
\set id genre_id
\ir set.sql
\set said :said_companies
\set relation movie_companies
\set derived production_companies
\set id company_id
\ir set.sql
\set said :said_countries
\set relation movie_countries
\set derived countries
\set id country
\ir set.sql
\set said :said_languages
\set relation movie_languages
\set derived languages
\set id language
\ir set.sql
\ir collections.sql
drop table changed, touched_collections;

create temp view snapshot as
    select movie_id, budget, revenue, release_date, popularity, genre_ids, company_ids
    from stage.:"won";
\ir snapshots.sql
