-- severity: warn
-- family: links
-- rule: a tmdb_id that no movie has, in the database or in this file
select
    count(*) as found,
    min(format('link %s: tmdb_id %s', movie_id, tmdb_id)) as example
from stage.:"won" as w
where tmdb_id is not null
    and not exists (select from known_movies as m where m.movie_id = w.tmdb_id)
