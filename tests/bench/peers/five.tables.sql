-- Keys on the names alone: the dataset has movies twice, and which of them counts is not this work's question.
drop table if exists movies, movie_genres, movie_companies, genres, production_companies;
create table movies (
    movie_id bigint not null,
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
    release_date date
) with (autovacuum_enabled = off);
create table movie_genres (
    movie_id bigint not null, genre_id bigint not null, genre text
) with (autovacuum_enabled = off);
create table movie_companies (
    movie_id bigint not null, company_id bigint not null, company text
) with (autovacuum_enabled = off);
create table genres (
    genre_id bigint primary key, genre text
) with (autovacuum_enabled = off);
create table production_companies (
    company_id bigint primary key, company text
) with (autovacuum_enabled = off);
