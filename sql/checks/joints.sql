-- Does every filter's arithmetic hold, and did each receive what the one before it sent?
-- Makes two views over the caller's views counted (load_id and the columns of ops.counts) and
-- noted (load_id and the columns of ops.rejects):
--   turned_away    bad records as the filters wrote them down, without the remarks beside them
--   joint_faults   load_id and fault, a row for each: none means nothing was lost, doubled
--                  or altered
-- A member is a head chain (0 what the archive's directory promises, 1 csv2ndjson, 2 pgload) that
-- feeds a chain for each list in its records (1 explode-*, 2 pgload). Digests are of the lines that
-- went through, so that an altered one shows too. What is not known to hold (a count that is
-- missing) is a fault.
create temp view turned_away as
    select * from noted where code not in ('rejoined', 'too-long-more');

create temp view joint_faults as -- noqa: PRS
with chains as (
    select member, head, chain, chain = head as is_head
    from
        (
            values
            ('movies_metadata.csv', 'movies', array['movies', 'genres', 'companies', 'countries', 'languages', 'collections']),
            ('credits.csv', 'credits', array['credits', 'cast', 'crew']),
            ('keywords.csv', 'keywords', array['keywords', 'listed']),
            ('links.csv', 'links', array['links']),
            ('links_small.csv', 'links', array['links']),
            ('ratings.csv', 'ratings', array['ratings'])
        ) as m (member, head, chains)
    cross join unnest(chains) as chain
),

step as (
    select
        c.load_id, c.member, c.chain, c.position, c.chain || '.' || c.tool as step,
        h.is_head,
        (counts ->> 'in')::bigint as got, counts ->> 'in_digest' as got_digest,
        (counts ->> 'out')::bigint as sent, counts ->> 'out_digest' as sent_digest,
        (counts ->> 'rejected')::bigint as rejected,
        (counts ->> 'rejoined')::bigint as rejoined,
        (counts ->> 'blank')::bigint as blank,
        (counts ->> 'exploded')::bigint as exploded,
        (counts ->> 'empty')::bigint as empty,
        (counts ->> 'loaded')::bigint as loaded,
        (counts ->> 'bytes')::bigint as bytes, counts ->> 'crc32' as crc32
    from counted as c
    left join chains as h on h.member = c.member and h.chain = c.chain
),

members as (
    select distinct load_id, member from counted
),

expected as (
    select m.load_id, m.member, c.chain, p.position
    from members as m
    left join chains as c on c.member = m.member
    cross join (values (0), (1), (2)) as p (position)
    where c.is_head is null or c.is_head or p.position > 0
),

feeds as (
    select
        a.load_id, a.member, a.step as source, b.step as sink, a.sent, b.got,
        a.sent = b.got as complete,
        a.sent_digest = b.got_digest as unaltered
    from step as a
    join step as b
        on a.load_id = b.load_id and a.member = b.member and a.position = 1
            and (
                (b.chain = a.chain and b.position = 2)
                or (a.is_head and not b.is_head and b.position = 1)
            )
)

select load_id, member, format('%s: no counts of step %s', chain, position) as fault
from expected left join step using (load_id, member, chain, position)
where step is null
union all
select load_id, member, format('%s: in %s is not out %s + rejected %s + rejoined %s + blank %s',
    step, got, sent, rejected, rejoined, blank)
from step
where is_head and position = 1
    and not coalesce(got = sent + rejected + rejoined + blank, false)
union all
select b.load_id, b.member, format('%s: %s bytes, CRC-32 %s of %s bytes, CRC-32 %s in the directory',
    b.step, b.bytes, b.crc32, a.bytes, a.crc32)
from step as a
join step as b using (load_id, member, chain)
where a.position = 0 and b.position = 1
    and not coalesce((a.bytes, a.crc32) = (b.bytes, b.crc32), false)
union all
select load_id, member, format('%s: in %s is not exploded %s + empty %s + rejected %s',
    step, got, exploded, empty, rejected)
from step
where not is_head and position = 1
    and not coalesce(got = exploded + empty + rejected, false)
union all
select load_id, member, format('%s: in %s is not loaded %s + rejected %s', step, got, loaded, rejected)
from step
where position = 2 and not coalesce(got = loaded + rejected, false)
union all
select load_id, member, format('%s sent %s records, %s received %s', source, sent, sink, got)
from feeds
where not coalesce(complete, false)
union all
select load_id, member, format('%s and %s differ in what went between them', source, sink)
from feeds
where complete and not coalesce(unaltered, false)
union all
select load_id, member, format('%s rejects are counted, %s were written down', counted, coalesce(written, 0))
from
    (select load_id, member, sum(rejected) as counted from step group by load_id, member) as c
left join
    (select load_id, member, count(*) as written from turned_away group by load_id, member) as w
    using (load_id, member)
where not coalesce(counted = coalesce(written, 0), false);
