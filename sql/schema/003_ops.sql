-- The history of loads. A load is one delivered file: its hour, the revision of that hour's
-- delivery, and the number of the fix. These three order the loads: newer wins.

create table ops.loads (
    load_id bigint generated always as identity primary key,
    key text not null,
    hour timestamptz not null,
    revision integer not null check (revision >= 1),
    fix integer not null check (fix >= 0),
    file text not null,
    bytes bigint not null check (bytes >= 0),
    sha256 text not null,
    version text not null,
    status text not null default 'open' check (status in ('open', 'promoted', 'discarded')),
    opened_at timestamptz not null default now(),
    touched_at timestamptz not null default now(),
    finished_at timestamptz,
    summary jsonb
);
comment on table ops.loads is 'One row for each load that was ever opened.';
comment on column ops.loads.key is 'HOUR[.rN][.fixM], as in the file''s name.';
comment on column ops.loads.hour is 'The start of the hour that the file is for.';
comment on column ops.loads.revision is '1 for the first delivery of an hour, more for a corrected one.';
comment on column ops.loads.fix is '0 for a delivery, 1 and up for replays of its corrected rejects.';
comment on column ops.loads.version is 'The version of the program that loaded it.';
comment on column ops.loads.touched_at is 'When a phase last worked on it; a load long untouched blocks nothing.';
comment on column ops.loads.summary is 'What the load did, as printed at its end.';

-- Only one load can hold a key; a discarded one leaves it free.
create unique index loads_key on ops.loads (hour, revision, fix)
where status in ('open', 'promoted');

create table ops.counts (
    load_id bigint not null references ops.loads (load_id) on delete cascade,
    member text not null,
    chain text not null,
    position integer not null,
    tool text not null,
    counts jsonb not null,
    primary key (load_id, member, chain, position)
);
comment on table ops.counts is 'What each filter counted. What one sent, the next received.';
comment on column ops.counts.chain is 'Which pipeline over the member: its main table, or one of its sets.';
comment on column ops.counts.position is 'The filter''s place in its pipeline, the head being 1.';

create table ops.rejects (
    load_id bigint not null references ops.loads (load_id) on delete cascade,
    tool text,
    member text,
    record bigint,
    line bigint,
    "offset" bigint,
    length bigint,
    code text,
    reason text,
    raw text,
    raw_base64 text
);
comment on table ops.rejects is
'Records that were not loaded, and repairs (code rejoined), as the filters wrote them down.';
comment on column ops.rejects.record is 'The data record''s number in its member, from 1.';
comment on column ops.rejects.line is 'The physical line that it begins on, from 1.';
comment on column ops.rejects.raw_base64 is 'The bytes where they are not UTF-8; raw is null then.';
create index rejects_load_id on ops.rejects (load_id);

-- Every load moves the mark of every id that it holds. Half of each page is left free and no
-- index names load_id, so that such an update stays within its page.
create table ops.newest (
    family text not null,
    id bigint not null,
    load_id bigint not null references ops.loads (load_id),
    member text not null,
    record bigint not null,
    line bigint not null,
    digest bytea not null,
    primary key (family, id)
) with (fillfactor = 50);
comment on table ops.newest is
'Which record gave what the database holds of an id: the newest load, within it the later record.';
comment on column ops.newest.family is 'What the id counts: movies, for one.';
comment on column ops.newest.digest is
'Of all loaded values in a fixed order. Equal digests: the mark moves and nothing else is written.';

create table ops.duplicates (
    load_id bigint not null references ops.loads (load_id) on delete cascade,
    family text not null,
    id bigint not null,
    record bigint not null,
    line bigint not null,
    won_record bigint not null,
    won_line bigint not null
);
comment on table ops.duplicates is
'Records whose id a later record of the same load gives again, with that record''s position.';
create index duplicates_load_id on ops.duplicates (load_id);
