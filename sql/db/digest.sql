-- Prints what is in this database, to be compared with another's of the same server: what keys.sql
-- prints; "table NAME ROWS DIGEST" of each table of schema movies; "relation NAME" of every other
-- relation, and of every table that we may not read, but for the stage tables; "object KIND NAME"
-- of what else lies in a database: schemas, functions, types, triggers and so on. What belongs to
-- an extension is left out, as is what another object brings with it. A digest is the sum of two
-- hashes of each row, so that no order matters.
begin isolation level repeatable read, read only;
set local jit to off;
\ir keys.sql
select format(
    'select ''table'', %1$L, count(*), concat_ws(''.'', sum(hashtextextended(line, 0)), sum(hashtextextended(line, 1)))
        from (select whole::text as line from %1$s as whole) as lines',
    oid::regclass
)
from pg_class
where relnamespace = 'movies'::regnamespace and relkind in ('r', 'p') and not relispartition
    and has_table_privilege(oid, 'select')
order by relname \gexec
select 'relation' as what, c.oid::regclass as name
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and not c.relispartition
    and n.nspname not in ('stage', 'pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
    and not (n.nspname = 'movies' and c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'select'))
    and not exists (
        select from pg_depend as d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
order by n.nspname, c.relname;
with objects as (
    select 'pg_namespace'::regclass as catalog, oid from pg_namespace
    where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')
    union all select 'pg_proc'::regclass, oid from pg_proc
    union all select 'pg_type'::regclass, oid from pg_type
    union all select 'pg_trigger'::regclass, oid from pg_trigger
    union all select 'pg_event_trigger'::regclass, oid from pg_event_trigger
    union all select 'pg_rewrite'::regclass, oid from pg_rewrite
    union all select 'pg_policy'::regclass, oid from pg_policy
    union all select 'pg_publication'::regclass, oid from pg_publication
    union all select 'pg_foreign_data_wrapper'::regclass, oid from pg_foreign_data_wrapper
    union all select 'pg_foreign_server'::regclass, oid from pg_foreign_server
    union all select 'pg_language'::regclass, oid from pg_language
    union all select 'pg_operator'::regclass, oid from pg_operator
    union all select 'pg_cast'::regclass, oid from pg_cast
    union all select 'pg_collation'::regclass, oid from pg_collation
    union all select 'pg_ts_config'::regclass, oid from pg_ts_config
    union all select 'pg_ts_dict'::regclass, oid from pg_ts_dict
    union all select 'pg_largeobject_metadata'::regclass, oid from pg_largeobject_metadata
)

select 'object' as what, concat_ws(' ', i.type, i.identity) as name
from objects as o
cross join lateral pg_identify_object(o.catalog, o.oid, 0) as i
where o.oid >= 16384 -- below are the server's own
    and not exists (
        select from pg_depend as d
        where d.classid = o.catalog and d.objid = o.oid and d.deptype in ('e', 'i', 'P', 'S')
    )
order by i.type, i.identity;
commit;
