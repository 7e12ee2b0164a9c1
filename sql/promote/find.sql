-- Which load holds :key now? Prints "none", or its status, its number, whether it has the same
-- bytes (:sha256; empty: any will do), and how many rejects it allows: "promoted 7 true 1000", "open 8 false 1000".
select coalesce(
    (
        select status || ' ' || load_id || ' ' || (:'sha256' in (sha256, '')) || ' ' || max_rejects
        from ops.loads
        where key = :'key' and status in ('open', 'promoted')
    ),
    'none'
);
