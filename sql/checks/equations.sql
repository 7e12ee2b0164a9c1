-- What was counted adds up, in every load that stands.
create temp view counted as
    select c.* from ops.counts as c join ops.loads as l using (load_id) where l.status = 'promoted';
create temp view noted as
    select r.* from ops.rejects as r join ops.loads as l using (load_id) where l.status = 'promoted';
\ir joints.sql
create temp view account as
    select
        m.load_id, m.member, m.family, m.same_as, l.summary,
        (h.counts ->> 'in')::bigint - (h.counts ->> 'rejoined')::bigint - (h.counts ->> 'blank')::bigint as records,
        (
            select count(distinct r.record)
            from turned_away as r
            where r.load_id = m.load_id and r.member = m.member
        ) as rejected,
        (select count(*) from ops.duplicates as d where d.load_id = m.load_id and d.family = m.family) as superseded
    from ops.members as m
    join ops.loads as l using (load_id)
    left join ops.counts as h
        on h.load_id = m.load_id and h.member = m.member and h.chain = m.family and h.position = 1
    where l.status = 'promoted' and m.state in ('staged', 'same');

select 'a joint is unsound', format('load %s, %s: %s', load_id, member, fault)
from joint_faults
union all
select 'a member without counts', format('load %s, %s', load_id, member)
from account
where records is null
union all
select 'counts of a member that was not loaded', format('load %s, %s', c.load_id, c.member)
from counted as c
where not exists (select from account as a where a.load_id = c.load_id and a.member = c.member)
union all
select 'records that the summary does not account for', format('load %s, %s: %s of %s', load_id, member, told, records)
from (
    select
        a.*,
        rejected
        + case when family = 'ratings' then coalesce((f ->> 'superseded')::bigint, 0) else superseded end
        + (f ->> 'inserted')::bigint + (f ->> 'updated')::bigint + (f ->> 'unchanged')::bigint
        + coalesce((f ->> 'older')::bigint, 0) as told
    from account as a
    cross join lateral (select summary -> family as f) as s
) as a
where told is distinct from records
union all
select 'a repeated member whose counts are not those of the first', format('load %s, %s', a.load_id, a.member)
from account as a
where a.same_as is not null
    and (
        select jsonb_agg(to_jsonb(c.*) - 'load_id' order by c.chain, c.position)
        from ops.counts as c
        where c.load_id = a.load_id and c.member = a.member
    ) is distinct from (
        select jsonb_agg(to_jsonb(c.*) - 'load_id' order by c.chain, c.position)
        from ops.counts as c
        where c.load_id = a.same_as and c.member = a.member
    );
drop view counted cascade;
drop view noted cascade;
