"""Polars: read_csv, ast.literal_eval by map_elements (json_decode ends at the first list that is no JSON), COPY."""
import ast
import io
import os
import zipfile

import polars as pl
import psycopg2

from common import COLUMNS, RELATIONS

NAMED = pl.List(pl.Struct({"id": pl.Int64, "name": pl.String}))


def elements(cell):
    return [{"id": e["id"], "name": e["name"]} for e in ast.literal_eval(cell)]


with zipfile.ZipFile(os.environ["ZIP"]) as z:
    raw = pl.read_csv(z.read("movies_metadata.csv"), infer_schema=False, truncate_ragged_lines=True)
raw = raw.with_columns(pl.col("id").cast(pl.Int64, strict=False).alias("movie_id"),
                       pl.col("vote_count").cast(pl.Float64, strict=False).cast(pl.Int64))
raw = raw.filter(pl.col("movie_id").is_not_null())
tables = {"movies": raw.select(COLUMNS)}
for relation, names, column in RELATIONS:
    lists = raw.select("movie_id", pl.col(column).map_elements(elements, return_dtype=NAMED).alias("e"))
    pairs = lists.explode("e").drop_nulls("e").unnest("e")
    tables[relation] = pairs
    tables[names] = pairs.group_by("id").agg(pl.col("name").min())
with psycopg2.connect("") as connection, connection.cursor() as cursor:
    cursor.execute(f"truncate {', '.join(tables)}")
    for name, frame in tables.items():
        text = io.BytesIO()
        frame.write_csv(text, include_header=False)
        text.seek(0)
        cursor.copy_expert(f"copy {name} from stdin with (format csv, freeze)", text)
