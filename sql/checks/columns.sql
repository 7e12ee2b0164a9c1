-- The generated columns.
select 'a generated column', format('movie %s: profit %s, year %s, month %s', movie_id, profit, release_year, release_month)
from movies.movies
where profit is distinct from revenue - budget
    or release_year is distinct from to_char(release_date, 'FMYYYY')::integer
    or release_month is distinct from to_char(release_date, 'FMMM')::integer;
