-- Who may do what: movies_reader reads schema movies and nothing else, movies_loader owns all.
with relation as (
    select c.oid, c.relowner, c.oid::regclass::text as name, n.nspname as place
    from pg_class as c
    join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname in ('movies', 'ops', 'stage') and c.relkind in ('r', 'p', 'v')
)

select 'a table that readers cannot read', name
from relation
where place = 'movies'
    and not (has_schema_privilege('movies_reader', place, 'usage') and has_table_privilege('movies_reader', oid, 'select'))
union all
select 'a table that readers can change', name
from relation
where has_table_privilege('movies_reader', oid, 'insert, update, delete, truncate, references, trigger')
union all
select 'a schema that readers can enter', nspname::text
from pg_namespace
where nspname in ('ops', 'stage') and has_schema_privilege('movies_reader', nspname, 'usage, create')
union all
select 'a function that readers cannot call', p.oid::regprocedure::text
from pg_proc as p
where p.pronamespace = 'movies'::regnamespace and not has_function_privilege('movies_reader', p.oid, 'execute')
union all
select 'a table that is not of the loader', name
from relation
where relowner <> 'movies_loader'::regrole;
