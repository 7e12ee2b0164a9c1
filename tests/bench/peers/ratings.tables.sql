-- The types of movies.ratings.
drop table if exists ratings;
create table ratings (
    user_id integer not null,
    movie_id integer not null,
    rating numeric(3, 1) not null,
    rated_at timestamptz not null
) with (autovacuum_enabled = off);
