-- Registers the file :file (:bytes bytes, :sha256) under :key and makes its stage tables.
-- A load of the same key that is open goes on when the bytes are the same and is discarded
-- when they are not: only promotion takes a key. Stage tables of loads that are not open any
-- more are dropped. Prints what find.sql would.
set client_min_messages to warning;
begin isolation level read committed, read write;
-- Waits for whoever is about to change the load's status; the next statement sees the outcome.
select count(*) as locked
from (
    select load_id from ops.loads
    where key = :'key' and status in ('open', 'promoted')
    for update
) as l \gset
select
    coalesce(max(load_id), 0) as load,
    count(*) = 0 as is_new,
    coalesce(bool_or(status = 'open' and sha256 <> :'sha256'), false) as restarts,
    coalesce(bool_or(status = 'open' and sha256 = :'sha256'), false) as goes_on
from ops.loads
where key = :'key' and status in ('open', 'promoted') \gset
\if :restarts
    update ops.loads set status = 'discarded', finished_at = now()
    where load_id = :load and status = 'open';
    \set is_new true
\endif
\if :goes_on
    update ops.loads set touched_at = now() where load_id = :load;
    \ir stage.sql
\endif
\if :is_new
    insert into ops.loads (key, hour, revision, fix, file, bytes, sha256, version, status)
    values (:'key', :'hour', :revision, :fix, :'file', :bytes, :'sha256', :'version', 'open')
    returning load_id as load \gset
    \ir stage.sql
\endif
select format('drop table if exists stage.%I', t.tablename)
from pg_tables as t
join ops.loads as l on t.tablename like format('l%s\_%%', l.load_id)
where t.schemaname = 'stage' and l.status <> 'open'
\gexec
commit;
\ir find.sql
