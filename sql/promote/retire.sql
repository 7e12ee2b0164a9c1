-- Discards load :load: keeps its rejects and the reason why it failed, if that is known; drops its stage tables.
select format(
    'insert into ops.rejects (load_id, tool, member, record, line, "offset", length, code, reason, raw, raw_base64)
        select %s, tool, member, record, line, "offset", length, code, reason, raw, raw_base64 from stage.%I',
    :load, tablename
)
from pg_tables
where schemaname = 'stage' and starts_with(tablename, 'l' || :load || '_') and right(tablename, 8) = '_rejects'
\gexec
update ops.loads
set status = 'discarded', finished_at = clock_timestamp(),
    summary = jsonb_strip_nulls(
        jsonb_build_object('key', key, 'status', 'discarded', 'load', load_id, 'why', summary -> 'why')
    )
where load_id = :load;
\ir ../stage/drop.sql
