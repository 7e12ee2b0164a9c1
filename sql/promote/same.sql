-- Makes the view same_members: the members of load :load that need no staging, and whose load
-- same_as stands for each. That is right if the bytes are the same, the same program loaded
-- them, and among all promoted files that load is the newest to hold the family, though older than ours:
-- then each of its accepted records is the one that the database holds, and each of ours, being the
-- same, changes nothing but the mark. What it turned away we would; more of them than our load
-- allows and we would have failed.
create temp view same_members as
    select mine.member, mine.family, its.load_id as same_as
    from ops.members as mine
    join ops.loads as my_load on mine.load_id = my_load.load_id
    cross join lateral (
        select m.*, l.source, l.version
        from ops.members as m
        join ops.loads as l using (load_id)
        where m.family = mine.family and m.state in ('staged', 'same') and l.status = 'promoted'
        order by l.source desc
        limit 1
    ) as its
    where mine.load_id = :load
        and mine.state in ('given', 'same')
        and (its.member, its.sha256, its.bytes, its.crc32) = (mine.member, mine.sha256, mine.bytes, mine.crc32)
        and its.version = my_load.version
        and its.source < my_load.source
        and coalesce((
            select max((counts ->> 'rejected')::bigint)
            from ops.counts as c
            where c.load_id = its.load_id and c.member = its.member
        ), 0) <= my_load.max_rejects;
