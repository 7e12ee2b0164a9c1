-- Which load holds :key now? Prints "none", or its status, its number, and whether it has
-- the same bytes (:sha256): "promoted 7 true", "open 8 false".
select coalesce(
    (
        select status || ' ' || load_id || ' ' || (sha256 = :'sha256')
        from ops.loads
        where key = :'key' and status in ('open', 'promoted')
    ),
    'none'
);
