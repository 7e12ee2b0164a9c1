-- psql's \copy of the five tables as finished CSV: nothing to unpack, to take apart or to look up.
begin;
truncate movies, movie_genres, movie_companies, genres, production_companies;
\copy movies from 'ready/movies' with (format csv, freeze)
\copy movie_genres from 'ready/movie_genres' with (format csv, freeze)
\copy movie_companies from 'ready/movie_companies' with (format csv, freeze)
\copy genres from 'ready/genres' with (format csv, freeze)
\copy production_companies from 'ready/production_companies' with (format csv, freeze)
commit;
