-- Discards load :load, if it is open: its stage tables go, its row stays as history.
begin;
select status = 'open' as is_open
from ops.loads
where load_id = :load
for update \gset
\if :is_open
    update ops.loads set status = 'discarded', finished_at = now() where load_id = :load;
    \ir unstage.sql
\endif
commit;
