"""DuckDB: unzip, read_csv, lists by WAY (json or struct), CSV, \\copy. usage: five.duckdb.py WAY"""
import sys

import duckdb

from common import MOVIE, NAMED, RELATIONS, as_list, load, read, unzip

TABLES = "movies", "movie_genres", "movie_companies", "genres", "production_companies"
unzip("movies_metadata.csv")
db = duckdb.connect()
db.execute(f"create table raw as select *, try_cast(id as bigint) as movie_id from {read('movies_metadata.csv')}")
db.execute(f"create table movies as select {MOVIE} from raw where movie_id is not null")
for relation, names, column in RELATIONS:
    db.execute(f"""create table {relation} as select movie_id, e.id as id, e.name as name from
        (select movie_id, unnest({as_list(column, NAMED, sys.argv[1])}) as e from raw) where movie_id is not null""")
    db.execute(f"create table {names} as select id, min(name) from {relation} where id is not null group by id")
load(db, TABLES, before=[f"truncate {', '.join(TABLES)};"])
