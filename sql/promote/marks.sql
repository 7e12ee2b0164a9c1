-- Moves the marks of :family to the winning records of load :load where nothing newer holds them,
-- and makes the temporary table changed: the ids whose rows must be written. The mark moves
-- also when the record says the same again; else a late file in between would win over it.
create temp table judged on commit drop as
    select
        w.movie_id, w.record, w.line, w.digest,
        n.id is null as is_new,
        coalesce(its.source <= :load_source, true) as takes,
        coalesce(n.digest <> w.digest, true) as differs
    from stage.:"won" as w
    left join ops.newest as n on n.family = :'family' and n.id = w.movie_id
    left join ops.loads as its on its.load_id = n.load_id;

update ops.newest as n
set load_id = :load, member = :'member', record = j.record, line = j.line, digest = j.digest
from judged as j
where n.family = :'family' and n.id = j.movie_id and j.takes and not j.is_new;
insert into ops.newest (family, id, load_id, member, record, line, digest)
    select :'family', movie_id, :load, :'member', record, line, digest
    from judged
    where is_new;

insert into ops.duplicates (load_id, family, id, record, line, won_record, won_line)
    select :load, :'family', id, record, line, won_record, won_line
    from stage.:"duplicates";

create temp table changed on commit drop as
    select movie_id from judged where takes and differs;
create unique index on changed (movie_id);
analyze changed;

insert into report select :'family', jsonb_build_object(
    'superseded', (select count(*) from stage.:"duplicates"),
    'inserted', count(*) filter (where is_new),
    'updated', count(*) filter (where takes and differs and not is_new),
    'unchanged', count(*) filter (where takes and not differs),
    'older', count(*) filter (where not takes)
)
from judged;
drop table judged;
