-- What stands for an id is, attribute by attribute, the value that most rows give, of ties the
-- smallest by "C"; null only if no row gives one. An id has a row if and only if a row mentions it.
with said (relation, id, attribute, value) as (
    select 'genres', genre_id::text, 'name', name from movies.movie_genres
    union all
    select 'production_companies', company_id::text, 'name', name from movies.movie_companies
    union all
    select 'countries', country, 'name', name from movies.movie_countries
    union all
    select 'languages', language, 'name', name from movies.movie_languages
    union all
    select 'keywords', keyword_id::text, 'name', name from movies.movie_keywords
    union all
    select 'collections', collection_id::text, attribute, value
    from movies.movies
    cross join lateral (
        values
        ('name', collection_name),
        ('poster_path', collection_poster_path),
        ('backdrop_path', collection_backdrop_path)
    ) as v (attribute, value)
    where collection_id is not null
    union all
    select 'people', person_id::text, attribute, value
    from (
        select person_id, name, gender, profile_path from movies.cast_members
        union all
        select person_id, name, gender, profile_path from movies.crew_members
    ) as p
    cross join lateral (
        values ('name', name), ('gender', gender::text), ('profile_path', profile_path)
    ) as v (attribute, value)
),

-- A null has no vote (count), so it comes first only where there is nothing else.
votes as (
    select
        relation, id, attribute, value, count(value) as votes,
        max(count(value)) over (partition by relation, id, attribute) as most
    from said
    group by relation, id, attribute, value
),

derived (relation, id, attribute, value) as (
    select 'genres', genre_id::text, 'name', name from movies.genres
    union all
    select 'production_companies', company_id::text, 'name', name from movies.production_companies
    union all
    select 'countries', country, 'name', name from movies.countries
    union all
    select 'languages', language, 'name', name from movies.languages
    union all
    select 'keywords', keyword_id::text, 'name', name from movies.keywords
    union all
    select 'collections', collection_id::text, attribute, value
    from movies.collections
    cross join lateral (
        values ('name', name), ('poster_path', poster_path), ('backdrop_path', backdrop_path)
    ) as v (attribute, value)
    union all
    select 'people', person_id::text, attribute, value
    from movies.people
    cross join lateral (
        values ('name', name), ('gender', gender::text), ('profile_path', profile_path)
    ) as v (attribute, value)
),

-- Side by side, by adding up: at this size a join of what the planner knows nothing about may never end.
pairs as (
    select
        relation, id, attribute,
        max(expected) as expected, max(derived) as derived,
        count(*) filter (where side = 1) as mentions, count(*) filter (where side = 2) as derivations
    from (
        select relation, id, attribute, min(value collate "C") as expected, null as derived, 1 as side
        from votes
        where votes = most
        group by relation, id, attribute
        union all
        select relation, id, attribute, null, value, 2
        from derived
    ) as sides
    group by relation, id, attribute
)

select 'an id that is mentioned and not derived', format('%s %s', relation, id)
from pairs
where derivations = 0
union all
select 'an id that is derived and not mentioned', format('%s %s', relation, id)
from pairs
where mentions = 0
union all
select 'a derived value', format('%s %s: %s is %s, not %s', relation, id, attribute, derived, expected)
from pairs
where mentions = 1 and derivations = 1 and derived is distinct from expected;
