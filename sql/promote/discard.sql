-- Discards load :load, if it is open: its stage tables go, its row stays as history.
set client_min_messages to warning;
begin isolation level read committed, read write;
select status = 'open' as is_open
from ops.loads
where load_id = :load
for update \gset
\if :is_open
    update ops.loads set status = 'discarded', finished_at = now() where load_id = :load;
    \ir unstage.sql
\endif
commit;
