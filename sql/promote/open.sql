-- Registers the file :file (:bytes bytes, :sha256) under :key and makes its stage tables.
-- A load of the same key that is open goes on when the bytes are the same and is discarded
-- when they are not: only promotion takes a key. The lock sees to it that two at once find
-- the same load. Prints what find.sql would.
begin;
select pg_advisory_xact_lock(hashtextextended('movies-pipeline open ' || :'key', 0)) is null as locked \gset
select
    coalesce(max(load_id), 0) as load,
    count(*) = 0 as is_new,
    coalesce(bool_or(status = 'open' and sha256 <> :'sha256'), false) as restarts,
    coalesce(bool_or(status = 'open' and sha256 = :'sha256'), false) as goes_on
from ops.loads
where key = :'key' and status in ('open', 'promoted') \gset
\if :restarts
    update ops.loads set status = 'discarded', finished_at = now() where load_id = :load;
    \ir unstage.sql
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
commit;
\ir find.sql
