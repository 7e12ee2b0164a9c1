-- severity: warn
-- family: movies
-- rule: a vote_average that is not between 0 and 10
select
    count(*) as found,
    min(format('movie %s: %s', movie_id, vote_average)) as example
from stage.:"won"
where vote_average not between 0 and 10
