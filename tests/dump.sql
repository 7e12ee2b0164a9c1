-- For psql: all that people query, as text in a fixed order, to be compared byte for byte: tables,
-- partitioned ones and their partitions, views; and the ratings that conflict.
select
    format('select %L', '== ' || c.relname),
    format('select t::text from %s as t order by t::text collate "C"', c.oid::regclass)
from pg_class as c
where (c.relnamespace = 'movies'::regnamespace and c.relkind in ('r', 'p', 'v'))
    or c.oid = 'ops.rating_conflicts'::regclass
order by c.relname collate "C"
\gexec
