-- question: How much did the movies of each genre earn, year by year?
-- columns: genre_id, genre, year, revenue, revenue_split, movies, movies_known
-- first: revenue desc nulls last, genre_id, year
select
    per_year.id as genre_id,
    named.name as genre,
    per_year.year,
    per_year.revenue,
    round(per_year.revenue_split, 2) as revenue_split,
    per_year.movies,
    per_year.movies_revenue as movies_known
from per_year
left join movies.genres as named on per_year.id = named.genre_id
order by per_year.id, per_year.year
