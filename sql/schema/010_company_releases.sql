-- What company-releases answers, kept: counting it anew took most of that answer's time. Promotions
-- keep it up to date (sql/promote/movies.sql).

-- No promotion of an older program goes on meanwhile, nor afterwards: it would not count.
select pg_advisory_xact_lock(hashtextextended('movies-pipeline promote', 0)) is null as locked \gset
update ops.loads set
    status = 'discarded', finished_at = now(),
    summary = coalesce(summary, '{}') || '{"status": "discarded", "why": "an older program had begun it"}'
where status = 'open';

set local role movies_loader;
create table movies.company_releases (
    company_id bigint not null,
    year integer not null,
    genre_id bigint not null,
    releases integer not null,
    primary key (company_id, year, genre_id)
);
comment on table movies.company_releases is
    'How many movies of a genre a company released in a year, as of now; without a row there was none.';
insert into movies.company_releases
    select company_id, release_year, genre_id, count(*)
    from movies.movies cross join unnest(company_ids) as company_id cross join unnest(genre_ids) as genre_id
    where release_year is not null
    group by company_id, release_year, genre_id
    order by company_id, release_year, genre_id;
reset role;
