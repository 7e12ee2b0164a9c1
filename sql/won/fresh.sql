-- The staged ratings that movies.ratings does not outdo: a later time outdoes, at one time the
-- earlier file of the same rating does; another rating at one time does not. Where there are many,
-- both tables are read once, by as many processes as the server gives. With little memory they part what
-- they read into pieces (in temporary files, as large as the tables) whose hash fits the processor's cache.
-- Few rows come out, which the planner cannot know: it would take handing them on for the dearest part.
select current_setting('work_mem') as work_mem \gset
set local work_mem to '16MB';
set local parallel_tuple_cost to 0;
create table stage.:"fresh" as
    select user_id, movie_id, s.rating, s.rated_at, s.source
    from stage.:"records" as s
    left join movies.ratings as r using (user_id, movie_id)
    where r.user_id is null
        or s.rated_at > r.rated_at
        or (s.rated_at = r.rated_at and (s.rating <> r.rating or s.source < r.source));
set local parallel_tuple_cost to default;
set local work_mem to :'work_mem';
analyze stage.:"fresh";
