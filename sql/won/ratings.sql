-- Ratings are the most of a file, and mostly say what is known. Where there are none yet, the
-- staged table gets its index, so as to become movies.ratings as it is. Otherwise only those
-- rows are kept that movies.ratings does not already outdo. It can only come to outdo more until
-- the promotion, since what it holds never goes back. What there is of each movie is for the rules.
set local maintenance_work_mem to '256MB';
set local work_mem to '64MB';
select not exists(select from movies.ratings) as is_first \gset
\if :is_first
    \set news :records
    \ir unique.sql
\else
    \set news :fresh
    \ir fresh.sql
    drop table stage.:"records";
\endif
create table stage.:"won" as
    select
        movie_id, count(*) as ratings,
        count(*) filter (where rating < 0.5 or rating > 5) as odd_ratings,
        min(rated_at) as first_at, max(rated_at) as last_at
    from stage.:"news"
    group by movie_id;
