-- Sets is_locked: true if one session holds both the exclusive lock of the load of :key and a lock on one of
-- :tokens. The token shows that it is the session that pglock opened for this load: after a restart or a
-- failover of the server another load may hold the lock. An advisory lock on a bigint appears in pg_locks as
-- its upper and lower half, with objsubid 1.
select count(*) > 0 as is_locked
from pg_locks as l
join pg_locks as t using (pid, locktype, database, objsubid)
where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and t.granted
    and l.database = (select oid from pg_database where datname = current_database())
    and l.mode = 'ExclusiveLock'
    and (l.classid::bigint << 32 | l.objid::bigint) = pg_catalog.hashtextextended('movies-pipeline load ' || :'key', 0::bigint)
    and (t.classid::bigint << 32 | t.objid::bigint) = any(('{' || :'tokens' || '}')::bigint[]) \gset
