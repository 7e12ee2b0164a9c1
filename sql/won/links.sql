-- Of each movie of MovieLens the record that wins in this file, and a digest of it.
\ir winner.sql
create table stage.:"won" as
    select
        movie_id, imdb_id, tmdb_id, _record as record, _line as line,
        sha256(convert_to(row(imdb_id, tmdb_id)::text, 'UTF8')) as digest
    from winner;
drop view accepted;
