-- Makes the view first_plain: have the tables of first_tables only such indexes and foreign keys as
-- pg_get_indexdef and pg_get_constraintdef say all of, and nothing else hangs on them? What an expression calls may work row by row and not
-- when an index is made (from 17 on), a policy may hide rows that are in the way, and what a trigger or a rule of
-- any of our tables does may need an index.
create temp view first_plain as
    select
        not exists(
            select from pg_trigger
            join pg_class as c on c.oid = tgrelid
            where relnamespace in ('movies'::regnamespace, 'ops'::regnamespace) and (not tgisinternal or tgenabled <> 'O')
        )
        and not exists(
            select from pg_class
            where relnamespace in ('movies'::regnamespace, 'ops'::regnamespace) and relkind in ('r', 'p') and relhasrules
        )
        and not exists(
            select from pg_publication_tables as p
            join pg_namespace as n on nspname = schemaname
            join pg_class as c on c.relnamespace = n.oid and relname = tablename
            join pg_temp.first_tables on relation = c.oid
        )
        and not exists(
            select from pg_class as c join pg_temp.first_tables on relation = c.oid
            where relrowsecurity
        )
        and not exists(
            select from pg_constraint
            join pg_temp.first_tables on conrelid = relation
            where obj_description(oid, 'pg_constraint') is not null or not convalidated
                or (
                    contype = 'f' and confrelid <> 'movies.movies'::regclass
                    and confrelid not in (select f.relation from pg_temp.first_tables as f)
                )
        )
        and not exists(
            select from pg_index as i
            join pg_temp.first_tables on indrelid = relation
            join pg_class as c on c.oid = indexrelid
            where indisclustered or indisreplident or not (indisvalid and indisready and indislive)
                or c.reltablespace <> 0 or indexprs is not null or indpred is not null
                or obj_description(c.oid, 'pg_class') is not null
                or (c.reloptions is not null and exists(select from pg_constraint where conindid = c.oid))
                or exists(select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'x')
        ) as is_plain;
