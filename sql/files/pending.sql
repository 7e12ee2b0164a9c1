-- Prints the keys that wait for nobody, and why: promoted, or open and touched within the last hour.
select key, status
from ops.loads
where status = 'promoted' or (status = 'open' and touched_at > now() - interval '1 hour');
