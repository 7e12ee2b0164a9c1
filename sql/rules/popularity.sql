-- severity: warn
-- family: movies
-- rule: a popularity below zero
select
    count(*) as found,
    min(format('movie %s: %s', movie_id, popularity)) as example
from stage.:"won"
where popularity < 0
