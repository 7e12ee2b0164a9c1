-- Makes the view staged_faults: rows that were counted as loaded and are not in their table, or
-- are there and were not counted. Reads the view counted; the names are those of names.sql.
-- One select of them all, not an insert for each: that may count in parallel.
select 'create temp table staged_rows on commit drop as ' || coalesce(
    string_agg(
        format(
            'select %L as chain, count(*) as n from stage.%I',
            chain,
            case when chain = :'family' then :'records' else :'records' || '_' || chain end
        ),
        ' union all '
    ),
    'select null as chain, 0 as n where false'
)
from counted
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
    select 'nothing was counted'
    where not exists (select from counted);
