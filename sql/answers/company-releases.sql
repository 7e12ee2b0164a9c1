-- question: How many movies of each genre did each production company release, year by year?
-- columns: company_id, company, year, genre_id, genre, releases
-- first: releases desc, company_id, year, genre_id
select
    made.company_id,
    companies.name as company,
    made.year,
    made.genre_id,
    genres.name as genre,
    made.releases
from (
    select id as company_id, year, genre_id, count(*) as releases
    from (select id, year, unnest(genre_ids) as genre_id from member) as each
    group by id, year, genre_id
) as made
left join movies.production_companies as companies on made.company_id = companies.company_id
left join movies.genres as genres on made.genre_id = genres.genre_id
order by made.company_id, made.year, made.genre_id
