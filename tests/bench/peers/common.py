"""What peers in Python share: unzipping, the columns of movies, the fields of the lists; for DuckDB the types, two ways
to read a list of Python dicts, and how its tables get into PostgreSQL."""
import os
import subprocess

TMP = os.environ["TMPDIR"]
COLUMNS = ("movie_id imdb_id title original_title original_language overview tagline homepage poster_path status "
           "adult video budget revenue popularity runtime vote_average vote_count release_date").split()
KINDS = {"adult": "boolean", "video": "boolean", "budget": "bigint", "revenue": "bigint", "popularity": "double",
         "runtime": "double", "vote_average": "double", "vote_count": "double", "release_date": "date"}
# For DuckDB: the columns by their types, of which CSV knows none.
MOVIE = ", ".join(f"try_cast({name} as {KINDS[name]})" + ("::bigint" if name == "vote_count" else "")
                  if name in KINDS else name for name in COLUMNS)
RELATIONS = (("movie_genres", "genres", "genres"), ("movie_companies", "production_companies", "production_companies"))
NAMED = {"id": "BIGINT", "name": "VARCHAR"}
CAST = {"id": "BIGINT", "cast_id": "BIGINT", "order": "BIGINT", "gender": "BIGINT", "character": "VARCHAR",
        "credit_id": "VARCHAR", "name": "VARCHAR", "profile_path": "VARCHAR"}
CREW = {"id": "BIGINT", "gender": "BIGINT", "credit_id": "VARCHAR", "department": "VARCHAR", "job": "VARCHAR",
        "name": "VARCHAR", "profile_path": "VARCHAR"}


def unzip(*members):
    subprocess.run(["unzip", "-qo", os.environ["ZIP"], *members, "-d", TMP], check=True)


def read(member):
    options = """header=true, delim=',', quote='"', escape='"', all_varchar=true"""
    options += ", strict_mode=false, ignore_errors=true"
    return f"read_csv('{TMP}/{member}', {options})"


def as_list(column, fields, way):
    """fields: {name: type}. json: the usual exchange of quotes; struct: a cast, which knows both quotes."""
    if way == "struct":
        inner = ", ".join(f'"{name}" {kind}' for name, kind in fields.items())
        return f'try_cast("{column}" as struct({inner})[])'
    inner = ", ".join(f'"{name}": "{kind}"' for name, kind in fields.items())
    text = f"""replace(replace("{column}", '''', '"'), ': None', ': null')"""
    return f"from_json(try_cast({text} as json), '[{{{inner}}}]')"


def load(db, tables, before=(), after=()):
    """Each table of the DuckDB as CSV, then all of them with \\copy in one transaction."""
    script = ["begin;", *before]
    for table in tables:
        db.execute(f"""copy "{table}" to '{TMP}/{table}' (format csv, header false)""")
        script.append(f"\\copy {table} from '{TMP}/{table}' with (format csv, freeze)")
    script += [*after, "commit;\n"]
    subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1"], input="\n".join(script), text=True, check=True)
