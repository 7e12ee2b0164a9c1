-- severity: warn
-- family: movies
-- rule: a release date before 1870 or more than 20 years after the file's hour
select
    count(*) as found,
    min(format('movie %s: %s', movie_id, release_date)) as example
from stage.:"won"
where release_date not between date '1870-01-01' and (:'load_hour'::timestamptz + interval '20 years')::date
