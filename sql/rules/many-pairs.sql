-- severity: fail
-- family: movies
-- rule: a movie with more than 10,000 pairs of a genre and a company
-- movies.company_releases counts the pairs, so one record could fill the disk. The real ones have 200 at most.
select
    count(*) as found,
    min(format('movie %s: %s genres, %s companies', movie_id, cardinality(genre_ids), cardinality(company_ids))) as example
from stage.:"won"
where cardinality(genre_ids)::bigint * cardinality(company_ids) > 10000
