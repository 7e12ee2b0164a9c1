-- Ratings that one user gave one movie at one time: the one that stands, and the others. Reads
-- :most and :is_json. Prints "ok", then the document or its table.
\ir open.sql
with pairs as (
    select user_id, movie_id, row_number() over (order by user_id, movie_id) as n
    from ops.rating_conflicts
    group by user_id, movie_id
),

shown as (
    select user_id, movie_id
    from pairs
    where n <= :most
),

conflicts as (
    select
        user_id, movie_id,
        jsonb_build_object(
            'user_id', user_id, 'movie_id', movie_id, 'rated_at', r.rated_at, 'rating', r.rating,
            'key', movies.source_key(r.source),
            'others', jsonb_agg(
                jsonb_build_object('rating', c.rating, 'key', movies.source_key(c.source)) order by c.rating desc
            )
        ) as facts
    from shown
    join movies.ratings as r using (user_id, movie_id)
    join ops.rating_conflicts as c using (user_id, movie_id)
    group by user_id, movie_id, r.rated_at, r.rating, r.source
)

select jsonb_build_object(
    'conflicts', coalesce((select jsonb_agg(facts order by user_id, movie_id) from conflicts), '[]'),
    'more', (select count(*) from pairs) - (select count(*) from shown)
) as document \gset
\echo ok
\if :is_json
    select :'document';
\else
    \ir conflicts_table.sql
\endif
commit;
