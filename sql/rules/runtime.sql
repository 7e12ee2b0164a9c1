-- severity: warn
-- family: movies
-- rule: a runtime below zero or over 2000 minutes
select
    count(*) as found,
    min(format('movie %s: %s', movie_id, runtime)) as example
from stage.:"won"
where runtime not between 0 and 2000
