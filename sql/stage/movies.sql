-- Budget and revenue have 18 digits at most, so that their difference fits a bigint; the other
-- numbers are bounded so that no sum overflows, codes so that they fit an index. What exceeds
-- that is one reject.
create table stage.:"records" (
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
    budget numeric(18, 0),
    revenue numeric(18, 0),
    popularity numeric(60, 30),
    runtime numeric(60, 30),
    vote_average numeric(60, 30),
    vote_count bigint,
    release_date date,
    _record bigint not null,
    _line bigint not null
);
create table stage.:"genres" (
    movie_id bigint not null, genre_id bigint not null, genre text,
    _record bigint not null, _line bigint not null
);
create table stage.:"companies" (
    movie_id bigint not null, company_id bigint not null, company text,
    _record bigint not null, _line bigint not null
);
create table stage.:"countries" (
    movie_id bigint not null, country varchar(64) not null, name text,
    _record bigint not null, _line bigint not null
);
create table stage.:"languages" (
    movie_id bigint not null, language varchar(64) not null, name text,
    _record bigint not null, _line bigint not null
);
create table stage.:"collections" (
    movie_id bigint not null, collection_id bigint not null, collection text,
    poster_path text, backdrop_path text,
    _record bigint not null, _line bigint not null
);
