-- Prints the promoted keys with their SHA-256, and the horizon if there is one: "key KEY SHA256",
-- "horizon HOUR".
select 'key' as what, key, sha256
from ops.loads
where status = 'promoted'
order by source;
select 'horizon' as what, movies.source_key(source) as hour
from movies.snapshot_horizon;
