-- Promotes what load :load holds of :family, if anything, and reports on it.
select
    count(*) filter (where state = 'staged') = 1 as is_staged,
    count(*) filter (where state = 'same') = 1 as is_same,
    coalesce(max(member), '') as member,
    coalesce(max(same_as), 0) as same_as
from ops.members
where load_id = :load and family = :'family' and state in ('staged', 'same') \gset
\if :is_staged
    \ir ../stage/names.sql
    insert into ops.counts (load_id, member, chain, position, tool, counts)
        select :load, member, chain, position, tool, counts from stage.:"counts";
    insert into ops.rejects (
        load_id, tool, member, record, line, "offset", length, code, reason, raw, raw_base64
    )
        select :load, tool, member, record, line, "offset", length, code, reason, raw, raw_base64
        from stage.:"rejects";
    \set family_script :family .sql
    \ir :family_script
\elif :is_same
    \ir repeat.sql
\endif
