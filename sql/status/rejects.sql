-- What a load turned away. Reads :load (find.sql). Prints "none"; or "LOAD KEY SHA256 STATUS
-- FIX", FIX being the largest that is known of its hour and revision, and then a line of JSON for
-- each record, ordered by member and record. is_read says that csv2ndjson could read the record;
-- another filter then turned it away, and only the file has its bytes as CSV. Otherwise raw, or
-- raw_base64, is what csv2ndjson gave; length is there only if that is not the whole record, whose bytes it
-- counts.
\set is_json true
\ir open.sql
\ir find.sql
\if :is_unknown
    \echo none
    \quit
\endif
select concat_ws(' ', load_id, key, sha256, status, (
    select max(others.fix) from ops.loads as others
    where (others.hour, others.revision) = (l.hour, l.revision)
))
from ops.loads as l
where load_id = :load_id;
with records as (
    select
        member, record, min(line) as line,
        array_agg(distinct concat_ws(': ', tool, code, reason) collate "C") as reasons,
        bool_and(tool <> 'csv2ndjson') as is_read
    from ops.rejects
    where load_id = :load_id and code not in ('rejoined', 'too-long-more')
    group by member, record
),

pieces as (
    select
        member, record,
        case when bool_and(raw is not null) then string_agg(raw, '' order by "offset") end as raw,
        case when not bool_and(raw is not null) then
            translate(encode(string_agg(
                coalesce(decode(raw_base64, 'base64'), convert_to(raw, 'UTF8')), ''::bytea order by "offset"
            ), 'base64'), chr(10), '')
        end as raw_base64,
        case when sum(length) > sum(coalesce(octet_length(decode(raw_base64, 'base64')), octet_length(raw))) then
            sum(length)
        end as length
    from ops.rejects
    where load_id = :load_id and tool = 'csv2ndjson' and code <> 'rejoined'
    group by member, record
)

select json_build_object(
    'key', key, 'member', member, 'record', record, 'line', line, 'reasons', reasons, 'is_read', is_read,
    'raw', raw, 'raw_base64', raw_base64, 'length', case when not is_read then length end
)
from records
left join pieces using (member, record)
cross join (select key from ops.loads where load_id = :load_id) as l
order by member collate "C", record;
commit;
