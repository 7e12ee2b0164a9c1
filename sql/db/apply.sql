-- Applies one migration and writes its row, in one transaction.
-- Variables: file (its path), version, name, sha256. Whoever comes second waits on the lock,
-- then finds the row and does nothing.
begin isolation level read committed, read write;
select pg_advisory_xact_lock(pg_catalog.hashtextextended('movies-pipeline: migrations', 0::bigint)) as locked \gset
select to_regclass('ops.migrations') is not null as begun \gset
\set applied false
\if :begun
select exists(select from ops.migrations where version = :version) as applied \gset
\endif
\if :applied
\else
\i :file
insert into ops.migrations (version, name, sha256)
values (:version, :'name', :'sha256');
\endif
commit;
