-- severity: warn
-- family: ratings
-- rule: new ratings below 0.5 or above 5
select
    coalesce(sum(odd_ratings), 0) as found,
    min(format('movie %s, %s ratings', movie_id, odd_ratings)) as example
from stage.:"won"
where odd_ratings > 0
