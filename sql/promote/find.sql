-- Which load holds :key now? Prints "none", or its status, its number, whether it has the same
-- bytes (:sha256; empty: any will do), how many rejects it allows, and its --dates, which is kept behind the
-- version: "promoted 7 true 1000 iso", "open 8 false 1000 mdy".
select coalesce(
    (
        select status || ' ' || load_id || ' ' || (:'sha256' in (sha256, '')) || ' ' || max_rejects
            || ' ' || coalesce(substring(version from ' --dates ([a-z]+)$'), 'iso')
        from ops.loads
        where key = :'key' and status in ('open', 'promoted')
    ),
    'none'
);
