-- Drops the databases :new and :old, if they are there.
set client_min_messages to warning;
select format('drop database %I', datname)
from pg_database
where datname in (:'new', :'old') \gexec
