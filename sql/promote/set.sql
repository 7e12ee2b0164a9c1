-- Replaces the sets of the changed movies in one relation, and derives anew each id that an
-- old or a new set of theirs mentions. From the caller: :said (the stage table of the new sets: movie_id, the id,
-- name), :relation (movies.movie_genres ...), :derived (movies.genres ...), :id (its column).
-- A derived name is the non-null one that most current sets give, ties the smallest by "C";
-- an id that nobody mentions has no row.
create temp table touched on commit drop as
    select :"id" as id
    from movies.:"relation" join changed using (movie_id)
    union
    select :"id"
    from stage.:"said" join changed using (movie_id);

delete from movies.:"relation" as r using changed where r.movie_id = changed.movie_id;
insert into movies.:"relation" (movie_id, :"id", name)
    select movie_id, :"id", name from stage.:"said" join changed using (movie_id);

create temp table named on commit drop as
    select distinct on (:"id") :"id" as id, name
    from (
        select :"id", name, count(*) as sets
        from movies.:"relation"
        where :"id" in (select id from touched)
        group by :"id", name
    ) as mention
    order by :"id", (name is null), sets desc, name collate "C";

delete from movies.:"derived"
where :"id" in (select id from touched) and :"id" not in (select id from named);
insert into movies.:"derived" as d (:"id", name)
    select id, name from named
on conflict (:"id") do update
    set name = excluded.name
    where d.name is distinct from excluded.name;
drop table touched, named;
