-- The document of conflicts.sql as a table.
select
    user_id as "user", movie_id as movie, to_char(rated_at, 'YYYY-MM-DD HH24:MI:SS"Z"') as rated, rating as stands, key,
    (
        select string_agg(o.rating || ' (' || o.key || ')', ', ' order by o.rating desc)
        from jsonb_to_recordset(others) as o (rating numeric, key text)
    ) as others
from jsonb_to_recordset(:'document'::jsonb -> 'conflicts') as c (
    user_id bigint, movie_id bigint, rated_at timestamptz, rating numeric, key text, others jsonb
);
select
    :'document'::jsonb ->> 'more' as more,
    (:'document'::jsonb ->> 'more')::bigint > 0 as has_more \gset
\if :has_more
    \echo and :more more: --limit N shows N of them
\endif
