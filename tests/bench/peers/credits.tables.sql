-- The columns of movies.cast_members and movies.crew_members; no keys, as there.
drop table if exists cast_members, crew_members;
create table cast_members (
    movie_id bigint not null,
    person_id bigint not null,
    cast_id bigint,
    "order" bigint,
    gender bigint,
    "character" text,
    credit_id text,
    name text,
    profile_path text
) with (autovacuum_enabled = off);
create table crew_members (
    movie_id bigint not null,
    person_id bigint not null,
    gender bigint,
    credit_id text,
    department text,
    job text,
    name text,
    profile_path text
) with (autovacuum_enabled = off);
