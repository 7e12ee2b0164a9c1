-- severity: warn
-- family: movies, credits, keywords, links, ratings
-- rule: more than 20% fewer records than in the last full file
-- A file is full if it has at least half of the most records of the 168 files before ours (a week of
-- hours). A fix holds a few records by nature: it is neither compared nor compared with.
with here as (
    select (counts ->> 'in')::bigint as records from stage.:"counts" where chain = :'family' and position = 1
),

former as (
    select source, (counts ->> 'in')::bigint as records
    from (
        select load_id, source
        from ops.loads
        where status = 'promoted' and fix = 0 and source < :load_source and :load_fix = 0
        order by source desc
        limit 168
    ) as week
    join ops.counts using (load_id)
    where chain = :'family' and position = 1
),

last_full as (
    select source, records
    from former
    where records * 2 >= (select max(records) from former)
    order by source desc
    limit 1
)

select
    coalesce(max(last_full.records - here.records), 0) as found,
    max(format('%s after %s in %s', here.records, last_full.records, movies.source_key(source))) as example
from here join last_full on here.records < last_full.records * 0.8
