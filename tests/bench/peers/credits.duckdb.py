"""DuckDB: unzip, read_csv, lists by WAY (json or struct) into two tables in its memory; not loaded.
usage: credits.duckdb.py WAY"""
import sys

import duckdb

from common import CAST, CREW, as_list, read, unzip

unzip("credits.csv")
db = duckdb.connect()
db.execute(f"create table raw as select * from {read('credits.csv')}")
for table, column, fields in ("cast_members", "cast", CAST), ("crew_members", "crew", CREW):
    columns = ", ".join(f'e."{name}"' for name in fields)
    db.execute(f"""create table {table} as select movie_id, {columns} from
        (select id as movie_id, unnest({as_list(column, fields, sys.argv[1])}) as e from raw)""")
    print(table, db.execute(f"select count(*) from {table}").fetchall()[0][0])
