-- Makes the indexes and foreign keys again that first_begin.sql has taken off, where they were.
\if :is_first
    set local default_tablespace to '';
    select makes from pg_temp.first_parts order by is_last, makes
    \gexec
\endif
