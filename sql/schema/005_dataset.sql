-- The other members of the zip. They may arrive in any order and without each other, so no
-- foreign key ties them to the movies.

create table movies.movie_keywords (
    movie_id bigint not null,
    keyword_id bigint not null,
    name text,
    primary key (movie_id, keyword_id)
);
comment on table movies.movie_keywords is 'The keywords of each movie, as its newest record in keywords.csv lists them.';
create index movie_keywords_keyword_id on movies.movie_keywords (keyword_id);

create table movies.keywords (
    keyword_id bigint primary key,
    name text
);
comment on table movies.keywords is 'Derived from movie_keywords: the name that stands for an id.';

-- A person may play several parts and hold several jobs in a movie: no key but the whole row.
create table movies.cast_members (
    movie_id bigint not null,
    person_id bigint not null,
    cast_id bigint,
    "order" bigint,
    gender bigint,
    "character" text,
    credit_id text,
    name text,
    profile_path text
);
comment on table movies.cast_members is
'Who plays in each movie, as its newest record in credits.csv lists them; entries that are equal in all are one row.';
comment on column movies.cast_members.gender is '0 not set, 1 female, 2 male, 3 non-binary, as TMDB numbers them.';
create index cast_members_movie_id on movies.cast_members (movie_id);
create index cast_members_person_id on movies.cast_members (person_id);

create table movies.crew_members (
    movie_id bigint not null,
    person_id bigint not null,
    gender bigint,
    credit_id text,
    department text,
    job text,
    name text,
    profile_path text
);
comment on table movies.crew_members is
'Who worked on each movie, as its newest record in credits.csv lists them; entries that are equal in all are one row.';
create index crew_members_movie_id on movies.crew_members (movie_id);
create index crew_members_person_id on movies.crew_members (person_id);

create table movies.people (
    person_id bigint primary key,
    name text,
    gender bigint,
    profile_path text
);
comment on table movies.people is
'Derived from cast_members and crew_members, each column by itself: what most of a person''s rows say.';

create table movies.links (
    movie_id bigint primary key,
    imdb_id text,
    tmdb_id bigint
);
comment on table movies.links is 'What MovieLens calls a movie, and what others call it.';
comment on column movies.links.movie_id is 'MovieLens''s id, as in ratings; not that of movies.movies.';
comment on column movies.links.imdb_id is 'Without the tt, zeros in front kept.';
comment on column movies.links.tmdb_id is 'The movie_id of movies.movies; null where MovieLens knows none.';
create index links_tmdb_id on movies.links (tmdb_id);

-- A promotion may replace the whole table by one that it has filled and indexed beforehand:
-- sql/promote/ratings.sql names what must be the same.
create table movies.ratings (
    user_id integer not null,
    movie_id integer not null,
    rating numeric(3, 1) not null,
    rated_at timestamptz not null,
    source bigint not null,
    constraint ratings_pkey primary key (user_id, movie_id)
);
comment on table movies.ratings is
'The latest rating that each user of MovieLens gave each movie; of several at that time the highest.';
comment on column movies.ratings.movie_id is 'MovieLens''s id: links leads to the movie.';
comment on column movies.ratings.source is 'The earliest file that holds this rating, as a number: see movies.source_key.';

create table ops.rating_conflicts (
    user_id integer not null,
    movie_id integer not null,
    rating numeric(3, 1) not null,
    source bigint not null,
    primary key (user_id, movie_id, rating)
);
comment on table ops.rating_conflicts is
'Other ratings given at the very time of the one in movies.ratings; gone when a later one comes.';
comment on column ops.rating_conflicts.source is 'The earliest file that holds it, see movies.source_key.';

create view movies.movies_aggregated as
select
    m.movie_id,
    m.popularity,
    m.revenue,
    m.budget,
    m.release_date,
    genres.name as genre,
    companies.name as production_company,
    m.release_year,
    m.profit
from movies.movies as m
left join movies.movie_genres as mg on m.movie_id = mg.movie_id
left join movies.genres as genres on mg.genre_id = genres.genre_id
left join movies.movie_companies as mc on m.movie_id = mc.movie_id
left join movies.production_companies as companies on mc.company_id = companies.company_id;
comment on view movies.movies_aggregated is
'A row for each movie, genre and company of it (null where it has none): figures must not be added up over it.';

create view movies.credits as
with
cast_lists as (
    select
        movie_id,
        json_agg(json_build_object(
            'cast_id', cast_id, 'character', "character", 'credit_id', credit_id, 'gender', gender,
            'id', person_id, 'name', name, 'order', "order", 'profile_path', profile_path
        ) order by "order", cast_id, credit_id collate "C", cast_members::text collate "C") as list
    from movies.cast_members
    group by movie_id
),

crew_lists as (
    select
        movie_id,
        json_agg(json_build_object(
            'credit_id', credit_id, 'department', department, 'gender', gender, 'id', person_id,
            'job', job, 'name', name, 'profile_path', profile_path
        ) order by department collate "C", job collate "C", credit_id collate "C", crew_members::text collate "C")
            as list
    from movies.crew_members
    group by movie_id
)

select
    n.id as movie_id,
    coalesce(a.list, '[]') as "cast",
    coalesce(b.list, '[]') as crew
from ops.newest as n
left join cast_lists as a on n.id = a.movie_id
left join crew_lists as b on n.id = b.movie_id
where n.family = 'credits';
comment on view movies.credits is
'A row for each movie that credits.csv names, its lists as JSON in the shape that they came in.';
