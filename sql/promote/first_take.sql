-- Takes indexes and foreign keys off the tables of first_tables, which must be empty and plain, and leaves in
-- first_parts how to make them again. That is tried out first, while it takes no time. If anything
-- fails, all stays, and the server's log has why.
do $$
declare
    one regclass;
    has_rows boolean;
    command text;
    patience constant text = current_setting('lock_timeout');
    place constant text = current_setting('default_tablespace');
begin
    perform set_config('lock_timeout', '1ms', true); -- an index alone may be locked, too
    perform set_config('default_tablespace', '', true); -- which no definition names
    for one in select relation from pg_temp.first_others union all select relation from pg_temp.first_tables loop
        execute format('lock table %s in access exclusive mode', one);
    end loop;
    -- The other ones that a promotion writes into: whoever holds one would be waited for with those in hand.
    for one in
        select oid::regclass from pg_class
        where relnamespace in ('movies'::regnamespace, 'ops'::regnamespace) and relkind in ('r', 'p')
    loop
        execute format('lock table %s in row exclusive mode', one);
    end loop;
    for one in select relation from pg_temp.first_tables loop
        execute format('select exists(select from %s)', one) into has_rows;
        if has_rows then
            raise '% has rows', one;
        end if;
    end loop;
    if not (select is_plain from pg_temp.first_plain) then
        raise 'something hangs on the tables (first_plain.sql)';
    end if;
    insert into pg_temp.first_parts
        select
            contype = 'f',
            format('alter table %s drop constraint %I', relation, conname),
            format('alter table %s add constraint %I %s', relation, conname, pg_get_constraintdef(oid))
        from pg_constraint
        join pg_temp.first_tables on conrelid = relation
        where contype in ('p', 'u', 'x', 'f')
        union all
        select false, format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
        from pg_index
        join pg_temp.first_tables on indrelid = relation
        where not exists(select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'));
    for command in
        select c.command
        from (
            select 1 as turn, not is_last as is_late, takes as command from pg_temp.first_parts
            union all
            select 2, is_last, makes from pg_temp.first_parts
            union all
            select 3, not is_last, takes from pg_temp.first_parts
        ) as c
        order by turn, is_late
    loop
        execute command;
    end loop;
    for one in select relation from pg_temp.first_tables loop
        execute format('truncate %s', one);
    end loop;
    perform set_config('lock_timeout', patience, true);
    perform set_config('default_tablespace', place, true);
exception when others then
    raise log 'a first load keeps its indexes: %', sqlerrm;
end
$$;
