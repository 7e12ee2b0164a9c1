-- Merges the fresh ratings: all that was ever said of these users' movies and is not outdone is
-- put side by side, and the best of it stands: the latest, of those the highest, which has the
-- earliest file that holds it as its source. Others of that time are the conflicts.
create temp table said on commit drop as
    with about as (
        select distinct user_id, movie_id from stage.:"fresh"
    ),

    rows_of_them as (
        select user_id, movie_id, rating, rated_at, source from stage.:"fresh"
        union all
        select user_id, movie_id, r.rating, r.rated_at, r.source
        from movies.ratings as r join about using (user_id, movie_id)
        union all
        select user_id, movie_id, c.rating, r.rated_at, c.source
        from ops.rating_conflicts as c
        join movies.ratings as r using (user_id, movie_id)
        join about using (user_id, movie_id)
    )

    select
        user_id, movie_id, rating, rated_at, min(source) as source,
        row_number() over best as n,
        rated_at = max(rated_at) over best as is_winning_time
    from rows_of_them
    group by user_id, movie_id, rating, rated_at
    window best as (partition by user_id, movie_id order by rated_at desc, rating desc);

delete from ops.rating_conflicts as c
using said
where c.user_id = said.user_id and c.movie_id = said.movie_id and said.n = 1;
insert into ops.rating_conflicts (user_id, movie_id, rating, source)
    select user_id, movie_id, rating, source
    from said
    where n > 1 and is_winning_time;

select
    count(*) filter (where r.user_id is null) as inserted,
    count(*) filter (where (r.rating, r.rated_at, r.source) <> (said.rating, said.rated_at, said.source)) as updated
from said
left join movies.ratings as r using (user_id, movie_id)
where said.n = 1 \gset
insert into movies.ratings as r (user_id, movie_id, rating, rated_at, source)
    select user_id, movie_id, rating, rated_at, source
    from said
    where n = 1
on conflict (user_id, movie_id) do update
    set (rating, rated_at, source) = (excluded.rating, excluded.rated_at, excluded.source)
    where (r.rating, r.rated_at, r.source)
        is distinct from (excluded.rating, excluded.rated_at, excluded.source);
insert into report
    select 'ratings', jsonb_build_object(
        'inserted', :inserted, 'updated', :updated,
        'unchanged', (counts ->> 'loaded')::bigint - :inserted - :updated
    )
    from stage.:"counts"
    where position = 2;
drop table said;
