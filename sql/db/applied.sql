-- Prints version and SHA-256 of every migration that the database has had, in order;
-- nothing if it never had one.
select to_regclass('ops.migrations') is not null as begun \gset
\if :begun
select
    version,
    sha256
from ops.migrations
order by version;
\endif
