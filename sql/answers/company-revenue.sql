-- question: How much did the movies of each production company earn, year by year?
-- columns: company_id, company, year, revenue, revenue_split, movies, movies_known
-- first: revenue desc nulls last, company_id, year
select
    per_year.id as company_id,
    named.name as company,
    per_year.year,
    per_year.revenue,
    round(per_year.revenue_split, 2) as revenue_split,
    per_year.movies,
    per_year.movies_revenue as movies_known
from per_year
left join movies.production_companies as named on per_year.id = named.company_id
order by per_year.id, per_year.year
