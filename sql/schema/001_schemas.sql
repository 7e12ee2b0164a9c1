-- The three schemas, and the record of the migrations themselves.
--
-- Migrations are append-only: a file that has been applied anywhere is never edited, since
-- movies-db compares its SHA-256 with the one kept here. Each runs in one transaction,
-- together with its row in ops.migrations.

create schema movies;
comment on schema movies is 'What people query: the newest state of every movie and what is derived from it.';

create schema ops;
comment on schema ops is 'The history of loads: files, marks, counts, rejects, duplicates.';

create schema stage;
comment on schema stage is 'Tables of the loads under way, one set a load; dropped when the load is finished.';

create table ops.migrations (
    version integer primary key check (version >= 1),
    name text not null,
    sha256 text not null,
    applied_at timestamptz not null default now()
);
comment on table ops.migrations is 'One row for each applied file of sql/schema.';
comment on column ops.migrations.version is 'The number that the file''s name begins with.';
comment on column ops.migrations.sha256 is 'SHA-256 of the file''s bytes as applied, in hexadecimal.';
