create table stage.:"records" (
    movie_id bigint not null, imdb_id text, tmdb_id bigint,
    _record bigint not null, _line bigint not null
);
