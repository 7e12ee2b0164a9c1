-- Prints every second the process ids of the sessions of a backfill, its own among them.
select string_agg(pid::text, ' ') as pids
from pg_stat_activity
where application_name = 'movies-backfill' and backend_type in ('client backend', 'parallel worker')
\watch 1
