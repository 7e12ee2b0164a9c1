-- First part of what movies-rules.bash has psql do to hold the rules (sql/rules) against load :load.
-- What a former try found goes. Sets for the rules load_source, load_hour and load_fix, and has_movies
-- and so on: which families are staged, so that they can be asked. Makes the views known_movies and
-- known_links: the movies, and MovieLens's movies, of the database and of this load.
set client_min_messages to warning;
begin isolation level read committed, read write;
set local jit to off;
delete from ops.findings where load_id = :load;
select
    source as load_source, hour as load_hour, fix as load_fix,
    is_open and 'movies' = any(families) as has_movies,
    is_open and 'credits' = any(families) as has_credits,
    is_open and 'keywords' = any(families) as has_keywords,
    is_open and 'links' = any(families) as has_links,
    is_open and 'ratings' = any(families) as has_ratings
from (
    select
        l.*, l.status = 'open' as is_open,
        array(select m.family from ops.members as m where m.load_id = l.load_id and m.state = 'staged') as families
    from ops.loads as l
    where l.load_id = :load
    for share
) as l \gset
create temp view known_movies as select movie_id from movies.movies;
create temp view known_links as select movie_id from movies.links;
\if :has_movies
    \set won l :load _movies_won
    create or replace temp view known_movies as
        select movie_id from movies.movies
        union all
        select movie_id from stage.:"won";
\endif
\if :has_links
    \set won l :load _links_won
    create or replace temp view known_links as
        select movie_id from movies.links
        union all
        select movie_id from stage.:"won";
\endif
