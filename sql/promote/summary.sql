-- Ends load :load: its row, and the line of JSON that says what it did, as load_status.
with head as (
    select
        m.family,
        jsonb_build_object(
            'records', (h.counts -> 'in'), 'rejoined', (h.counts -> 'rejoined'), 'blank', (h.counts -> 'blank'),
            'rejected', (
                select count(distinct r.record)
                from ops.rejects as r
                where r.load_id = :load and r.member = m.member
                    and r.code not in ('rejoined', 'too-long-more')
            )
        ) || report.facts
        || case when m.state = 'same' then jsonb_build_object('same_as', (
            select movies.source_key(source) from ops.loads where load_id = m.same_as
        )) else '{}' end as facts
    from ops.members as m
    join report using (family)
    join ops.counts as h on h.load_id = :load and h.member = m.member and h.chain = m.family and h.position = 1
    where m.load_id = :load
),

members as (
    select jsonb_object_agg(state, names) as lists
    from (
        select state, jsonb_agg(member order by member) as names
        from ops.members
        where load_id = :load and state in ('missing', 'unused')
        group by state
    ) as s
),

found as (
    select count(*) as warnings from ops.findings where load_id = :load
)

update ops.loads as l
set status = 'promoted', finished_at = clock_timestamp(), summary
    = jsonb_build_object('key', key, 'status', 'promoted', 'load', load_id)
    || (select jsonb_object_agg(family, facts) from head)
    || coalesce(members.lists, '{}')
    || case when unknown_members > 0
        then jsonb_build_object('unknown', to_jsonb(unknown_names), 'unknown_members', unknown_members)
        else '{}' end
    || case when found.warnings > 0 then jsonb_build_object('warnings', found.warnings) else '{}' end
from members, found
where load_id = :load
returning summary \gset
\set load_status :summary
