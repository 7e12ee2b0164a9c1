-- question: Which genre was the most popular of each year, by sum, mean and best of its movies?
-- columns: year, genre_id_by_sum, genre_by_sum, sum, genre_id_by_avg, genre_by_avg, avg
-- columns: genre_id_by_max, genre_by_max, max
-- first: year desc
-- Compared are exact figures, not rounded ones; of equals the genre with the smaller id wins.
select
    best.year,
    best.id_by_sum as genre_id_by_sum,
    by_sum.name as genre_by_sum,
    trim_scale(best.sum) as sum,
    best.id_by_avg as genre_id_by_avg,
    by_avg.name as genre_by_avg,
    round(best.avg, 6) as avg,
    best.id_by_max as genre_id_by_max,
    by_max.name as genre_by_max,
    trim_scale(best.max) as max
from (
    select
        year,
        (array_agg(id order by sum desc, id asc))[1] as id_by_sum,
        (array_agg(id order by avg desc, id asc))[1] as id_by_avg,
        (array_agg(id order by max desc, id asc))[1] as id_by_max,
        max(sum) as sum,
        max(avg) as avg,
        max(max) as max
    from (
        select
            id,
            year,
            sum(popularity) as sum,
            round(sum(popularity) / round(count(*)::numeric, 30), 30) as avg,
            max(popularity) as max
        from member
        where popularity is not null
        group by id, year
    ) as measured
    group by year
) as best
left join movies.genres as by_sum on best.id_by_sum = by_sum.genre_id
left join movies.genres as by_avg on best.id_by_avg = by_avg.genre_id
left join movies.genres as by_max on best.id_by_max = by_max.genre_id
order by best.year
