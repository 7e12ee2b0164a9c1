-- For psql's \copy alone: the time as PostgreSQL can read it from this CSV, which is no timestamp.
drop table if exists ratings;
create table ratings (
    user_id integer not null,
    movie_id integer not null,
    rating numeric(3, 1) not null,
    rated_at bigint not null
) with (autovacuum_enabled = off);
