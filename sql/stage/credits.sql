-- A record has no more than its movie's id; what it lists is in the tables of its lists.
create table stage.:"records" (
    movie_id bigint not null, _record bigint not null, _line bigint not null
);
create table stage.:"cast" (
    movie_id bigint not null, person_id bigint not null, cast_id bigint, "order" bigint, gender bigint,
    "character" text, credit_id text, name text, profile_path text,
    _record bigint not null, _line bigint not null
);
create table stage.:"crew" (
    movie_id bigint not null, person_id bigint not null, gender bigint, credit_id text, department text,
    job text, name text, profile_path text,
    _record bigint not null, _line bigint not null
);
