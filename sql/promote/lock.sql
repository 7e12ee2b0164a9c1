-- Locks the load of :key for the session and prints "locked": shared where :phase is one that may
-- run beside others (staging a member, of which there is one try at a time), else alone.
-- Waits :patience milliseconds for whoever has it.
-- Of an idle session the server might make an end, and of the lock with it (from 14 on).
select set_config('idle_session_timeout', '0', false) as forever
from pg_settings
where name = 'idle_session_timeout' \g /dev/null
set lock_timeout to :patience;
select :'phase' like 'stage:%' as is_shared \gset
\if :is_shared
    select pg_advisory_lock_shared(hashtextextended('movies-pipeline load ' || :'key', 0)) is null as locked \gset
    select pg_advisory_lock(hashtextextended('movies-pipeline load ' || :'key' || ' ' || :'phase', 0)) is null as locked \gset
\else
    select pg_advisory_lock(hashtextextended('movies-pipeline load ' || :'key', 0)) is null as locked \gset
\endif
select 'locked';
