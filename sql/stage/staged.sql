-- Makes the view staged_faults: rows that were counted as loaded and are not in their table, or
-- are there and were not counted; another member than the load was opened with. Reads the view
-- counted; the names are those of names.sql.
-- One select of them all, not an insert for each: that may count in parallel. What sums.sql has added up
-- it has counted.
select 'create temp table staged_rows on commit drop as ' || coalesce(
    string_agg(
        format(
            'select %L as chain, %s as n from stage.%I',
            chain,
            case when has_sums then 'coalesce(sum(ratings), 0)' else 'count(*)' end,
            case when has_sums then :'won' when chain = :'family' then :'records' else :'records' || '_' || chain end
        ),
        ' union all '
    ),
    'select null as chain, 0 as n where false'
)
from
    counted
cross join (select to_regclass('stage.' || :'won') is not null as has_sums) as w
where position = 2
\gexec
create temp view staged_faults as
    select format('%s.%s: %s loaded, %s in the table', chain, tool, loaded, n) as fault
    from
        (
            select chain, tool, (counts ->> 'loaded')::bigint as loaded
            from counted
            where position = 2
        ) as c
    join staged_rows using (chain)
    where not coalesce(loaded = n, false)
    union all
    select 'not the member that the load was opened with'
    from counted
    join ops.members as m using (load_id, member)
    where position = 0 and ((counts ->> 'bytes')::bigint, counts ->> 'crc32') is distinct from (m.bytes, m.crc32)
    union all
    select 'nothing was counted'
    where not exists (select from counted);
