-- Does every filter's arithmetic hold, and did each receive what the one before it sent?
-- Makes the view joint_faults over load :load's stage tables, as movies-load stored the counts:
-- a chain "movies" (0 what the archive's directory promises, 1 csv2ndjson, 2 pgload) that feeds
-- five chains (1 explode-*, 2 pgload). Digests are of the lines that went through, so that an
-- altered one shows too. A row for each fault: none means nothing was lost, doubled or altered.
-- What is not known to hold (a count that is missing) is a fault.
\ir ../promote/names.sql

-- Bad records as the filters wrote them down, without the remarks in the same file.
create temp view turned_away as
    select * from stage.:"rejects" where code not in ('rejoined', 'too-long-more');

create temp view joint_faults as -- noqa: PRS
with step as (
    select
        chain, position, chain || '.' || tool as step,
        (counts ->> 'in')::bigint as got, counts ->> 'in_digest' as got_digest,
        (counts ->> 'out')::bigint as sent, counts ->> 'out_digest' as sent_digest,
        (counts ->> 'rejected')::bigint as rejected,
        (counts ->> 'rejoined')::bigint as rejoined,
        (counts ->> 'blank')::bigint as blank,
        (counts ->> 'exploded')::bigint as exploded,
        (counts ->> 'empty')::bigint as empty,
        (counts ->> 'loaded')::bigint as loaded,
        (counts ->> 'bytes')::bigint as bytes, counts ->> 'crc32' as crc32
    from stage.:"counts"
),

expected as (
    select c.chain, p.position
    from
        (
            values ('movies'), ('genres'), ('companies'), ('countries'), ('languages'), ('collections')
        ) as c (chain),
        (values (1), (2)) as p (position)
    union all
    select 'movies', 0
),

feeds as (
    select
        a.step as source, b.step as sink, a.sent, b.got,
        a.sent = b.got as complete,
        a.sent_digest = b.got_digest as unaltered
    from step as a
    join step as b
        on
            (b.chain = a.chain and b.position = 2 and a.position = 1)
            or (a.chain = 'movies' and a.position = 1 and b.chain <> 'movies' and b.position = 1)
),

staged as (
    select 'movies' as chain, count(*) as n from stage.:"movies"
    union all
    select 'genres', count(*) from stage.:"genres"
    union all
    select 'companies', count(*) from stage.:"companies"
    union all
    select 'countries', count(*) from stage.:"countries"
    union all
    select 'languages', count(*) from stage.:"languages"
    union all
    select 'collections', count(*) from stage.:"collections"
)

select format('%s: no counts of step %s', chain, position) as fault
from expected left join step using (chain, position)
where step is null
union all
select format('%s: in %s is not out %s + rejected %s + rejoined %s + blank %s',
    step, got, sent, rejected, rejoined, blank)
from step
where chain = 'movies' and position = 1
    and not coalesce(got = sent + rejected + rejoined + blank, false)
union all
select format('%s: %s bytes, CRC-32 %s of %s bytes, CRC-32 %s in the directory',
    b.step, b.bytes, b.crc32, a.bytes, a.crc32)
from step as a
join step as b using (chain)
where a.position = 0 and b.position = 1
    and not coalesce((a.bytes, a.crc32) = (b.bytes, b.crc32), false)
union all
select format('%s: in %s is not exploded %s + empty %s + rejected %s',
    step, got, exploded, empty, rejected)
from step
where chain <> 'movies' and position = 1
    and not coalesce(got = exploded + empty + rejected, false)
union all
select format('%s: in %s is not loaded %s + rejected %s', step, got, loaded, rejected)
from step
where position = 2 and not coalesce(got = loaded + rejected, false)
union all
select format('%s sent %s records, %s received %s', source, sent, sink, got)
from feeds
where not coalesce(complete, false)
union all
select format('%s and %s differ in what went between them', source, sink)
from feeds
where complete and not coalesce(unaltered, false)
union all
select format('%s: %s loaded, %s in the table', step, loaded, n)
from step join staged using (chain)
where position = 2 and not coalesce(loaded = n, false)
union all
select format('%s rejects are counted, %s were written down', counted, written)
from
    (select sum(rejected) as counted from step) as c,
    (select count(*) as written from turned_away) as w
where not coalesce(counted = written, false);
