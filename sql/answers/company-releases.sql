-- question: How many movies of each genre did each production company release, year by year?
-- columns: company_id, company, year, genre_id, genre, releases
-- first: releases desc, company_id, year, genre_id
-- Genres get their names before the rows are grouped: the groups then come sorted, companies are merged
-- with them, and none of the many rows is sorted again.
select
    made.company_id,
    companies.name as company,
    made.year,
    made.genre_id,
    made.genre,
    made.releases
from (
    select each.id as company_id, each.year, each.genre_id, genres.name as genre, count(*) as releases
    from (select id, year, unnest(genre_ids) as genre_id from member) as each
    left join movies.genres as genres on each.genre_id = genres.genre_id
    group by each.id, each.year, each.genre_id, genres.name
) as made
left join movies.production_companies as companies on made.company_id = companies.company_id
order by made.company_id, made.year, made.genre_id
