-- question: How much was spent on the movies of each production company, year by year?
-- columns: company_id, company, year, budget, budget_split, movies, movies_known
-- first: budget desc nulls last, company_id, year
select
    per_year.id as company_id,
    named.name as company,
    per_year.year,
    per_year.budget,
    round(per_year.budget_split, 2) as budget_split,
    per_year.movies,
    per_year.movies_budget as movies_known
from per_year
left join movies.production_companies as named on per_year.id = named.company_id
order by per_year.id, per_year.year
