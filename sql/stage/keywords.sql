-- A record has no more than its movie's id; what it lists is in the table of its list.
create table stage.:"records" (
    movie_id bigint not null, _record bigint not null, _line bigint not null
);
create table stage.:"listed" (
    movie_id bigint not null, keyword_id bigint not null, keyword text,
    _record bigint not null, _line bigint not null
);
