-- Into tables without indexes and foreign keys rows go four times as fast; with wal_level = minimal, into
-- files that the transaction made, also without a log. So a database's first load takes them off, and
-- first_end.sql makes them again. They stay where making them again would lose something or might fail, where
-- others depend on them or are told of every change, and where the tables cannot be had alone, all at once and
-- without waiting: a reader that holds one and wants another would wait for us.
select
    not exists(select from ops.newest)
    and exists(
        select from ops.members
        where load_id = :load and state = 'staged' and family in ('movies', 'credits', 'keywords')
    ) as is_first \gset
\if :is_first
    create temp table first_tables (relation regclass) on commit drop;
    create temp table first_parts (is_last boolean, takes text, makes text) on commit drop;
    insert into pg_temp.first_tables values
    ('ops.newest'), ('movies.company_releases'), ('movies.movie_genres'), ('movies.movie_companies'),
    ('movies.movie_countries'), ('movies.movie_languages'), ('movies.movie_keywords'), ('movies.cast_members'),
    ('movies.crew_members'), ('movies.people');
    -- Beside them, those that are wanted alone later on: what foreign keys lead to, what ratings_swap.sql replaces.
    create temp table first_others on commit drop as
        select 'movies.movies'::regclass as relation
        union all
        select 'movies.ratings'::regclass from ops.members
        where load_id = :load and state = 'staged' and family = 'ratings' and not exists(select from movies.ratings);
    \ir first_plain.sql
    \ir first_take.sql
    drop view first_plain;
\endif
