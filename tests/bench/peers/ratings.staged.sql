-- The usual way to a timestamptz: \copy into a temporary table, then insert ... select to_timestamp().
begin;
truncate ratings;
create temporary table epoch (user_id integer, movie_id integer, rating numeric(3, 1), rated_at bigint) on commit drop;
\copy epoch from 'ratings.csv' with (format csv, header, freeze)
insert into ratings select user_id, movie_id, rating, to_timestamp(rated_at) from epoch;
commit;
