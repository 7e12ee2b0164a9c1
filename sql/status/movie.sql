-- Where the database has a movie from. Reads :movie (its id), :most (duplicates and rejects shown)
-- and :is_json. Prints "ok", then the document or its tables; "none" if no file said anything of it.
-- A rejected record is known to be about a movie where a filter after csv2ndjson turned it away:
-- what it was given begins with the movie's id.
\ir open.sql
with ids as (
    select family, :movie::bigint as id
    from unnest(array['movies', 'credits', 'keywords']) as family
    union all
    select 'links', movie_id
    from movies.links
    where tmdb_id = :movie
),

sets as (
    select 'movies' as family, :movie::bigint as id, 1 as place, 'movie' as name, count(*) as n
    from movies.movies
    where movie_id = :movie
    union all
    select 'movies', :movie, 2, 'genres', count(*) from movies.movie_genres where movie_id = :movie
    union all
    select 'movies', :movie, 3, 'companies', count(*) from movies.movie_companies where movie_id = :movie
    union all
    select 'movies', :movie, 4, 'countries', count(*) from movies.movie_countries where movie_id = :movie
    union all
    select 'movies', :movie, 5, 'languages', count(*) from movies.movie_languages where movie_id = :movie
    union all
    select 'movies', :movie, 6, 'collection', count(collection_id) from movies.movies where movie_id = :movie
    union all
    select 'credits', :movie, 7, 'cast', count(*) from movies.cast_members where movie_id = :movie
    union all
    select 'credits', :movie, 8, 'crew', count(*) from movies.crew_members where movie_id = :movie
    union all
    select 'keywords', :movie, 9, 'keywords', count(*) from movies.movie_keywords where movie_id = :movie
    union all
    select 'links', movie_id, 10, 'links', 1 from movies.links where tmdb_id = :movie
),

-- The name of a file as a word for the shell.
files as (
    select
        load_id, key, file, sha256,
        case
            when file ~ '^[A-Za-z0-9_.][A-Za-z0-9_.-]*$' then file
            else case when file like '-%' then './' else '' end || '''' || replace(file, '''', '''\''''') || ''''
        end as word
    from ops.loads
),

traced as (
    select
        place, id,
        jsonb_build_object(
            'set', name, 'rows', s.n, 'id', id, 'key', key, 'load', load_id, 'file', file, 'sha256', sha256,
            'member', member, 'record', record, 'line', line,
            'command', format('unzipper %s %s | sed -n %sp', word, member, line)
        ) as facts
    from sets as s
    join ops.newest using (family, id)
    join files using (load_id)
),

repeats as (
    select
        d.family, source, d.record,
        row_number() over (order by source desc, d.family collate "C", d.record desc) as n,
        jsonb_build_object(
            'family', d.family, 'id', d.id, 'key', key, 'load', load_id, 'record', d.record, 'line', d.line,
            'won_record', d.won_record, 'won_line', d.won_line
        ) as facts
    from ops.duplicates as d
    join ids using (family, id)
    join ops.loads using (load_id)
),

rejected as (
    select
        row_number() over (order by source desc, load_id desc, member collate "C", record, code collate "C") as n,
        jsonb_build_object(
            'key', key, 'load', load_id, 'status', status, 'member', member, 'record', record, 'line', line,
            'tool', tool, 'code', code, 'reason', reason
        ) as facts
    from ops.rejects as r
    join ops.loads using (load_id)
    join ops.members as m using (load_id, member)
    join ids on ids.family = m.family and starts_with(left(r.raw, 64), format('{"movie_id":"%s",', ids.id))
)

select
    jsonb_build_object(
        'movie_id', :movie::bigint,
        'title', (select title from movies.movies where movie_id = :movie),
        'sets', coalesce((select jsonb_agg(facts order by place, id) from traced), '[]'),
        'duplicates', coalesce((select jsonb_agg(facts order by n) from repeats where n <= :most), '[]'),
        'more_duplicates', greatest((select count(*) from repeats) - :most, 0),
        'rejects', coalesce((select jsonb_agg(facts order by n) from rejected where n <= :most), '[]'),
        'more_rejects', greatest((select count(*) from rejected) - :most, 0)
    ) as document,
    not exists(select from traced) and not exists(select from rejected) as is_unknown \gset
\if :is_unknown
    \echo none
    \quit
\endif
\echo ok
\if :is_json
    select :'document';
\else
    \ir movie_table.sql
\endif
commit;
