-- For the peers: the tables of schema movies that a zip fills, with the same types; keys come after the rows.
create table movies (
    movie_id bigint, imdb_id text, title text, original_title text, original_language text, overview text,
    tagline text, homepage text, poster_path text, status text, adult boolean, video boolean, budget bigint,
    revenue bigint, popularity numeric, runtime numeric, vote_average numeric, vote_count bigint, release_date date,
    collection_id bigint, collection_name text, collection_poster_path text, collection_backdrop_path text,
    profit bigint generated always as (revenue - budget) stored,
    release_year integer generated always as (extract(year from release_date)::integer) stored,
    release_month integer generated always as (extract(month from release_date)::integer) stored
);
create table movie_genres (movie_id bigint, genre_id bigint, name text);
create table movie_companies (movie_id bigint, company_id bigint, name text);
create table movie_countries (movie_id bigint, country text, name text);
create table movie_languages (movie_id bigint, language text, name text);
create table movie_keywords (movie_id bigint, keyword_id bigint, name text);
create table genres (genre_id bigint, name text);
create table production_companies (company_id bigint, name text);
create table countries (country text, name text);
create table languages (language text, name text);
create table keywords (keyword_id bigint, name text);
create table collections (collection_id bigint, name text, poster_path text, backdrop_path text);
create table cast_members (
    movie_id bigint not null, person_id bigint not null, cast_id bigint, "order" bigint, gender bigint,
    "character" text, credit_id text, name text, profile_path text
);
create table crew_members (
    movie_id bigint not null, person_id bigint not null, gender bigint, credit_id text, department text, job text,
    name text, profile_path text
);
create table people (person_id bigint, name text, gender bigint, profile_path text);
create table links (movie_id bigint, imdb_id text, tmdb_id bigint);
create table ratings (
    user_id integer not null, movie_id integer not null, rating numeric(3, 1) not null, rated_at timestamptz not null
);
