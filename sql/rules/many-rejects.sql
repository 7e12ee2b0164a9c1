-- severity: warn
-- family: movies, credits, keywords, links, ratings
-- rule: more than 1% of the records are turned away
select
    case when rejected > records * 0.01 then rejected else 0 end as found,
    format('%s of %s, %s', rejected, records, one) as example
from (
    select count(distinct record) as rejected, min(format('line %s: %s', line, code)) as one
    from stage.:"rejects"
    where code not in ('rejoined', 'too-long-more')
) as r
cross join (
    select (counts ->> 'in')::bigint as records from stage.:"counts" where chain = :'family' and position = 1
) as c
