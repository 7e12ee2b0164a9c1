-- Prints version and SHA-256 of every migration that the database has had, in order;
-- nothing if it never had one. Or, alone, the encoding of a database that cannot hold every text.
select
    current_setting('server_encoding') as encoding,
    current_setting('server_encoding') <> 'UTF8' as is_narrow \gset
\if :is_narrow
    \echo encoding :encoding
    \quit
\endif
select to_regclass('ops.migrations') is not null as begun \gset
\if :begun
select
    version,
    sha256
from ops.migrations
order by version;
\endif
