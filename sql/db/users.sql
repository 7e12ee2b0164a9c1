-- Prints how many sessions the database :current has ever had, and who is connected to it now.
select
    (select sessions from pg_stat_database where datname = :'current') as sessions,
    (
        select string_agg(format('%s (process %s)', coalesce(nullif(application_name, ''), usename), pid), ', ' order by pid)
        from pg_stat_activity
        where datname = :'current' and usesysid is not null
    ) as users;
