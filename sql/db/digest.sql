-- Prints what is in this database, to be compared with another's of the same server: what keys.sql
-- prints; "table NAME ROWS DIGEST" of each table of schema movies; "relation NAME" of every other
-- relation, whoever made it, but for the stage tables and what belongs to an extension. A digest
-- is the sum of two hashes of each row, so that no order matters.
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
order by relname \gexec
select 'relation' as what, c.oid::regclass as name
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and not c.relispartition
    and n.nspname not in ('stage', 'pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
    and not (n.nspname = 'movies' and c.relkind in ('r', 'p'))
    and not exists (
        select from pg_depend as d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
order by n.nspname, c.relname;
commit;
