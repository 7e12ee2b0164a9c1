-- Ratings and their conflicts.
create temp view held as
    select l.source
    from ops.loads as l
    join ops.members as m using (load_id)
    where l.status = 'promoted' and m.family = 'ratings' and m.state in ('staged', 'same');

select 'a conflict that should stand', format('user %s, movie %s: %s', c.user_id, c.movie_id, c.rating)
from ops.rating_conflicts as c
join movies.ratings as r using (user_id, movie_id)
where c.rating >= r.rating
union all
select 'ratings of no load that holds ratings', format('source %s', source)
from (select distinct source from movies.ratings) as r
where source not in (select source from held)
union all
select 'conflicts of no load that holds ratings', format('source %s', source)
from (select distinct source from ops.rating_conflicts) as c
where source not in (select source from held);
drop view held;
