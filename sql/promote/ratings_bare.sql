-- Makes the view ratings_bare: is movies.ratings as a migration or a promotion left it? Nothing
-- hangs on it or on its row type then (views, foreign keys, functions, children), and nothing has been
-- added to it that another table in its place would lack.
create temp view ratings_bare as
    select
        c.reloptions is null and not c.relrowsecurity and c.relreplident = 'd'
        and (select count(*) = 1 and not bool_or(indisclustered) from pg_index where indrelid = c.oid)
        and not exists(
            select from pg_depend as d
            where d.deptype = 'n'
                and (
                    (d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid)
                    or (d.refclassid = 'pg_type'::regclass and d.refobjid in (c.reltype, t.typarray))
                )
        )
        and not exists(select from pg_trigger where tgrelid = c.oid)
        and not exists(select from pg_policy where polrelid = c.oid)
        and not exists(select from pg_publication_rel where prrelid = c.oid)
        and not exists(select from pg_statistic_ext where stxrelid = c.oid)
        and not exists(select from pg_attribute where attrelid = c.oid and attacl <> '{}')
        as is_bare
    from pg_class as c
    join pg_type as t on t.oid = c.reltype
    where c.oid = to_regclass('movies.ratings'); -- a constant of type regclass would be a dependent itself
