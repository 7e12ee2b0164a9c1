-- Prints "KEY BYTES SHA256" of the load that was promoted as :key, or of all if that is empty.
select key, bytes, sha256
from ops.loads
where status = 'promoted' and (:'key' = '' or key = :'key');
