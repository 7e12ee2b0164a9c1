-- What the nine answers stand on; put before each of them, which is the select that follows.
-- Reads movies.facts() and the psql variables of open.sql, and side: company or genre.
--   picked      the movies that the filters leave, with the ids that side names
--   member      a row per movie and id; parts is how many distinct ids the movie has
--   per_parts   sums per id, year and parts
--   per_year    sums per id and year: what a movie counts in full, and its even share
-- A share is a sum divided to 30 places; the shares are added and rounded to 10, half away
-- from zero. A numeric quotient has as many places as its dividend at least, hence round(x, 30)
-- on both sides of the division.
with picked as not materialized (
    select
        movie_id, year, budget, revenue, popularity, genre_ids,
        revenue::numeric - budget as profit,
        budget > 0 and revenue > 0 as both_known,
        case :'side' when 'company' then company_ids else genre_ids end as ids
    from movies.facts(nullif(:'as_of', '')::timestamptz)
    where year between :'year_from'::int and :'year_to'::int
        and (:'genre_ids' = '{}' or genre_ids && :'genre_ids'::bigint[])
        and (:'company_ids' = '{}' or company_ids && :'company_ids'::bigint[])
),

member as not materialized (
    select picked.*, id, cardinality(ids) as parts
    from picked cross join unnest(ids) as id
),

per_parts as (
    select
        id, year, parts,
        count(*) as movies,
        sum(budget) as budget,
        sum(revenue) as revenue,
        sum(profit) as profit,
        sum(profit) filter (where both_known) as profit_known,
        count(*) filter (where budget > 0) as movies_budget,
        count(*) filter (where revenue > 0) as movies_revenue,
        count(*) filter (where both_known) as movies_profit
    from member
    group by id, year, parts
),

per_year as (
    select
        id, year,
        sum(movies)::bigint as movies,
        sum(budget) as budget,
        sum(revenue) as revenue,
        sum(profit) as profit,
        coalesce(sum(profit_known), 0) as profit_known,
        round(sum(round(round(budget, 30) / parts, 30)), 10) as budget_split,
        round(sum(round(round(revenue, 30) / parts, 30)), 10) as revenue_split,
        round(sum(round(round(profit, 30) / parts, 30)), 10) as profit_split,
        sum(movies_budget)::bigint as movies_budget,
        sum(movies_revenue)::bigint as movies_revenue,
        sum(movies_profit)::bigint as movies_profit
    from per_parts
    group by id, year
)
