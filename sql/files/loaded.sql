-- Prints "ever" if any file has been promoted, and the hours :from to :until of which one has been,
-- whatever its revision.
select 'ever' as hour
where exists (select from ops.loads where status = 'promoted')
union all
select distinct to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24"Z"') as hour
from ops.loads
where status = 'promoted' and hour >= :'from' and hour <= :'until';
