-- Discards load :load, if it is open: its stage tables go, its row stays as history, and what
-- was turned away in it.
set client_min_messages to warning;
begin isolation level read committed, read write;
select count(*) = 1 as is_open
from (
    select from ops.loads
    where load_id = :load and status = 'open'
    for update
) as l \gset
\if :is_open
    select format(
        'insert into ops.rejects (load_id, tool, member, record, line, "offset", length, code, reason, raw, raw_base64)
            select %s, tool, member, record, line, "offset", length, code, reason, raw, raw_base64 from stage.%I',
        :load, tablename
    )
    from pg_tables
    where schemaname = 'stage' and tablename ~ ('^l' || :load || '_[a-z]+_rejects$')
    \gexec
    update ops.loads
    set status = 'discarded', finished_at = clock_timestamp(),
        summary = jsonb_build_object('key', key, 'status', 'discarded', 'load', load_id)
    where load_id = :load;
    \ir ../stage/drop.sql
\endif
commit;
