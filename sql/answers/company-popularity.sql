-- question: How popular were the movies of each production company on average, year by year?
-- columns: company_id, company, year, popularity, movies
-- first: popularity desc nulls last, company_id, year
select
    made.company_id,
    companies.name as company,
    made.year,
    round(made.popularity, 6) as popularity,
    made.movies
from (
    select
        id as company_id,
        year,
        round(sum(popularity) / round(count(popularity)::numeric, 30), 30) as popularity,
        count(*) as movies
    from member
    group by id, year
) as made
left join movies.production_companies as companies on made.company_id = companies.company_id
order by made.company_id, made.year
