-- Puts the database :new in the place of :current, which becomes :old, in one transaction.
-- Nobody can be connected to a database while it is renamed; if somebody was, since it had had
-- :sessions sessions and but for one of ours, what is in it may have changed. Prints "switched",
-- or "used", and then nothing is done.
begin isolation level read committed, read write;
select format('alter database %I rename to %I', :'current', :'old') \gexec
select sessions = :sessions + 1 as is_unused from pg_stat_database where datname = :'old' \gset
\if :is_unused
    select format('alter database %I rename to %I', :'new', :'current') \gexec
    commit;
    \echo switched
\else
    rollback;
    \echo used
\endif
