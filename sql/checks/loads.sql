-- The ledger of loads, and what loads leave behind.
select 'a key that is not that of the source', format('load %s: %s, %s', load_id, key, movies.source_key(source))
from ops.loads
where key <> movies.source_key(source) or source <> movies.source(hour, revision, fix)
union all
select 'a load that ended without saying how', format('load %s', load_id)
from ops.loads
where status = 'promoted' and (finished_at is null or summary is null or summary ->> 'status' <> status)
union all
select 'a promoted load with a member that is not done', format('load %s, %s', load_id, member)
from ops.members join ops.loads using (load_id)
where status = 'promoted' and state = 'given'
union all
select 'a member that is the same as another one', format('load %s, %s', m.load_id, m.member)
from ops.members as m
join ops.loads as l using (load_id)
left join ops.members as o on o.load_id = m.same_as and o.member = m.member
left join ops.loads as ol on ol.load_id = o.load_id
where m.state = 'same' and l.status = 'promoted'
    and not coalesce(
        (o.family, o.sha256, o.bytes, o.crc32, ol.version, ol.status)
        = (m.family, m.sha256, m.bytes, m.crc32, l.version, 'promoted') and ol.source < l.source, false
    )
union all
select 'a promoted load that a rule refused', format('load %s: %s', load_id, rule)
from ops.findings join ops.loads using (load_id)
where status = 'promoted' and severity = 'fail'
union all
select 'a stage table of no open load', tablename::text
from pg_tables
where schemaname = 'stage'
    and not exists (
        select from ops.loads
        where status = 'open' and starts_with(tablename, 'l' || load_id || '_')
    );
