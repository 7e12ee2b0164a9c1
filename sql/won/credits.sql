-- Of each movie the lists of the record that wins in this file, and a digest of them. Entries
-- that are equal in all are one.
\ir winner.sql
create table stage.:"said_cast" as
    select distinct
        w.movie_id, s.person_id, s.cast_id, s."order", s.gender, s."character", s.credit_id, s.name,
        s.profile_path
    from stage.:"cast" as s join winner as w using (_record);
create table stage.:"said_crew" as
    select distinct
        w.movie_id, s.person_id, s.gender, s.credit_id, s.department, s.job, s.name, s.profile_path
    from stage.:"crew" as s join winner as w using (_record);

create table stage.:"won" as
    with cast_lists as (
        select movie_id, array_agg(entry order by entry collate "C")::text as list
        from (select movie_id, s::text as entry from stage.:"said_cast" as s) as entries
        group by movie_id
    ),

    crew_lists as (
        select movie_id, array_agg(entry order by entry collate "C")::text as list
        from (select movie_id, s::text as entry from stage.:"said_crew" as s) as entries
        group by movie_id
    )

    select
        w.movie_id, w._record as record, w._line as line,
        sha256(convert_to(row(cast_lists.list, crew_lists.list)::text, 'UTF8')) as digest
    from winner as w
    left join cast_lists using (movie_id)
    left join crew_lists using (movie_id);
drop view accepted;
