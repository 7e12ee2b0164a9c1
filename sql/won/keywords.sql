-- Of each movie the list of the record that wins in this file, each id once, under its smallest
-- name, and a digest of it.
\ir winner.sql
create table stage.:"said_keywords" as
    select w.movie_id, s.keyword_id, min(s.keyword collate "C") as name
    from stage.:"listed" as s join winner as w using (_record)
    group by w.movie_id, s.keyword_id;

create table stage.:"won" as
    with lists as (
        select movie_id, array_agg((keyword_id, name) order by keyword_id)::text as list
        from stage.:"said_keywords"
        group by movie_id
    )

    select
        w.movie_id, w._record as record, w._line as line,
        sha256(convert_to(row(lists.list)::text, 'UTF8')) as digest
    from winner as w
    left join lists using (movie_id);
drop view accepted;
