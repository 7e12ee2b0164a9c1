-- severity: warn
-- family: movies
-- rule: a budget or a revenue below zero
select
    count(*) as found,
    min(format('movie %s: budget %s, revenue %s', movie_id, budget, revenue)) as example
from stage.:"won"
where budget < 0 or revenue < 0
