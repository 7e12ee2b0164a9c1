-- The document of load.sql as tables; an empty one is left out.
\pset tuples_only on
select title, fact
from jsonb_to_record(:'document'::jsonb) as d (
    key text, load text, status text, other_loads jsonb, file text, bytes text, sha256 text, version text,
    opened_at timestamptz, finished_at timestamptz, seconds numeric, duplicates jsonb,
    unknown_members bigint, unknown_names jsonb, summary jsonb
)
cross join lateral (
    values
    ('key', key),
    ('load', load),
    ('status', status),
    ('other loads', (
        select string_agg(load || ' (' || status || ')', ', ' order by load)
        from jsonb_to_recordset(other_loads) as o (load bigint, status text)
    )),
    ('file', file),
    ('bytes', bytes),
    ('SHA-256', sha256),
    ('version', version),
    ('opened', to_char(opened_at, 'YYYY-MM-DD HH24:MI:SS"Z"')),
    ('finished', to_char(finished_at, 'YYYY-MM-DD HH24:MI:SS"Z"')),
    ('seconds', round(seconds, 1)::text),
    ('duplicates', (
        select string_agg(family || ' ' || n, ', ' order by family collate "C") from jsonb_each_text(duplicates) as f (family, n)
    )),
    ('unknown members', (
        select unknown_members || ': ' || string_agg(name, ', ')
            || case when unknown_members > count(*) then ', ...' else '' end
        from jsonb_array_elements_text(unknown_names) as u (name)
        having count(*) > 0
    )),
    ('why', summary ->> 'why')
) as line (title, fact)
where fact is not null;
\pset tuples_only off
\echo members
select
    member, state, bytes, crc32, sha256, same_as, round(seconds, 1) as seconds
from jsonb_to_recordset(:'document'::jsonb -> 'members') as m (
    member text, state text, bytes bigint, crc32 text, sha256 text, same_as text, seconds numeric
);
select
    coalesce(:'document'::jsonb -> 'summary' ->> 'status' = 'promoted', false) as has_summary,
    :'document'::jsonb -> 'counts' <> '[]' as has_counts,
    :'document'::jsonb -> 'rejects' <> '[]' as has_rejects,
    :'document'::jsonb -> 'findings' <> '[]' as has_findings \gset
\if :has_summary
    \echo summary
    select
        f.family, records, blank, rejoined, rejected, superseded, inserted, updated, unchanged, older
    from jsonb_each(:'document'::jsonb -> 'summary') as f (family, facts)
    cross join lateral jsonb_to_record(case when jsonb_typeof(facts) = 'object' then facts else '{}' end) as r (
        records bigint, blank bigint, rejoined bigint, rejected bigint, superseded bigint, inserted bigint,
        updated bigint, unchanged bigint, older bigint
    )
    where jsonb_typeof(facts) = 'object'
    order by f.family collate "C";
\endif
\if :has_counts
    \echo counts
    select
        member, chain, position as place, tool, (counts ->> 'in')::bigint as "in",
        (counts ->> 'out')::bigint as "out", (counts ->> 'rejected')::bigint as rejected,
        (
            select string_agg(name || ' ' || number, ', ' order by name collate "C")
            from jsonb_each_text(counts) as n (name, number)
            where name not in ('in', 'out', 'rejected', 'in_digest', 'out_digest')
        ) as "and"
    from jsonb_to_recordset(:'document'::jsonb -> 'counts') as c (
        member text, chain text, position bigint, tool text, counts jsonb
    );
\endif
\if :has_rejects
    \echo turned away (rejoined and too-long-more are remarks, no rejects), the first of each code
    select member, code, count, record, line, tool, reason
    from jsonb_to_recordset(:'document'::jsonb -> 'rejects') as r (
        member text, code text, count bigint, first jsonb
    )
    cross join jsonb_to_recordset(first) as f (record bigint, line bigint, tool text, reason text);
\endif
\if :has_findings
    \echo findings
    select rule, family, severity, found, example
    from jsonb_to_recordset(:'document'::jsonb -> 'findings') as f (
        rule text, family text, severity text, found bigint, example text
    );
\endif
