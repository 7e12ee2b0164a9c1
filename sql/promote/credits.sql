-- The lists of the movies whose credits changed in load :load, and the people derived from them.
\ir marks.sql
create temp table touched_people on commit drop as
    select person_id from movies.cast_members join changed using (movie_id)
    union
    select person_id from movies.crew_members join changed using (movie_id)
    union
    select person_id from stage.:"said_cast" join changed using (movie_id)
    union
    select person_id from stage.:"said_crew" join changed using (movie_id);
create unique index on touched_people (person_id);
analyze touched_people;

delete from movies.cast_members as r using changed where r.movie_id = changed.movie_id;
insert into movies.cast_members (
    movie_id, person_id, cast_id, "order", gender, "character", credit_id, name, profile_path
)
    select
        movie_id, person_id, cast_id, "order", gender, "character", credit_id, name, profile_path
    from stage.:"said_cast" join changed using (movie_id);
delete from movies.crew_members as r using changed where r.movie_id = changed.movie_id;
insert into movies.crew_members (
    movie_id, person_id, gender, credit_id, department, job, name, profile_path
)
    select movie_id, person_id, gender, credit_id, department, job, name, profile_path
    from stage.:"said_crew" join changed using (movie_id);
\ir people.sql
drop table changed, touched_people;
