"""Spark, local: unzip, read.csv, quotes exchanged, from_json, explode; every row is made, none is kept or loaded."""
from pyspark.sql import Observation, SparkSession
from pyspark.sql import functions as F

from common import CAST, CREW, TMP, unzip

unzip("credits.csv")
spark = SparkSession.builder.master("local[*]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
raw = spark.read.csv(f"{TMP}/credits.csv", header=True, multiLine=True, quote='"', escape='"')
for column, fields in ("cast", CAST), ("crew", CREW):
    schema = "array<struct<" + ",".join(f"`{name}`:{kind.replace('VARCHAR', 'STRING')}"
                                        for name, kind in fields.items()) + ">>"
    text = F.regexp_replace(F.regexp_replace(column, "'", '"'), ": None", ": null")
    seen = Observation()
    rows = raw.select("id", F.explode(F.from_json(text, schema)).alias("e")).select("id", "e.*")
    rows.observe(seen, F.count(F.lit(1)).alias("n")).write.format("noop").mode("overwrite").save()
    print(f"{column}_members", seen.get["n"])
