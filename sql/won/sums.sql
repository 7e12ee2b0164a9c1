-- What there is of each movie among the ratings of :news.
set local work_mem to '64MB';
create table stage.:"won" as
    select
        movie_id, count(*) as ratings,
        count(*) filter (where rating < 0.5 or rating > 5) as odd_ratings,
        min(rated_at) as first_at, max(rated_at) as last_at
    from stage.:"news"
    group by movie_id;
