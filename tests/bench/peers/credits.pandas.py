"""pandas: read_csv out of the zip, ast.literal_eval, explode into two frames; not loaded."""
import ast
import os
import zipfile

import pandas as pd

with zipfile.ZipFile(os.environ["ZIP"]) as z, z.open("credits.csv") as f:
    raw = pd.read_csv(f)
for column in "cast", "crew":
    lists = raw[["id"]].assign(e=raw[column].map(ast.literal_eval)).explode("e").dropna()
    frame = pd.DataFrame(lists["e"].tolist()).rename(columns={"id": "person_id"})
    frame["movie_id"] = lists["id"].to_numpy()
    print(f"{column}_members", len(frame))
