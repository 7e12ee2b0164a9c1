-- Sets is_locked: does the session that took the lock of the load of :key for us still hold it, alone? That
-- session (see pglock) also holds a lock on a token, one of :tokens; so after a restart or a failover of the
-- server, when somebody else may have the lock, it is not taken for ours. An advisory lock on a
-- bigint shows in pg_locks as its upper and lower half, with objsubid 1.
select count(*) > 0 as is_locked
from pg_locks as l
join pg_locks as t using (pid, locktype, database, objsubid)
where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and t.granted
    and l.database = (select oid from pg_database where datname = current_database())
    and l.mode = 'ExclusiveLock'
    and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('movies-pipeline load ' || :'key', 0)
    and (t.classid::bigint << 32 | t.objid::bigint) = any(('{' || :'tokens' || '}')::bigint[]) \gset
