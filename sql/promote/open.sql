-- Registers the file :file (:bytes bytes, :sha256) under :key, to be loaded with no more than
-- :max_rejects rejects a filter, with its :members, a JSON array
-- of {member, family, state, bytes, crc32, sha256}; :unknown and :unknown_names are how many
-- others it has, and the first of them, a JSON array.
-- A load of the same key that is open goes on when bytes and program are the same, and is
-- discarded when they are not: only promotion takes a key. Stage tables of loads that are not open any
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
    coalesce(bool_or(status = 'open' and (sha256, version) <> (:'sha256', :'version')), false) as restarts,
    coalesce(bool_or(status = 'open'), false) as goes_on
from ops.loads
where key = :'key' and status in ('open', 'promoted') \gset
\if :restarts
    \ir retire.sql
    \set is_new true
\endif
\if :is_new
    insert into ops.loads (
        key, hour, revision, fix, source, file, bytes, sha256, version, status, max_rejects, unknown_members,
        unknown_names
    )
    values (
        :'key', :'hour', :revision, :fix, movies.source(:'hour', :revision, :fix), :'file', :bytes, :'sha256',
        :'version', 'open', :max_rejects, :unknown, array(select jsonb_array_elements_text(:'unknown_names'))
    )
    returning load_id as load \gset
    insert into ops.members (load_id, member, family, state, bytes, crc32, sha256)
        select :load, m.member, m.family, m.state, m.bytes, m.crc32, m.sha256
        from jsonb_to_recordset(:'members')
            as m (member text, family text, state text, bytes bigint, crc32 text, sha256 text);
    \set goes_on true
\endif
\if :goes_on
    update ops.loads set touched_at = now(), max_rejects = :max_rejects where load_id = :load;
    \ir same.sql
    update ops.members as m set state = 'same', same_as = s.same_as
    from same_members as s
    where m.load_id = :load and m.member = s.member and m.state in ('given', 'same');
\endif
select format('drop table if exists stage.%I', t.tablename)
from pg_tables as t
join ops.loads as l on starts_with(t.tablename, format('l%s_', l.load_id))
where t.schemaname = 'stage' and l.status <> 'open'
\gexec
commit;
\ir find.sql
