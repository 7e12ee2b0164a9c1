-- Discards load :load, if it is open: its stage tables go, its row stays as history, and what
-- was turned away in it.
set client_min_messages to warning;
begin isolation level read committed, read write;
select count(*) = 1 as is_open
from (
    select from ops.loads
    where load_id = :load and status = 'open'
    for update
) as l \gset
\if :is_open
    \ir retire.sql
\endif
commit;
