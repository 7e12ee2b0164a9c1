-- The ratings of load :load. The first ones come as a whole table; if another load was first in
-- the meantime, or something hangs on the table, what it does not outdo is merged.
\ir ratings_bare.sql
select
    to_regclass('stage.' || :'fresh') is not null as has_fresh,
    (select is_bare from ratings_bare)
    and not exists(select from movies.ratings)
    and to_regclass('stage.' || :'unique') is not null as is_swap \gset
drop view ratings_bare;
\if :is_swap
    \ir ratings_swap.sql
\else
    \if :has_fresh
    \else
        \ir ../won/fresh.sql
        -- The rivals of this file's own ratings were put aside when these were to be the table.
        insert into stage.:"fresh" (user_id, movie_id, rating, rated_at, source)
            select user_id, movie_id, v.rating, s.rated_at, v.source
            from stage.:"rivals" as v
            join stage.:"records" as s using (user_id, movie_id);
    \endif
    \ir ratings_merge.sql
\endif
