-- question: How much was spent on the movies of each genre, year by year?
-- columns: genre_id, genre, year, budget, budget_split, movies, movies_known
-- first: budget desc nulls last, genre_id, year
select
    per_year.id as genre_id,
    named.name as genre,
    per_year.year,
    per_year.budget,
    round(per_year.budget_split, 2) as budget_split,
    per_year.movies,
    per_year.movies_budget as movies_known
from per_year
left join movies.genres as named on per_year.id = named.genre_id
order by per_year.id, per_year.year
