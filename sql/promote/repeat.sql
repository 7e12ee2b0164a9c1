-- Promotes a member whose bytes are those of load :same_as: its marks become ours, and what was
-- found in it is found again. (Why that is right: same.sql.)
update ops.newest set load_id = :load
where family = :'family' and load_id = :same_as;
insert into report
    select :'family', jsonb_build_object(
        'inserted', 0, 'updated', 0, 'older', 0,
        'unchanged', case
            when :'family' = 'ratings' then (
                select (counts ->> 'loaded')::bigint from ops.counts
                where load_id = :same_as and chain = 'ratings' and position = 2
            )
            else (select count(*) from ops.newest where family = :'family' and load_id = :load)
        end
    );
insert into ops.counts (load_id, member, chain, position, tool, counts)
    select :load, member, chain, position, tool, counts
    from ops.counts
    where load_id = :same_as and member = :'member';
insert into ops.rejects (
    load_id, tool, member, record, line, "offset", length, code, reason, raw, raw_base64
)
    select :load, tool, member, record, line, "offset", length, code, reason, raw, raw_base64
    from ops.rejects
    where load_id = :same_as and member = :'member';
insert into ops.duplicates (load_id, family, id, record, line, won_record, won_line)
    select :load, family, id, record, line, won_record, won_line
    from ops.duplicates
    where load_id = :same_as and family = :'family';
insert into ops.findings (load_id, rule, family, severity, found, example)
    select :load, rule, family, severity, found, example
    from ops.findings
    where load_id = :same_as and family = :'family'
on conflict do nothing;
select :'family' = 'movies' as has_movies \gset
\if :has_movies
    create temp view snapshot as
        select
            m.movie_id, m.budget, m.revenue, m.release_date, m.popularity, m.genre_ids, m.company_ids
        from movies.movies as m
        join ops.newest as n on n.family = 'movies' and n.id = m.movie_id and n.load_id = :load;
    \ir snapshots.sql
\endif
