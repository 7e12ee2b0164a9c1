-- Prints the promoted keys of the hours :from to :to, and whether each was promoted at :since or
-- later; nothing where there is no schema yet.
select exists(select from pg_roles where rolname = 'movies_loader') as has_role \gset
\if :has_role
    select set_config('role', 'movies_loader', false) as role \g /dev/null
\endif
select to_regclass('ops.loads') is not null as begun \gset
\if :begun
    select
        key,
        finished_at >= :'since'::timestamptz as is_new
    from ops.loads
    where status = 'promoted' and hour between :'from'::timestamptz and :'to'::timestamptz;
\endif
