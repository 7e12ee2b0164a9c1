-- severity: warn
-- family: credits, keywords
-- rule: movies that neither the database nor this file knows
select
    count(*) as found,
    min(format('movie %s', movie_id)) as example
from stage.:"won" as w
where not exists (select from known_movies as m where m.movie_id = w.movie_id)
