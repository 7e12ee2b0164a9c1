-- The loads, newest key first, and what the promoted ones turned away. Reads :most and
-- :is_json. Prints "ok", then the document or its tables.
\ir open.sql
with shown as (
    select *
    from (select *, row_number() over (order by source desc, load_id desc) as n from ops.loads) as l
    where n <= :most
),

families as (
    select
        load_id, family,
        case
            when bool_or(state in ('given', 'staged')) then 'given'
            when bool_or(state = 'same') then 'same'
            else 'missing'
        end as state
    from ops.members join shown using (load_id)
    where family is not null
    group by load_id, family
),

lists as (
    select
        load_id,
        jsonb_agg(family order by family collate "C") filter (where state = 'given') as given,
        jsonb_agg(family order by family collate "C") filter (where state = 'same') as same,
        jsonb_agg(family order by family collate "C") filter (where state = 'missing') as missing
    from families
    group by load_id
),

per_load as (
    select
        source, load_id,
        jsonb_build_object(
            'key', key, 'load', load_id, 'status', status,
            'given', coalesce(given, '[]'),
            'same', coalesce(same, '[]'),
            'missing', coalesce(missing, '[]'),
            'records', (
                select sum((c.counts ->> 'in')::bigint) from ops.counts as c
                where c.load_id = l.load_id and c.position = 1 and c.tool = 'csv2ndjson'
            ),
            'rejected', (
                select count(*)
                from (
                    select distinct r.member, r.record from ops.rejects as r
                    where r.load_id = l.load_id and r.code not in ('rejoined', 'too-long-more')
                ) as turned
            ),
            'warnings', (
                select count(*) from ops.findings as f
                where f.load_id = l.load_id and f.severity = 'warn'
            ),
            'seconds', extract(epoch from finished_at - opened_at),
            'opened_at', opened_at, 'finished_at', finished_at
        ) as facts
    from shown as l
    left join lists using (load_id)
),

turned_away as (
    select
        member, code,
        jsonb_build_object('member', member, 'code', code, 'count', count(*), 'loads', count(distinct load_id)) as facts
    from ops.rejects join ops.loads using (load_id)
    where status = 'promoted'
    group by member, code
)

select jsonb_build_object(
    'loads', coalesce((select jsonb_agg(facts order by source desc, load_id desc) from per_load), '[]'),
    'more', (select count(*) from ops.loads) - (select count(*) from shown),
    'rejects', coalesce((select jsonb_agg(facts order by member collate "C", code collate "C") from turned_away), '[]')
) as document \gset
\echo ok
\if :is_json
    select :'document';
\else
    \ir loads_table.sql
\endif
commit;
