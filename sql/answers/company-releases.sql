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
from :counts as made
left join movies.production_companies as companies on made.company_id = companies.company_id
left join movies.genres as genres on made.genre_id = genres.genre_id
where made.year between :'year_from'::int and :'year_to'::int
order by made.company_id, made.year, made.genre_id
