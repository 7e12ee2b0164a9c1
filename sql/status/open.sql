-- First part of every run of movies-status, for psql: one snapshot for all that follows, and how
-- things look; control characters in names come out as codes in tables. Each form then makes one
-- JSON document, in the variable document, and shows that (:is_json) or the tables of it.
begin isolation level repeatable read, read only;
set local search_path to pg_catalog;
set local jit to off;
\if :is_json
    \pset format unaligned
    \pset tuples_only on
\else
    \pset format aligned
    \pset border 0
    \pset linestyle unicode
    \pset null '-'
    \pset footer off
\endif
