-- The digest of each mark is that of the rows that stand: nothing was lost or altered since.
with genres as (
    select movie_id, array_agg((genre_id, name) order by genre_id)::text as list
    from movies.movie_genres
    group by movie_id
),

companies as (
    select movie_id, array_agg((company_id, name) order by company_id)::text as list
    from movies.movie_companies
    group by movie_id
),

countries as (
    select movie_id, array_agg((country, name) order by country collate "C")::text as list
    from movies.movie_countries
    group by movie_id
),

languages as (
    select movie_id, array_agg((language, name) order by language collate "C")::text as list
    from movies.movie_languages
    group by movie_id
),

keywords as (
    select movie_id, array_agg((keyword_id, name) order by keyword_id)::text as list
    from movies.movie_keywords
    group by movie_id
),

cast_lists as (
    select movie_id, array_agg(r::text order by r::text collate "C")::text as list
    from movies.cast_members as r
    group by movie_id
),

crew_lists as (
    select movie_id, array_agg(r::text order by r::text collate "C")::text as list
    from movies.crew_members as r
    group by movie_id
),

standing as (
    select
        'movies' as family, movie_id,
        row(
            m.movie_id, m.imdb_id, m.title, m.original_title, m.original_language, m.overview, m.tagline,
            m.homepage, m.poster_path, m.status, m.adult, m.video, m.budget, m.revenue, m.popularity,
            m.runtime, m.vote_average, m.vote_count, m.release_date, m.collection_id, m.collection_name,
            m.collection_poster_path, m.collection_backdrop_path, genres.list, companies.list,
            countries.list, languages.list
        )::text as said
    from movies.movies as m
    left join genres using (movie_id)
    left join companies using (movie_id)
    left join countries using (movie_id)
    left join languages using (movie_id)
    union all
    select 'links', movie_id, row(imdb_id, tmdb_id)::text
    from movies.links
    union all
    select 'keywords', id, row(keywords.list)::text
    from ops.newest as n
    left join keywords on keywords.movie_id = n.id
    where n.family = 'keywords'
    union all
    select 'credits', id, row(cast_lists.list, crew_lists.list)::text
    from ops.newest as n
    left join cast_lists on cast_lists.movie_id = n.id
    left join crew_lists on crew_lists.movie_id = n.id
    where n.family = 'credits'
)

select 'rows that are not what their mark says', format('%s: movie %s', s.family, movie_id)
from standing as s
join ops.newest as n on n.family = s.family and n.id = s.movie_id
where n.digest <> sha256(convert_to(s.said, 'UTF8'));
