-- Merges the fresh ratings: all that was ever said of these users' movies and is not outdone is
-- put side by side, and the best of it stands: the latest, of those the highest, which has the
-- earliest file that holds it as its source. Others of that time are the conflicts. In the order of the
-- users, since what a user said lies side by side in movies.ratings.
create temp table said on commit drop as
    with about as (
        select distinct user_id, movie_id
        from stage.:"fresh"
        order by user_id, movie_id
    ),

    rows_of_them as (
        select user_id, movie_id, rating, rated_at, source, null::bigint as stands
        from stage.:"fresh"
        union all
        select user_id, movie_id, r.rating, r.rated_at, r.source, r.source
        from movies.ratings as r join about using (user_id, movie_id)
        union all
        select user_id, movie_id, c.rating, r.rated_at, c.source, null
        from ops.rating_conflicts as c
        join movies.ratings as r using (user_id, movie_id)
        join about using (user_id, movie_id)
    )

    select
        user_id, movie_id, rating, rated_at, min(source) as source,
        min(stands) as stands, -- the source of the one that stands so far
        count(min(stands)) over best > 0 as is_known,
        row_number() over best as n,
        rated_at = max(rated_at) over best as is_winning_time
    from rows_of_them
    group by user_id, movie_id, rating, rated_at
    window best as (
        partition by user_id, movie_id
        order by rated_at desc, rating desc
        rows between unbounded preceding and unbounded following
    );

delete from ops.rating_conflicts as c
using said
where c.user_id = said.user_id and c.movie_id = said.movie_id and said.n = 1;
insert into ops.rating_conflicts (user_id, movie_id, rating, source)
    select user_id, movie_id, rating, source
    from said
    where n > 1 and is_winning_time;

select
    count(*) filter (where not is_known) as inserted,
    count(*) filter (where is_known) as updated
from said
where n = 1 and source is distinct from stands \gset
insert into movies.ratings (user_id, movie_id, rating, rated_at, source)
    select user_id, movie_id, rating, rated_at, source
    from said
    where n = 1 and source is distinct from stands
on conflict (user_id, movie_id) do update
    set (rating, rated_at, source) = (excluded.rating, excluded.rated_at, excluded.source);
insert into report
    select 'ratings', jsonb_build_object(
        'inserted', :inserted, 'updated', :updated,
        'unchanged', (counts ->> 'loaded')::bigint - :inserted - :updated
    )
    from stage.:"counts"
    where position = 2;
drop table said;
