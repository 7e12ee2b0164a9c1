-- What people query. A movie's row and its sets (genres, companies, countries, languages,
-- collection) are those of one record: the newest. The sets keep each name as that record
-- spells it; the derived tables below hold the one name that stands for an id.

create table movies.movies (
    movie_id bigint primary key,
    imdb_id text,
    title text,
    original_title text,
    original_language text,
    overview text,
    tagline text,
    homepage text,
    poster_path text,
    status text,
    adult boolean,
    video boolean,
    budget bigint,
    revenue bigint,
    popularity numeric,
    runtime numeric,
    vote_average numeric,
    vote_count bigint,
    release_date date,
    collection_id bigint,
    collection_name text,
    collection_poster_path text,
    collection_backdrop_path text,
    profit bigint generated always as (revenue - budget) stored,
    release_year integer generated always as (extract(year from release_date)::integer) stored,
    release_month integer generated always as (extract(month from release_date)::integer) stored
);
comment on table movies.movies is 'One row a movie, as its newest record gives it.';
comment on column movies.movies.movie_id is 'The id of The Movie Database (TMDB).';
comment on column movies.movies.budget is 'As reported; 0 means unknown in this dataset.';
comment on column movies.movies.revenue is 'As reported; 0 means unknown in this dataset.';
comment on column movies.movies.popularity is
'Exact decimal, so that a sum does not depend on the order of its terms.';
comment on column movies.movies.collection_name is
'As this movie''s own record has it; movies.collections holds the name that stands for the id.';
comment on column movies.movies.profit is 'Revenue minus budget as reported; null if either is.';
create index movies_collection_id on movies.movies (collection_id);

create table movies.movie_genres (
    movie_id bigint not null references movies.movies (movie_id) on delete cascade,
    genre_id bigint not null,
    name text,
    primary key (movie_id, genre_id)
);
comment on table movies.movie_genres is 'The genres of each movie; an id listed twice is one row with its smallest name.';
create index movie_genres_genre_id on movies.movie_genres (genre_id);

create table movies.movie_companies (
    movie_id bigint not null references movies.movies (movie_id) on delete cascade,
    company_id bigint not null,
    name text,
    primary key (movie_id, company_id)
);
comment on table movies.movie_companies is 'The production companies of each movie.';
create index movie_companies_company_id on movies.movie_companies (company_id);

create table movies.movie_countries (
    movie_id bigint not null references movies.movies (movie_id) on delete cascade,
    country text not null,
    name text,
    primary key (movie_id, country)
);
comment on table movies.movie_countries is 'The production countries of each movie, by ISO 3166-1 code.';
create index movie_countries_country on movies.movie_countries (country);

create table movies.movie_languages (
    movie_id bigint not null references movies.movies (movie_id) on delete cascade,
    language text not null,
    name text,
    primary key (movie_id, language)
);
comment on table movies.movie_languages is 'The spoken languages of each movie, by ISO 639-1 code.';
create index movie_languages_language on movies.movie_languages (language);

-- Derived from the sets above, each attribute by itself: the non-null value that most rows
-- mention, of ties the smallest by collate "C". No mention, no row.

create table movies.genres (
    genre_id bigint primary key,
    name text
);
comment on table movies.genres is 'Derived from movie_genres: the name that stands for a genre''s id.';

create table movies.production_companies (
    company_id bigint primary key,
    name text
);
comment on table movies.production_companies is
'Derived from movie_companies. A name is not unique: Canal+ is two companies.';

create table movies.countries (
    country text primary key,
    name text
);
comment on table movies.countries is 'Derived from movie_countries.';

create table movies.languages (
    language text primary key,
    name text
);
comment on table movies.languages is 'Derived from movie_languages.';

create table movies.collections (
    collection_id bigint primary key,
    name text,
    poster_path text,
    backdrop_path text
);
comment on table movies.collections is 'Derived from the collection_* columns of movies.movies.';

-- Each relation is gathered once and then joined. A subquery for each row would walk the
-- indexes as many times as there are movies.
create view movies.facts as
with
genres as (
    select
        movie_id,
        array_agg(genre_id order by genre_id) as genre_ids
    from movies.movie_genres
    group by movie_id
),
companies as (
    select
        movie_id,
        array_agg(company_id order by company_id) as company_ids
    from movies.movie_companies
    group by movie_id
)
select
    m.movie_id,
    m.title,
    m.release_year as year,
    m.release_date,
    m.budget,
    m.revenue,
    m.popularity,
    coalesce(g.genre_ids, '{}') as genre_ids,
    coalesce(c.company_ids, '{}') as company_ids
from movies.movies as m
left join genres as g on m.movie_id = g.movie_id
left join companies as c on m.movie_id = c.movie_id;
comment on view movies.facts is
'What the nine questions rest on: a row a movie, its figures, and the ids of its genres and companies, distinct and sorted.';
