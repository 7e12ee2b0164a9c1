-- Derives anew the people that an old or a new row of changed credits names (touched_people):
-- each attribute by itself, the non-null value that most of their rows give, ties the smallest
-- by "C"; who has no row any more goes.
create temp table mentioned on commit drop as
    select
        person_id, name, gender::text as gender, profile_path, count(*) as times,
        count(*) over (partition by person_id) as versions
    from (
        select person_id, name, gender, profile_path
        from movies.cast_members join touched_people using (person_id)
        union all
        select person_id, name, gender, profile_path
        from movies.crew_members join touched_people using (person_id)
    ) as rows_of_them
    group by person_id, name, gender, profile_path;

-- Most people are always said the same of: no vote is needed.
create temp table named on commit drop as
    with vote as (
        select person_id, attribute, value, sum(times) as times
        from mentioned
        cross join lateral (
            values ('name', name), ('gender', gender), ('profile_path', profile_path)
        ) as said (attribute, value)
        where versions > 1
        group by person_id, attribute, value
    ),

    elected as (
        select distinct on (person_id, attribute) person_id, attribute, value
        from vote
        order by person_id, attribute, (value is null), times desc, value collate "C"
    )

    select person_id, name, gender::bigint, profile_path
    from mentioned
    where versions = 1
    union all
    select
        person_id,
        max(value) filter (where attribute = 'name') as name,
        max(value) filter (where attribute = 'gender')::bigint as gender,
        max(value) filter (where attribute = 'profile_path') as profile_path
    from elected
    group by person_id;
create unique index on named (person_id);
analyze named;

delete from movies.people as p
using touched_people as t
where p.person_id = t.person_id
    and not exists (select from named as n where n.person_id = p.person_id);
update movies.people as p
set name = n.name, gender = n.gender, profile_path = n.profile_path
from named as n
where p.person_id = n.person_id
    and (p.name, p.gender, p.profile_path) is distinct from (n.name, n.gender, n.profile_path);
insert into movies.people (person_id, name, gender, profile_path)
    select person_id, name, gender, profile_path
    from named as n
    where not exists (select from movies.people as p where p.person_id = n.person_id);
drop table mentioned, named;
