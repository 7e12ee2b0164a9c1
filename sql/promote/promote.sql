-- Makes load :load part of the database, in one transaction: readers see all of it or
-- nothing. It is refused unless every joint of the pipelines is sound. The result does not
-- depend on the order in which files are loaded: for each movie the record of the newest key
-- wins, within a file the later record. Prints one line of JSON; or the load's status when it
-- is not open (any more); or "unsound" and the faults.
set client_min_messages to warning;
begin isolation level read committed, read write;
-- Promotes go one after the other: each must see the marks of the one before.
select pg_advisory_xact_lock(hashtextextended('movies-pipeline promote', 0)) is null as locked \gset
select status as load_status, status = 'open' as is_open from ops.loads where load_id = :load for update \gset
\if :is_open
    \ir ../checks/joints.sql
    select
        count(*) = 0 as is_open,
        case when count(*) = 0 then 'open' else 'unsound ' || string_agg(fault, '; ') end
            as load_status
    from joint_faults \gset
\endif
\if :is_open

create temp view staged_movies as select * from stage.:"movies";
create temp view staged_genres as
    select _record, genre_id, genre as name from stage.:"genres";
create temp view staged_companies as
    select _record, company_id, company as name from stage.:"companies";
create temp view staged_countries as select _record, country, name from stage.:"countries";
create temp view staged_languages as select _record, language, name from stage.:"languages";
create temp view staged_collections as select * from stage.:"collections";
create temp view staged_rejects as select * from stage.:"rejects";
create temp view staged_counts as select * from stage.:"counts";

-- A record is accepted or rejected whole: one bad part anywhere drops all of it.
create temp table accepted on commit drop as
    select m.*
    from staged_movies as m
    where not exists (
        select from turned_away as r where r.record = m._record
    );
create unique index on accepted (_record);

-- Of two records with one id the later wins; where both stood is kept.
create temp table winner on commit drop as
    select distinct on (movie_id) *
    from accepted
    order by movie_id, _record desc;
create unique index on winner (_record);
insert into ops.duplicates (load_id, family, id, record, line, won_record, won_line)
    select :load, 'movies', a.movie_id, a._record, a._line, w._record, w._line
    from accepted as a
    join winner as w using (movie_id)
    where a._record <> w._record;

-- What a winning record's lists say, each id once, under its smallest name.
create temp view said_genres as
    select w.movie_id, s.genre_id, min(s.name collate "C") as name
    from staged_genres as s join winner as w using (_record)
    group by w.movie_id, s.genre_id;
create temp view said_companies as
    select w.movie_id, s.company_id, min(s.name collate "C") as name
    from staged_companies as s join winner as w using (_record)
    group by w.movie_id, s.company_id;
create temp view said_countries as
    select w.movie_id, s.country, min(s.name collate "C") as name
    from staged_countries as s join winner as w using (_record)
    group by w.movie_id, s.country;
create temp view said_languages as
    select w.movie_id, s.language, min(s.name collate "C") as name
    from staged_languages as s join winner as w using (_record)
    group by w.movie_id, s.language;

-- The wide row as it will stand. trim_scale: 1.50 and 1.5 are one value, hence one digest.
create temp view wide as
    select
        w.movie_id, w.imdb_id, w.title, w.original_title, w.original_language, w.overview,
        w.tagline, w.homepage, w.poster_path, w.status, w.adult, w.video, w.budget, w.revenue,
        trim_scale(w.popularity) as popularity, trim_scale(w.runtime) as runtime,
        trim_scale(w.vote_average) as vote_average, w.vote_count, w.release_date,
        c.collection_id, c.collection as collection_name,
        c.poster_path as collection_poster_path, c.backdrop_path as collection_backdrop_path
    from winner as w
    left join staged_collections as c using (_record);

create temp table judged on commit drop as
    with genres as (
        select movie_id, array_agg((genre_id, name) order by genre_id)::text as list
        from said_genres group by movie_id
    ),

    companies as (
        select movie_id, array_agg((company_id, name) order by company_id)::text as list
        from said_companies group by movie_id
    ),

    countries as (
        select movie_id, array_agg((country, name) order by country collate "C")::text as list
        from said_countries group by movie_id
    ),

    languages as (
        select movie_id, array_agg((language, name) order by language collate "C")::text as list
        from said_languages group by movie_id
    ),

    digested as (
        select
            x.movie_id,
            sha256(convert_to(
                row(x.*, genres.list, companies.list, countries.list, languages.list)::text,
                'UTF8'
            )) as digest
        from wide as x
        left join genres using (movie_id)
        left join companies using (movie_id)
        left join countries using (movie_id)
        left join languages using (movie_id)
    )

    select
        w.movie_id, w._record, w._line, d.digest,
        n.id is null as is_new,
        n.id is null or (mine.hour, mine.revision, mine.fix) > (its.hour, its.revision, its.fix)
            as takes,
        coalesce(n.digest <> d.digest, true) as differs
    from winner as w
    join digested as d using (movie_id)
    join ops.loads as mine on mine.load_id = :load
    left join ops.newest as n on n.family = 'movies' and n.id = w.movie_id
    left join ops.loads as its on its.load_id = n.load_id;

-- The mark moves also when the record says the same again; else a late file in between would
-- win over it.
insert into ops.newest (family, id, load_id, member, record, line, digest)
    select 'movies', movie_id, :load, 'movies_metadata.csv', _record, _line, digest
    from judged
    where takes
on conflict (family, id) do update
    set load_id = excluded.load_id, member = excluded.member, record = excluded.record,
        line = excluded.line, digest = excluded.digest;

create temp table changed on commit drop as
    select movie_id from judged where takes and differs;
create unique index on changed (movie_id);
analyze changed;

create temp table touched_collections on commit drop as
    select collection_id as id
    from movies.movies join changed using (movie_id)
    where collection_id is not null
    union
    select collection_id
    from wide join changed using (movie_id)
    where collection_id is not null;

insert into movies.movies as m (
    movie_id, imdb_id, title, original_title, original_language, overview, tagline, homepage,
    poster_path, status, adult, video, budget, revenue, popularity, runtime, vote_average,
    vote_count, release_date, collection_id, collection_name, collection_poster_path,
    collection_backdrop_path
)
    select wide.* from wide join changed using (movie_id)
on conflict (movie_id) do update
    set (
        imdb_id, title, original_title, original_language, overview, tagline, homepage,
        poster_path, status, adult, video, budget, revenue, popularity, runtime, vote_average,
        vote_count, release_date, collection_id, collection_name, collection_poster_path,
        collection_backdrop_path
    ) = (
        excluded.imdb_id, excluded.title, excluded.original_title, excluded.original_language,
        excluded.overview, excluded.tagline, excluded.homepage, excluded.poster_path,
        excluded.status, excluded.adult, excluded.video, excluded.budget, excluded.revenue,
        excluded.popularity, excluded.runtime, excluded.vote_average, excluded.vote_count,
        excluded.release_date, excluded.collection_id, excluded.collection_name,
        excluded.collection_poster_path, excluded.collection_backdrop_path
    );

\set said said_genres
\set relation movie_genres
\set derived genres
\set id genre_id
\ir set.sql
\set said said_companies
\set relation movie_companies
\set derived production_companies
\set id company_id
\ir set.sql
\set said said_countries
\set relation movie_countries
\set derived countries
\set id country
\ir set.sql
\set said said_languages
\set relation movie_languages
\set derived languages
\set id language
\ir set.sql
\ir collections.sql

insert into ops.counts (load_id, member, chain, position, tool, counts)
    select :load, member, chain, position, tool, counts from staged_counts;
insert into ops.rejects (
    load_id, tool, member, record, line, "offset", length, code, reason, raw, raw_base64
)
    select :load, tool, member, record, line, "offset", length, code, reason, raw, raw_base64
    from staged_rejects;

update ops.loads
set status = 'promoted', finished_at = now(), summary = jsonb_build_object(
    'key', key,
    'status', 'promoted',
    'load', load_id,
    'movies', jsonb_build_object(
        'records', (select (counts -> 'in')::bigint from staged_counts
            where chain = 'movies' and position = 1),
        'rejected', (select count(distinct record) from turned_away),
        'rejoined', (select (counts -> 'rejoined')::bigint from staged_counts
            where chain = 'movies' and position = 1),
        'blank', (select (counts -> 'blank')::bigint from staged_counts
            where chain = 'movies' and position = 1),
        'superseded', (select count(*) from accepted) - (select count(*) from winner),
        'inserted', (select count(*) from judged where is_new),
        'updated', (select count(*) from judged where takes and differs and not is_new),
        'unchanged', (select count(*) from judged where takes and not differs),
        'older', (select count(*) from judged where not takes)
    )
)
where load_id = :load
returning summary \gset
\set load_status :summary
drop view
    joint_faults, turned_away, staged_movies, staged_genres, staged_companies, staged_countries, -- noqa: PRS
    staged_languages,
    staged_collections, staged_rejects, staged_counts cascade;
\ir unstage.sql
\endif
commit;
\echo :load_status
