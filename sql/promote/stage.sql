-- Makes the stage tables of load :load, if they are not there. Their types decide what is
-- accepted; _record and _line say where in the member a row comes from. Budget and revenue have
-- 18 digits at most, so that their difference fits a bigint; the other numbers are bounded so
-- that no sum overflows, codes so that they fit an index. What exceeds that is one reject.
\ir names.sql
create table if not exists stage.:"movies" (
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
create table if not exists stage.:"genres" (
    movie_id bigint not null, genre_id bigint not null, genre text,
    _record bigint not null, _line bigint not null
);
create table if not exists stage.:"companies" (
    movie_id bigint not null, company_id bigint not null, company text,
    _record bigint not null, _line bigint not null
);
create table if not exists stage.:"countries" (
    movie_id bigint not null, country varchar(64) not null, name text,
    _record bigint not null, _line bigint not null
);
create table if not exists stage.:"languages" (
    movie_id bigint not null, language varchar(64) not null, name text,
    _record bigint not null, _line bigint not null
);
create table if not exists stage.:"collections" (
    movie_id bigint not null, collection_id bigint not null, collection text,
    poster_path text, backdrop_path text,
    _record bigint not null, _line bigint not null
);
create table if not exists stage.:"rejects" (
    tool text not null, member text, record bigint not null, line bigint not null,
    "offset" bigint not null, length bigint not null,
    code text not null, reason text not null, raw text, raw_base64 text
);
create table if not exists stage.:"counts" (
    member text not null, chain text not null, position integer not null,
    tool text not null, counts jsonb not null
);
