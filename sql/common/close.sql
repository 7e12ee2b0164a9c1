-- Last part of every run of movies-answers, for psql: one line on stderr about the movies that
-- could not be counted. Reads the variables of open.sql; by_genre and by_company (true or
-- false) say which lists the answers of this run need. Counted are the movies that --genre and
-- --company pick; --year tells only those apart that have a year.
select
    lost.undated + lost.no_genre + lost.no_company > 0 as any_lost,
    'movies-answers: movies left out: ' || concat_ws(
        ', ',
        lost.undated || ' without a release date',
        case when :'by_genre'::boolean then lost.no_genre || ' without a genre' end,
        case when :'by_company'::boolean then lost.no_company || ' without a company' end
    ) as lost
from (
    select
        count(*) filter (where year is null) as undated,
        count(*) filter (where :'by_genre'::boolean and genre_ids = '{}') as no_genre,
        count(*) filter (where :'by_company'::boolean and company_ids = '{}') as no_company
    from :facts
    where
        (year is null or year between :'year_from'::int and :'year_to'::int)
        and (:'genre_ids' = '{}' or genre_ids && :'genre_ids'::bigint[])
        and (:'company_ids' = '{}' or company_ids && :'company_ids'::bigint[])
) as lost \gset
\if :any_lost
    \warn :lost
\endif
commit;
