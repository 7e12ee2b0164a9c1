-- Gives the first ratings of a database, staged by load :load, the index that movies.ratings will have, unless
-- a user rates a movie twice: sql/won/twice.sql sees to that. Runs beside sums.sql, before finish.sql.
set client_min_messages to warning;
begin isolation level read committed, read write;
\ir names.sql
\ir first.sql
\if :is_first
    set local maintenance_work_mem to '256MB';
    create table stage.:"rivals" (like ops.rating_conflicts);
    select format(
        'do $do$ begin
            create unique index %1$I on stage.%2$I (user_id, movie_id);
        exception when unique_violation then
            null;
        end $do$',
        :'unique', :'records'
    )
    \gexec
\endif
commit;
