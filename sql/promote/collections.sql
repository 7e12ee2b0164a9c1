-- Derives anew the collections that an old or a new row of a changed movie names
-- (touched_collections): each attribute by itself, the non-null value that most movies give,
-- ties the smallest by "C"; a collection that nobody names has no row.
create temp table named on commit drop as
    with vote as (
        select c.collection_id as id, attribute, value, count(*) as movies
        from movies.movies as c
        cross join lateral (
            values
            ('name', collection_name),
            ('poster_path', collection_poster_path),
            ('backdrop_path', collection_backdrop_path)
        ) as said (attribute, value)
        where c.collection_id in (select id from touched_collections)
        group by c.collection_id, attribute, value
    ),

    elected as (
        select distinct on (id, attribute) id, attribute, value
        from vote
        order by id, attribute, (value is null), movies desc, value collate "C"
    )

    select
        id,
        max(value) filter (where attribute = 'name') as name,
        max(value) filter (where attribute = 'poster_path') as poster_path,
        max(value) filter (where attribute = 'backdrop_path') as backdrop_path
    from elected
    group by id;

delete from movies.collections
where collection_id in (select id from touched_collections)
    and collection_id not in (select id from named);
insert into movies.collections as c (collection_id, name, poster_path, backdrop_path)
    select id, name, poster_path, backdrop_path from named
on conflict (collection_id) do update
    set (name, poster_path, backdrop_path)
        = (excluded.name, excluded.poster_path, excluded.backdrop_path)
    where (c.name, c.poster_path, c.backdrop_path)
        is distinct from (excluded.name, excluded.poster_path, excluded.backdrop_path);
drop table named;
