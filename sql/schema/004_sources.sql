-- A file's key as one number, and what a load is made of: its members, what the rules found.

create function movies.source(hour timestamptz, revision integer default 1, fix integer default 0)
returns bigint language sql immutable parallel safe
as $$
    select (floor(extract(epoch from hour) / 3600)::bigint << 40) | (revision::bigint << 20) | fix::bigint
$$;
comment on function movies.source is
'The key HOUR.rREVISION.fixFIX as a number that sorts as keys do: hours since 1970 above 40 bits, revision and fix 20 bits each.';

create function movies.source_hour(source bigint)
returns timestamptz language sql immutable parallel safe
as $$
    select to_timestamp((source >> 40) * 3600)
$$;
comment on function movies.source_hour is 'The hour of a source.';

create function movies.source_key(source bigint)
returns text language sql immutable parallel safe
as $$
    select to_char(to_timestamp((source >> 40) * 3600) at time zone 'UTC', 'YYYY-MM-DD"T"HH24"Z"')
    || case when source >> 20 & 1048575 > 1 then '.r' || (source >> 20 & 1048575) else '' end
    || case when source & 1048575 > 0 then '.fix' || (source & 1048575) else '' end
$$;
comment on function movies.source_key is 'A source as the key that files are named by.';

alter table ops.loads add column source bigint;
comment on column ops.loads.source is 'The key as a number, see movies.source: of two loads the one with more is newer.';
update ops.loads set source = movies.source(hour, revision, fix);
alter table ops.loads alter column source set not null;
drop index ops.loads_key;
create unique index loads_source on ops.loads (source)
where status in ('open', 'promoted');

-- What was loaded until now was movies_metadata.csv alone, without what the new tables need. It is
-- emptied, and the same files can be loaded again: the database is what the promoted files say.
update ops.loads set
    status = 'discarded',
    finished_at = coalesce(finished_at, now()),
    summary = coalesce(summary, '{}') || '{"status": "discarded", "why": "only its movies were loaded"}'
where status in ('open', 'promoted');
truncate ops.newest, ops.duplicates, movies.movies, movies.movie_genres, movies.movie_companies,
movies.movie_countries, movies.movie_languages, movies.genres, movies.production_companies,
movies.countries, movies.languages, movies.collections;

alter table ops.loads add column max_rejects bigint not null default 1000;
comment on column ops.loads.max_rejects is 'How many records a filter may turn away, as the load was opened.';
alter table ops.loads add column unknown_members bigint not null default 0;
alter table ops.loads add column unknown_names text[] not null default '{}';
comment on column ops.loads.unknown_members is 'How many members the file has that we do not know.';
comment on column ops.loads.unknown_names is 'The names of the first few of them.';

create table ops.members (
    load_id bigint not null references ops.loads (load_id) on delete cascade,
    member text not null,
    family text,
    state text not null check (state in ('given', 'staged', 'same', 'missing', 'unused')),
    bytes bigint,
    crc32 text,
    sha256 text,
    same_as bigint references ops.loads (load_id),
    begun_at timestamptz,
    staged_at timestamptz,
    primary key (load_id, member)
);
comment on table ops.members is 'What became of each member of a load''s file.';
comment on column ops.members.family is 'What it holds: movies, credits, keywords, links or ratings; null if it is not for us.';
comment on column ops.members.state is
'given: still to be staged; staged: done; same: its bytes are those of load same_as, nothing was to be done;
missing: not in the file; unused: there, and not loaded by rule.';
comment on column ops.members.bytes is 'Uncompressed, as the archive''s directory says.';
comment on column ops.members.sha256 is 'Of the compressed bytes, in hexadecimal.';

create table ops.findings (
    load_id bigint not null references ops.loads (load_id) on delete cascade,
    rule text not null,
    family text not null,
    severity text not null check (severity in ('warn', 'fail')),
    found bigint not null,
    example text,
    primary key (load_id, rule)
);
comment on table ops.findings is 'What the rules (sql/rules) found in a load; a rule that found nothing has no row.';
comment on column ops.findings.family is 'What the rule is about, as in ops.members.';
comment on column ops.findings.found is 'How many rows broke the rule.';
comment on column ops.findings.example is 'One of them, in words.';

-- What the status of a load and the promotion of one with the same member look for.
create index duplicates_load_family on ops.duplicates (load_id, family);
drop index ops.duplicates_load_id;
