-- The links that changed in load :load.
\ir marks.sql
insert into movies.links (movie_id, imdb_id, tmdb_id)
    select movie_id, imdb_id, tmdb_id from stage.:"won" join changed using (movie_id)
on conflict (movie_id) do update
    set (imdb_id, tmdb_id) = (excluded.imdb_id, excluded.tmdb_id);
drop table changed;
