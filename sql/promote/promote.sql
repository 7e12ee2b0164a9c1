-- Makes load :load part of the database, in one transaction: readers see all of it or nothing.
-- The result does not depend on the order in which files are loaded: each family of tables is
-- a maximum over all records of all files. Prints one line of JSON; or the load's status when it
-- is not open (any more); or "unlocked" if no session of :tokens holds the lock of :key, its key, any
-- more (locked.sql); or "unstaged" and the
-- members that must be staged first; or "restage" and those that were not, since they were the same
-- as a loaded one, and now must be.
set client_min_messages to warning;
begin isolation level read committed, read write;
set local work_mem to '128MB';
set local jit to off;
-- Promotes go one after the other: each must see the marks of the one before.
select pg_advisory_xact_lock(pg_catalog.hashtextextended('movies-pipeline promote', 0::bigint)) is null as locked \gset
select status as load_status, status = 'open' as is_open, source as load_source
from ops.loads
where load_id = :load for update \gset
\ir locked.sql
select case when :'is_open' and not :'is_locked' then 'unlocked' else :'load_status' end as load_status,
    :'is_open' and :'is_locked' as is_open \gset
\if :is_open
    \ir same.sql
    -- One that was the same as another's is not any more when a newer one has come between.
    with lacking as (
        select m.member, m.same_as is not null and s.member is null as is_again
        from ops.members as m
        left join same_members as s on s.member = m.member and s.same_as = m.same_as and m.state = 'same'
        where m.load_id = :load and m.state in ('given', 'same') and (m.state = 'given' or s.member is null)
    )

    select
        count(*) = 0 as is_ready,
        coalesce(
            'restage ' || string_agg(member, ' ' order by member) filter (where is_again),
            'unstaged ' || string_agg(member, ' ' order by member),
            'open'
        ) as load_status
    from lacking \gset
    \if :is_ready
        create temp table report (family text, facts jsonb) on commit drop;
        \ir first_begin.sql
        \set family movies
        \ir family.sql
        \set family credits
        \ir family.sql
        \set family keywords
        \ir family.sql
        \set family links
        \ir family.sql
        \set family ratings
        \ir family.sql
        \ir first_end.sql
        \ir summary.sql
        \ir ../stage/drop.sql
    \endif
\endif
commit;
\echo :load_status
