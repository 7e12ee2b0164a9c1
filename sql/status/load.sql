-- One load and all that is known of it. Reads :load (find.sql), :most (rejects shown of each code)
-- and :is_json. Prints "ok", then the document or its tables; "none" if there is no such load.
\ir open.sql
\ir find.sql
\if :is_unknown
    \echo none
    \quit
\endif
with members as (
    select jsonb_agg(
        jsonb_build_object(
            'member', member, 'family', family, 'state', state, 'bytes', m.bytes, 'crc32', crc32,
            'sha256', m.sha256, 'same_as', its.key, 'begun_at', begun_at, 'staged_at', staged_at,
            'seconds', extract(epoch from staged_at - begun_at)
        ) order by member collate "C"
    ) as list
    from ops.members as m
    left join ops.loads as its on its.load_id = m.same_as
    where m.load_id = :load_id
),

counted as (
    select jsonb_agg(
        jsonb_build_object('member', member, 'chain', chain, 'position', position, 'tool', tool, 'counts', counts)
        order by member collate "C", not coalesce(chain = family, false), chain collate "C", position
    ) as list
    from ops.counts
    left join ops.members using (load_id, member)
    where load_id = :load_id
),

numbered as (
    select
        *,
        count(*) over (partition by member, code) as of_code,
        row_number() over (partition by member, code order by record, line, tool collate "C") as n
    from ops.rejects
    where load_id = :load_id
),

codes as (
    select
        member, code,
        jsonb_build_object(
            'member', member, 'code', code, 'count', of_code,
            'first', jsonb_agg(
                jsonb_build_object('record', record, 'line', line, 'tool', tool, 'reason', reason) order by n
            )
        ) as facts
    from numbered
    where n <= :most
    group by member, code, of_code
),

turned_away as (
    select jsonb_agg(facts order by member collate "C", code collate "C") as list from codes
),

repeated as (
    select jsonb_object_agg(family, n) as list
    from (
        select family, count(*) as n from ops.duplicates
        where load_id = :load_id
        group by family
    ) as d
),

found as (
    select jsonb_agg(
        jsonb_build_object('rule', rule, 'family', family, 'severity', severity, 'found', found, 'example', example)
        order by severity, rule collate "C"
    ) as list
    from ops.findings
    where load_id = :load_id
),

others as (
    select jsonb_agg(jsonb_build_object('load', o.load_id, 'status', o.status) order by o.load_id) as list
    from ops.loads as o
    join ops.loads as l using (key)
    where l.load_id = :load_id and o.load_id <> :load_id
)

select jsonb_build_object(
    'key', key, 'load', load_id, 'status', status, 'file', file, 'bytes', bytes, 'sha256', sha256,
    'version', version, 'opened_at', opened_at, 'finished_at', finished_at,
    'seconds', extract(epoch from finished_at - opened_at),
    'other_loads', coalesce(others.list, '[]'),
    'members', coalesce(members.list, '[]'),
    'counts', coalesce(counted.list, '[]'),
    'rejects', coalesce(turned_away.list, '[]'),
    'duplicates', coalesce(repeated.list, '{}'),
    'findings', coalesce(found.list, '[]'),
    'unknown_members', unknown_members, 'unknown_names', unknown_names,
    'summary', summary
) as document
from ops.loads
cross join others
cross join members
cross join counted
cross join turned_away
cross join repeated
cross join found
where load_id = :load_id \gset
\echo ok
\if :is_json
    select :'document';
\else
    \ir load_table.sql
\endif
commit;
