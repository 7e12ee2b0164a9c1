-- The document of loads.sql as tables.
select
    key, load, status,
    jsonb_array_length(given) as given, jsonb_array_length(same) as same, jsonb_array_length(missing) as missing,
    records, rejected, warnings, round(seconds, 1) as seconds, to_char(finished_at, 'YYYY-MM-DD HH24:MI:SS"Z"') as finished
from jsonb_to_recordset(:'document'::jsonb -> 'loads') as l (
    key text, load bigint, status text, given jsonb, same jsonb, missing jsonb, records bigint,
    rejected bigint, warnings bigint, seconds numeric, finished_at timestamptz
);
select
    :'document'::jsonb ->> 'more' as more,
    (:'document'::jsonb ->> 'more')::bigint > 0 as has_more,
    :'document'::jsonb -> 'rejects' <> '[]' as has_rejects \gset
\if :has_more
    \echo and :more more: --limit N shows N of them
    \echo
\endif
\if :has_rejects
    \echo turned away in the promoted loads (rejoined and too-long-more are remarks, no rejects)
    select member, code, count, loads
    from jsonb_to_recordset(:'document'::jsonb -> 'rejects') as r (member text, code text, count bigint, loads bigint);
\endif
