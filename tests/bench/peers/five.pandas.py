"""pandas: read_csv out of the zip, ast.literal_eval, explode, COPY through psycopg2."""
import ast
import io
import os
import zipfile

import pandas as pd
import psycopg2

from common import COLUMNS, RELATIONS

with zipfile.ZipFile(os.environ["ZIP"]) as z, z.open("movies_metadata.csv") as f:
    raw = pd.read_csv(f, dtype=str, keep_default_na=False, na_values=[""])
raw["movie_id"] = pd.to_numeric(raw["id"], errors="coerce")
raw = raw.dropna(subset=["movie_id"]).astype({"movie_id": "int64"})
raw["vote_count"] = pd.to_numeric(raw["vote_count"]).astype("Int64")
tables = {"movies": raw[COLUMNS]}
for relation, names, column in RELATIONS:
    lists = raw[["movie_id"]].assign(e=raw[column].fillna("[]").map(ast.literal_eval)).explode("e").dropna()
    pairs = pd.DataFrame({"movie_id": lists["movie_id"], "id": [e["id"] for e in lists["e"]],
                          "name": [e["name"] for e in lists["e"]]})
    tables[relation] = pairs
    tables[names] = pairs.groupby("id", as_index=False)["name"].min()
with psycopg2.connect("") as connection, connection.cursor() as cursor:
    cursor.execute(f"truncate {', '.join(tables)}")
    for name, frame in tables.items():
        text = io.StringIO()
        frame.to_csv(text, index=False, header=False)
        text.seek(0)
        cursor.copy_expert(f"copy {name} from stdin with (format csv, freeze)", text)
