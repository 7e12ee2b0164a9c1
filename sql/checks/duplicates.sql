-- Rows that are there twice where no key forbids it.
select 'a row of the cast twice', c::text
from movies.cast_members as c
group by c
having count(*) > 1
union all
select 'a row of the crew twice', c::text
from movies.crew_members as c
group by c
having count(*) > 1
union all
select 'a duplicate noted twice', format('load %s, %s: record %s', load_id, family, record)
from ops.duplicates
group by load_id, family, record
having count(*) > 1
union all
select 'a duplicate that won all the same', format('load %s, %s: record %s', load_id, family, record)
from ops.duplicates as d
join ops.newest as n using (load_id, family, id, record)
union all
select 'a loser after its winner', format('load %s, %s: record %s', load_id, family, record)
from ops.duplicates
where record >= won_record;
