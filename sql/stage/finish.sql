-- Ends the staging of :member, family :family, of load :load: the joints of its pipelines must be
-- sound, then of each id the record that wins in this file is worked out, so that the promotion
-- has little left to do. Prints the faults, one a line, and changes nothing then; nothing if all
-- is well.
set client_min_messages to warning;
begin isolation level read committed, read write;
set local jit to off;
\ir names.sql
create temp view counted as select :load as load_id, c.* from stage.:"counts" as c;
create temp view noted as select :load as load_id, r.* from stage.:"rejects" as r;
\ir ../checks/joints.sql
\ir staged.sql
select fault from joint_faults
union all
select fault from staged_faults;
select count(*) = 0 as is_sound
from (
    select fault from joint_faults
    union all
    select fault from staged_faults
) as f \gset
\if :is_sound
    \set won_script ../won/ :family .sql
    \ir :won_script
    update ops.members set state = 'staged', same_as = null, staged_at = clock_timestamp()
    where load_id = :load and member = :'member';
\endif
drop view counted cascade;
drop view noted cascade;
commit;
