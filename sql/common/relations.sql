-- What the nine answers stand on; put before each of them, which is the select that follows.
-- Reads the psql variables of open.sql, and side: company or genre.
--   picked      the movies that the filters leave, with the ids that side names
--   member      a row per movie and id; parts is how many distinct ids the movie has
--   per_year    sums per id and year: what a movie counts in full, and its even share
--   counted     how many movies a company, year and genre have (side is company)
-- A share is a figure divided to 30 places; the shares are added and rounded to 10, half away
-- from zero. A numeric quotient has as many places as its dividend at least, hence round(x, 30)
-- on both sides of the division. Most figures are 0 or have one part: these need no division.
with picked as not materialized (
    select
        movie_id, year, budget, revenue, popularity, genre_ids,
        revenue - budget as profit,
        budget > 0 and revenue > 0 as both_known,
        case :'side' when 'company' then company_ids else genre_ids end as ids
    from :facts
    where year between :'year_from'::int and :'year_to'::int
        and (:'genre_ids' = '{}' or genre_ids && :'genre_ids'::bigint[])
        and (:'company_ids' = '{}' or company_ids && :'company_ids'::bigint[])
),

member as not materialized (
    select *, unnest(ids) as id
    from (
        select *, cardinality(ids) as parts
        from picked
        offset 0 -- or parts would be worked out for each member, each time from the whole list
    ) as whole
),

per_year as (
    select
        id, year,
        count(*) as movies,
        sum(budget) as budget,
        sum(revenue) as revenue,
        sum(profit) as profit,
        coalesce(sum(profit) filter (where both_known), 0) as profit_known,
        round(sum(
            case when parts = 1 or budget = 0 then budget else round(round(budget, 30) / parts, 30) end
        ), 10) as budget_split,
        round(sum(
            case when parts = 1 or revenue = 0 then revenue else round(round(revenue, 30) / parts, 30) end
        ), 10) as revenue_split,
        round(sum(
            case when parts = 1 or profit = 0 then profit else round(round(profit, 30) / parts, 30) end
        ), 10) as profit_split,
        count(*) filter (where budget > 0) as movies_budget,
        count(*) filter (where revenue > 0) as movies_revenue,
        count(*) filter (where both_known) as movies_profit
    from member
    group by id, year
),

counted as (
    select id as company_id, year, genre_id, count(*) as releases
    from (select id, year, unnest(genre_ids) as genre_id from member) as each
    group by id, year, genre_id
)
