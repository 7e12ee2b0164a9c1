-- Two roles. movies_loader owns the schemas: it loads, and can do nothing outside of them.
-- movies_reader sees what people query and nothing else. Neither can log in: the commands take
-- them on (set role), and whoever may use one is granted it. Roles belong to the whole server,
-- so they may be there already, made by another database's migration or by an administrator.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['movies_loader', 'movies_reader'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception when duplicate_object or unique_violation then
                null;
            end;
        end if;
        -- From 16 on to be a member is not yet to be allowed to take a role on.
        if not pg_has_role(
            current_user, wanted,
            case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end
        ) then
            execute format('grant %I to %I', wanted, current_user);
        end if;
    end loop;
end
$$;

-- Ownership is what the swap of a table and the making of partitions need. What a later migration
-- makes belongs to movies_loader only if it begins with set local role movies_loader.
do $$
begin
    execute format('grant temporary on database %I to movies_loader', current_database());
end
$$;
alter schema movies owner to movies_loader;
alter schema ops owner to movies_loader;
alter schema stage owner to movies_loader;
do $$
declare
    thing text;
begin
    for thing in
        select case c.relkind when 'v' then 'view ' else 'table ' end || c.oid::regclass
        from pg_class as c
        where c.relnamespace in ('movies'::regnamespace, 'ops'::regnamespace, 'stage'::regnamespace)
            and c.relkind in ('r', 'p', 'v')
        union all
        select 'function ' || p.oid::regprocedure
        from pg_proc as p
        where p.pronamespace in ('movies'::regnamespace, 'ops'::regnamespace)
    loop
        execute format('alter %s owner to movies_loader', thing);
    end loop;
end
$$;

-- What movies_loader makes in schema movies later is seen by readers as well.
grant usage on schema movies to movies_reader;
grant select on all tables in schema movies to movies_reader;
alter default privileges for role movies_loader in schema movies grant select on tables to movies_reader;
