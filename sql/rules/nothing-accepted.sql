-- severity: fail
-- family: movies, credits, keywords, links, ratings
-- rule: there are records, and not one is accepted
select
    case when given > 0 and given_on <= refused_later then given else 0 end as found,
    one as example
from (
    select
        (counts ->> 'in')::bigint - (counts ->> 'blank')::bigint as given,
        (counts ->> 'out')::bigint as given_on
    from stage.:"counts"
    where chain = :'family' and position = 1
) as c
cross join (
    select
        count(distinct record) filter (where tool <> 'csv2ndjson' and code <> 'too-long-more') as refused_later,
        min(format('line %s: %s', line, code)) as one
    from stage.:"rejects"
) as r
