-- Of each movie the row and the sets of the record that wins in this file, as they will stand,
-- and a digest of all that in a fixed order.
\ir winner.sql

-- What a winning record's lists say, each id once, under its smallest name.
create table stage.:"said_genres" as
    select w.movie_id, s.genre_id, min(s.genre collate "C") as name
    from stage.:"genres" as s join winner as w using (_record)
    group by w.movie_id, s.genre_id;
create table stage.:"said_companies" as
    select w.movie_id, s.company_id, min(s.company collate "C") as name
    from stage.:"companies" as s join winner as w using (_record)
    group by w.movie_id, s.company_id;
create table stage.:"said_countries" as
    select w.movie_id, s.country, min(s.name collate "C") as name
    from stage.:"countries" as s join winner as w using (_record)
    group by w.movie_id, s.country;
create table stage.:"said_languages" as
    select w.movie_id, s.language, min(s.name collate "C") as name
    from stage.:"languages" as s join winner as w using (_record)
    group by w.movie_id, s.language;

-- trim_scale: 1.50 and 1.5 are one value, hence one digest.
create temp view wide as
    select
        w.movie_id, w.imdb_id, w.title, w.original_title, w.original_language, w.overview,
        w.tagline, w.homepage, w.poster_path, w.status, w.adult, w.video,
        w.budget::bigint as budget, w.revenue::bigint as revenue,
        trim_scale(w.popularity::numeric) as popularity, trim_scale(w.runtime::numeric) as runtime,
        trim_scale(w.vote_average::numeric) as vote_average, w.vote_count, w.release_date,
        c.collection_id, c.collection as collection_name,
        c.poster_path as collection_poster_path, c.backdrop_path as collection_backdrop_path
    from winner as w
    left join stage.:"collections" as c using (_record);

create table stage.:"won" as
    with genres as (
        select
            movie_id, array_agg(genre_id order by genre_id) as ids,
            array_agg((genre_id, name) order by genre_id)::text as list
        from stage.:"said_genres"
        group by movie_id
    ),

    companies as (
        select
            movie_id, array_agg(company_id order by company_id) as ids,
            array_agg((company_id, name) order by company_id)::text as list
        from stage.:"said_companies"
        group by movie_id
    ),

    countries as (
        select movie_id, array_agg((country, name) order by country collate "C")::text as list
        from stage.:"said_countries"
        group by movie_id
    ),

    languages as (
        select movie_id, array_agg((language, name) order by language collate "C")::text as list
        from stage.:"said_languages"
        group by movie_id
    )

    select
        wide.*,
        coalesce(genres.ids, '{}') as genre_ids,
        coalesce(companies.ids, '{}') as company_ids,
        w._record as record,
        w._line as line,
        sha256(convert_to(
            row(wide.*, genres.list, companies.list, countries.list, languages.list)::text,
            'UTF8'
        )) as digest
    from wide
    join winner as w using (movie_id)
    left join genres using (movie_id)
    left join companies using (movie_id)
    left join countries using (movie_id)
    left join languages using (movie_id);
drop view wide;
drop view accepted;
