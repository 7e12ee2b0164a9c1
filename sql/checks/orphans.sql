-- Rows that lead nowhere. What other files may bring or not (credits of an unknown movie, links
-- without one) is no fault.
select 'a set of no movie', format('%s: movie %s', relation, movie_id)
from (
    select 'movie_genres' as relation, movie_id from movies.movie_genres
    union
    select 'movie_companies', movie_id from movies.movie_companies
    union
    select 'movie_countries', movie_id from movies.movie_countries
    union
    select 'movie_languages', movie_id from movies.movie_languages
) as s
where not exists (select from movies.movies as m where m.movie_id = s.movie_id)
union all
select 'snapshots of no movie', format('movie %s', movie_id)
from (select distinct movie_id from movies.movie_snapshots) as s
where not exists (select from movies.movies as m where m.movie_id = s.movie_id)
union all
select 'rows without a mark', format('%s: movie %s', family, movie_id)
from (
    select 'movies' as family, movie_id from movies.movies
    union all
    select 'links', movie_id from movies.links
    union all
    select distinct 'keywords', movie_id from movies.movie_keywords
    union all
    select distinct 'credits', movie_id from movies.cast_members
    union all
    select distinct 'credits', movie_id from movies.crew_members
) as r
where not exists (select from ops.newest as n where n.family = r.family and n.id = r.movie_id)
union all
select 'a mark without its row', format('%s: movie %s', family, id)
from ops.newest as n
where (family = 'movies' and not exists (select from movies.movies as m where m.movie_id = n.id))
    or (family = 'links' and not exists (select from movies.links as k where k.movie_id = n.id))
union all
select 'a mark of no load that holds the family', format('%s: load %s', family, load_id)
from (select distinct family, member, load_id from ops.newest) as n
where not exists (
    select from ops.members as m
    join ops.loads as l using (load_id)
    where m.load_id = n.load_id and m.member = n.member and m.family = n.family
        and m.state in ('staged', 'same') and l.status = 'promoted'
)
union all
select 'a conflict about no rating', format('user %s, movie %s', user_id, movie_id)
from ops.rating_conflicts as c
where not exists (select from movies.ratings as r where r.user_id = c.user_id and r.movie_id = c.movie_id);
