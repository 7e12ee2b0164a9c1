-- Begins to stage :member of load :load: what a former try left goes, the tables of its family
-- are made. Their types decide what is accepted; _record and _line say where in the member a
-- row comes from. Prints "begun", or "first" if it has ratings and none have been promoted, or the member's state if
-- nothing is to be done: staged already, the same as a loaded one (unless :again is true), missing, unused; "none"
-- if it is not known.
set client_min_messages to warning;
begin isolation level read committed, read write;
select
    coalesce(max(state), 'none') as state,
    coalesce(max(family), '') as family,
    coalesce(bool_or(state = 'given' or (state = 'same' and :'again'::boolean)), false) as begins
from ops.members
where load_id = :load and member = :'member' \gset
\if :begins
    \set state begun
    \ir names.sql
    update ops.members set state = 'given', begun_at = clock_timestamp(), staged_at = null
    where load_id = :load and member = :'member';
    -- Members begin at the same time: who finds the row locked leaves it to the others.
    update ops.loads set touched_at = now()
    where load_id in (select load_id from ops.loads where load_id = :load for update skip locked);
    select format('drop table stage.%I', tablename)
    from pg_tables
    where schemaname = 'stage'
        and (tablename = :'records' or starts_with(tablename, :'records' || '_'))
    \gexec
    \set family_script :family .sql
    \ir :family_script
    create table stage.:"counts" (
        member text not null, chain text not null, position integer not null,
        tool text not null, counts jsonb not null
    );
    create table stage.:"rejects" (
        tool text not null, member text, record bigint not null, line bigint not null,
        "offset" bigint not null, length bigint not null,
        code text not null, reason text not null, raw text, raw_base64 text
    );
\endif
commit;
select case when :'state' = 'begun' and :'family' = 'ratings' and not exists(
    select from ops.members as m
    join ops.loads as l using (load_id)
    where m.family = 'ratings' and m.state = 'staged' and l.status = 'promoted'
) then 'first' else :'state' end as state \gset
\echo :state
