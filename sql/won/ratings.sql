-- Ratings are the most of a file, and mostly say what is known. Where there are none yet, the
-- staged table has its index (sql/stage/index.sql), so as to become movies.ratings as it is. Otherwise only
-- those rows are kept that movies.ratings does not already outdo. It can only come to outdo more until
-- the promotion, since what it holds never goes back. What there is of each movie is for the rules.
select
    not exists(select from movies.ratings) as is_first,
    to_regclass('stage.' || :'unique') is null as lacks_index \gset
\if :is_first
    \set news :records
    \if :lacks_index
        drop table if exists stage.:"won";
        create table if not exists stage.:"rivals" (like ops.rating_conflicts);
        \ir twice.sql
    \endif
    analyze stage.:"records"; -- its statistics stay with it: the next file may come before autovacuum
\else
    \set news :fresh
    \ir fresh.sql
    drop table if exists stage.:"won";
    drop table stage.:"records";
\endif
select to_regclass('stage.' || :'won') is null as lacks_sums \gset
\if :lacks_sums
    \ir sums.sql
\endif
