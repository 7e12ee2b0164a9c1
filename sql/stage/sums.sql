-- Adds up the first ratings of a database, staged by load :load. Runs beside index.sql, before finish.sql.
set client_min_messages to warning;
begin isolation level read committed, read write;
set local jit to off;
\ir names.sql
\ir first.sql
\if :is_first
    \set news :records
    \ir ../won/sums.sql
\endif
commit;
