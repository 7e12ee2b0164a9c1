-- severity: warn
-- family: ratings
-- rule: new ratings of movies without a link, in the database and in this file
select
    coalesce(sum(ratings), 0) as found,
    min(format('movie %s, %s ratings', movie_id, ratings)) as example
from stage.:"won" as w
where not exists (select from known_links as l where l.movie_id = w.movie_id)
