-- Snapshots: what each file says of each movie.
create temp view held as
    select l.load_id, l.source, m.member
    from ops.loads as l
    join ops.members as m using (load_id)
    where l.status = 'promoted' and m.family = 'movies' and m.state in ('staged', 'same');

select 'snapshots of no load that holds movies', movies.source_key(source)
from (select distinct source from movies.movie_snapshots) as s
where source not in (select source from held)
union all
select 'a movie that the snapshot of its winning load does not equal', format('movie %s', m.movie_id)
from movies.movies as m
join ops.newest as n on n.family = 'movies' and n.id = m.movie_id
join ops.loads as l using (load_id)
left join movies.movie_snapshots as s on s.movie_id = m.movie_id and s.source = l.source
where s.movie_id is null
    or (s.budget, s.revenue, s.release_date, s.popularity)
    is distinct from (m.budget, m.revenue, m.release_date, m.popularity)
    or s.genre_ids <> array(select g.genre_id from movies.movie_genres as g where g.movie_id = m.movie_id order by g.genre_id)
    or s.company_ids
    <> array(select c.company_id from movies.movie_companies as c where c.movie_id = m.movie_id order by c.company_id)
union all
select 'a snapshot newer than what won', format('movie %s in %s', s.movie_id, movies.source_key(s.source))
from movies.movie_snapshots as s
join ops.newest as n on n.family = 'movies' and n.id = s.movie_id
join ops.loads as l using (load_id)
where s.source > l.source
union all
select 'not as many snapshots as accepted ids', format('load %s: %s of %s', load_id, snapshots, ids)
from (
    select
        h.load_id,
        (select count(*) from movies.movie_snapshots as s where s.source = h.source) as snapshots,
        (c.counts ->> 'in')::bigint - (c.counts ->> 'rejoined')::bigint - (c.counts ->> 'blank')::bigint
        - (
            select count(distinct record)
            from ops.rejects as r
            where r.load_id = h.load_id and r.member = h.member and r.code not in ('rejoined', 'too-long-more')
        )
        - (select count(*) from ops.duplicates as d where d.load_id = h.load_id and d.family = 'movies') as ids
    from held as h
    join ops.counts as c on c.load_id = h.load_id and c.chain = 'movies' and c.position = 1
    where h.source >= coalesce((select source from movies.snapshot_horizon), h.source)
) as n
where snapshots <> ids
union all
select 'more than one snapshot before the horizon', format('movie %s', movie_id)
from movies.movie_snapshots
where source < (select source from movies.snapshot_horizon)
group by movie_id
having count(*) > 1;
drop view held;
