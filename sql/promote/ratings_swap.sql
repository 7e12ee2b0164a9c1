-- The staged table becomes movies.ratings, which is empty, with what that one had beside its rows.
create temp table granted on commit drop as
    select format(
        'grant %s on movies.ratings to %s%s', privilege_type,
        case when grantee = 0 then 'public' else grantee::regrole::text end,
        case when is_grantable then ' with grant option' else '' end
    ) as command
    from pg_class
    cross join aclexplode(relacl) as a
    where oid = 'movies.ratings'::regclass and grantee <> relowner;
select obj_description('movies.ratings'::regclass) as description \gset
drop table movies.ratings;
alter table stage.:"records" rename to ratings;
alter table stage.ratings set schema movies;
alter table movies.ratings alter source drop default;
alter table movies.ratings add constraint ratings_pkey primary key using index :"unique"; -- noqa: PRS
comment on table movies.ratings is :'description';
select command from granted
\gexec
insert into ops.rating_conflicts (user_id, movie_id, rating, source)
    select user_id, movie_id, rating, source from stage.:"rivals"
on conflict do nothing;
insert into report select 'ratings', jsonb_build_object(
    'superseded', loaded - n, 'inserted', n, 'updated', 0, 'unchanged', 0, 'older', 0
)
from
    (select (counts ->> 'loaded')::bigint as loaded from stage.:"counts" where position = 2) as c,
    (select coalesce(sum(ratings), 0) as n from stage.:"won") as r;
drop table granted;
