-- severity: warn
-- family: ratings
-- rule: movies with new ratings from before 1995 or from after the file's hour and a day
select
    count(*) as found,
    min(format('movie %s, from %s to %s', movie_id, first_at, last_at)) as example
from stage.:"won"
where first_at < '1995-01-01 00:00Z' or last_at > :'load_hour'::timestamptz + interval '25 hours'
