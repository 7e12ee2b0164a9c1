-- psql's \copy of a file that the server has written before in its own binary form: nothing to unpack or parse.
begin;
truncate ratings;
\copy ratings from 'ready/ratings' with (format binary, freeze)
commit;
