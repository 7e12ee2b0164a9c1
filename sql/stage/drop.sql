-- Drops the stage tables of load :load.
select format('drop table stage.%I', tablename)
from pg_tables
where schemaname = 'stage' and starts_with(tablename, 'l' || :load || '_')
\gexec
