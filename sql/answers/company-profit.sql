-- question: How much profit did the movies of each production company make, year by year?
-- columns: company_id, company, year, profit, profit_split, profit_known, movies, movies_known
-- first: profit desc nulls last, company_id, year
select
    per_year.id as company_id,
    named.name as company,
    per_year.year,
    per_year.profit,
    round(per_year.profit_split, 2) as profit_split,
    per_year.profit_known,
    per_year.movies,
    per_year.movies_profit as movies_known
from per_year
left join movies.production_companies as named on per_year.id = named.company_id
order by per_year.id, per_year.year
