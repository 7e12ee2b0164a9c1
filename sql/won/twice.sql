-- A user rates a movie twice in the file: the table of rivals keeps the other ratings of the winning
-- time, and the rest goes. Then the index of the staged ratings can be made.
set local maintenance_work_mem to '256MB';
set local work_mem to '64MB';
create temp table ranked on commit drop as
    select
        s.ctid as place, user_id, movie_id, rating, source,
        row_number() over best as n,
        rated_at = max(rated_at) over best as is_winning_time
    from stage.:"records" as s
    join (
        select user_id, movie_id from stage.:"records"
        group by user_id, movie_id
        having count(*) > 1
    ) as twice using (user_id, movie_id)
    window best as (partition by user_id, movie_id order by rated_at desc, rating desc);
insert into stage.:"rivals" (user_id, movie_id, rating, source)
    select distinct user_id, movie_id, l.rating, source
    from ranked as l
    join ranked as w using (user_id, movie_id, source)
    where l.is_winning_time and w.n = 1 and l.rating <> w.rating;
delete from stage.:"records" as s using ranked where s.ctid = ranked.place and ranked.n > 1;
create unique index :"unique" on stage.:"records" (user_id, movie_id);
