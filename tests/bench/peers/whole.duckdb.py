"""DuckDB: unzip, read_csv of all five members, lists by JSON, of equal ids the last, CSV, \\copy
into new tables, then their primary keys, in one transaction."""
import os

import duckdb

from common import CAST, CREW, MOVIE, NAMED, as_list, load, read, unzip

PEERS = os.environ["PEERS"]
COUNTRY, LANGUAGE = {"iso_3166_1": "VARCHAR", "name": "VARCHAR"}, {"iso_639_1": "VARCHAR", "name": "VARCHAR"}
LISTS = (("movie_genres", "genres", "movie", "genres", NAMED),
         ("movie_companies", "production_companies", "movie", "production_companies", NAMED),
         ("movie_countries", "countries", "movie", "production_countries", COUNTRY),
         ("movie_languages", "languages", "movie", "spoken_languages", LANGUAGE),
         ("movie_keywords", "keywords", "keyword", "keywords", NAMED))
COLLECTION = {"id": "BIGINT", "name": "VARCHAR", "poster_path": "VARCHAR", "backdrop_path": "VARCHAR"}
MEMBERS = {"movie": "movies_metadata.csv", "keyword": "keywords.csv", "credit": "credits.csv"}
TABLES = ["movies", "collections", "cast_members", "crew_members", "people", "links", "ratings"]

unzip(*MEMBERS.values(), "links.csv", "ratings.csv")
db = duckdb.connect()
for raw, member in MEMBERS.items():
    db.execute(f"create table all_{raw} as select *, try_cast(id as bigint) as movie_id from {read(member)}")
    db.execute(f"""create table raw_{raw} as select * from all_{raw} where movie_id is not null
        qualify row_number() over (partition by movie_id order by rowid desc) = 1""")
brackets = "concat('[', belongs_to_collection, ']') as belongs"
db.execute(f"""create table movies as select {MOVIE},
    c.id as collection_id, c.name, c.poster_path as poster, c.backdrop_path from
    (select *, {as_list('belongs', COLLECTION, "json")}[1] as c from (select *, {brackets} from raw_movie))""")
db.execute("""create table collections as select collection_id, min(name), min(poster), min(backdrop_path)
    from movies where collection_id is not null group by collection_id""")
for relation, names, raw, column, fields in LISTS:
    key = next(iter(fields))
    db.execute(f"""create table {relation} as select movie_id, e.{key} as id, min(e.name) as name from (select
        movie_id, unnest({as_list(column, fields, "json")}) as e from raw_{raw}) where id is not null group by all""")
    db.execute(f"create table {names} as select id, min(name) from {relation} group by id")
    TABLES += relation, names
for table, column, fields in ("cast_members", "cast", CAST), ("crew_members", "crew", CREW):
    columns = ", ".join(f'e."{name}"' for name in fields)
    db.execute(f"""create table {table} as select distinct movie_id, {columns} from
        (select movie_id, unnest({as_list(column, fields, "json")}) as e from raw_credit)""")
db.execute("""create table people as select id, min(name), min(gender), min(profile_path) from
    (select id, name, gender, profile_path from cast_members union all
     select id, name, gender, profile_path from crew_members) group by id""")
db.execute(f"""create table links as select "movieId", any_value("imdbId"), any_value("tmdbId")
    from {read('links.csv')} group by 1""")
db.execute(f"""create table ratings as select "userId", "movieId", rating, to_timestamp("timestamp"::bigint)
    from {read('ratings.csv')}""")
load(db, TABLES, before=[f"\\i {PEERS}/whole.tables.sql"], after=[f"\\i {PEERS}/whole.keys.sql"])
