-- psql's \copy of the unpacked CSV. COPY reads no epoch as a timestamptz: the time stays a bigint.
begin;
truncate ratings;
\copy ratings from 'ratings.csv' with (format csv, header, freeze)
commit;
