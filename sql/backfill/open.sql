-- Prints the keys of the loads that are at work: open, and touched within the last hour.
select key
from ops.loads
where status = 'open' and touched_at > now() - interval '1 hour'
order by source;
