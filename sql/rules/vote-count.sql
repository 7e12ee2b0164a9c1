-- severity: warn
-- family: movies
-- rule: a vote_count below zero
select
    count(*) as found,
    min(format('movie %s: %s', movie_id, vote_count)) as example
from stage.:"won"
where vote_count < 0
