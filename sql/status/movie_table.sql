-- The document of movie.sql as tables; an empty one is left out.
\pset tuples_only on
select movie_id, title
from jsonb_to_record(:'document'::jsonb) as d (movie_id bigint, title text);
\pset tuples_only off
select
    :'document'::jsonb -> 'sets' <> '[]' as has_sets,
    :'document'::jsonb -> 'duplicates' <> '[]' as has_duplicates,
    :'document'::jsonb -> 'rejects' <> '[]' as has_rejects,
    :'document'::jsonb ->> 'more_duplicates' as more_duplicates,
    :'document'::jsonb ->> 'more_rejects' as more_rejects,
    (:'document'::jsonb ->> 'more_duplicates')::bigint > 0 as has_more_duplicates,
    (:'document'::jsonb ->> 'more_rejects')::bigint > 0 as has_more_rejects \gset
\if :has_sets
    select "set", "rows", id, key, member, record, line
    from jsonb_to_recordset(:'document'::jsonb -> 'sets') as s (
        "set" text, "rows" bigint, id bigint, key text, member text, record bigint, line bigint
    );
    \echo where they are
    select key, sha256, command
    from jsonb_to_recordset(:'document'::jsonb -> 'sets') as s (key text, sha256 text, command text)
    group by key, sha256, command
    order by key collate "C" desc, command collate "C";
\endif
\if :has_duplicates
    \echo records that a later one of the same file outdoes
    select family, id, key, record, line, won_record, won_line
    from jsonb_to_recordset(:'document'::jsonb -> 'duplicates') as d (
        family text, id bigint, key text, record bigint, line bigint, won_record bigint, won_line bigint
    );
\endif
\if :has_more_duplicates
    \echo and :more_duplicates more: --limit N shows N of them
    \echo
\endif
\if :has_rejects
    \echo turned away
    select key, status, member, record, line, tool, code, reason
    from jsonb_to_recordset(:'document'::jsonb -> 'rejects') as r (
        key text, status text, member text, record bigint, line bigint, tool text, code text, reason text
    );
\endif
\if :has_more_rejects
    \echo and :more_rejects more: --limit N shows N of them
\endif
