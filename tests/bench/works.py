"""The works, who does them, and the goals: the ratio of our time to the peer's, at most.

A command is a line of bash. It runs in the folder of the data, and finds in its environment ZIP, RATINGS_AT (the
offset of a member's bytes), PEERS and BENCH (folders), PYTHON, TMPDIR (empty), and the database in PG*."""
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Side:
    name: str
    command: str
    counts: str = "tables"      # what it made: rows of tables, lines that it says, a stream, or nothing
    needs: str = "true"         # a command that fails where it is not installed
    reset: str = ""             # before, outside of the clock: a script of PEERS, or an empty or migrated database
    may_fail: bool = False


@dataclass(frozen=True)
class Series:
    """Sides that run one after another, again and again; each comparison is (title, above, below, goal)."""
    sides: tuple
    compared: tuple
    quick: bool = True


@dataclass(frozen=True)
class Work:
    name: str
    title: str
    series: tuple
    tables: tuple = ()
    database: str = "bench"
    measure: str = "seconds"    # or cpu
    warm: bool = True           # one run of ours before the first pair
    ready: dict = field(default_factory=dict)   # tables that a peer wants as files, and the form of them


def pairs(ours, *peers):
    """Ours against each: (Side, goal or None[, False if not in a quick run]). Who loads begins as ours does."""
    return tuple(Series((ours, peer if peer.reset or peer.counts != "tables" else replace(peer, reset=ours.reset)),
                        ((peer.name, 0, 1, goal),), *quick) for peer, goal, *quick in peers)


def psql(name):
    return f'psql -Xq -v ON_ERROR_STOP=1 -f "$PEERS/{name}.sql"'


def python(name, module, *args):
    found = f"import importlib.util as u, sys; sys.exit(u.find_spec('{module}') is None)"
    return {"command": f'"$PYTHON" -B "$PEERS/{name}.py" {" ".join(args)}', "needs": f'"$PYTHON" -c "{found}"'}


def tool(name, command):
    return {"command": command, "needs": f"command -v {name}"}


def ours(name):
    return Side("ours", f'bash "$PEERS/{name}.ours.sh"', reset=f"{name}.tables.sql")


FIVE = "movies", "movie_genres", "movie_companies", "genres", "production_companies"
WHOLE = FIVE + ("movie_countries", "movie_languages", "movie_keywords", "countries", "languages", "collections",
                "keywords", "cast_members", "crew_members", "people", "links", "ratings")
INFLATE = Side("zlib, a bare loop", '"$BENCH/bin/inflate" "$ZIP" "$RATINGS_AT"', "stream")


def ndjson(member, goal, *peers):
    """A CSV to NDJSON, against a plain loop, Miller (with a goal) and xan."""
    mlr = tool("mlr", f"mlr --icsv --ojsonl cat {member}")
    return pairs(Side("ours", f"csv2ndjson --rejoin {member}", "stream"),
                 (Side("libcsv, a bare loop", f'"$BENCH/bin/csv-loop" {member}', "stream"), 1.2),
                 (Side("Miller", **mlr, counts="stream", may_fail=True), goal),
                 (Side("xan", **tool("xan", f"xan to jsonl {member}"), counts="stream", may_fail=True), None), *peers)


JQ = r"""jq -Rnc '(input | split(",")) as [$a, $b, $c, $d] | inputs | split(",") |
    {($a): .[0], ($b): .[1], ($c): .[2], ($d): .[3]}' ratings.csv"""

WORKS = (
    Work("ratings", "ratings.csv, from the zip into a table", pairs(
        ours("ratings"),
        (Side("psql \\copy of the unpacked CSV, time as bigint", psql("ratings.copy"),
              reset="ratings-epoch.tables.sql"), 0.9),
        (Side("psql \\copy, binary, of a ready file", psql("ratings.binary")), 1.3),
        (Side("psql \\copy, then insert ... to_timestamp", psql("ratings.staged")), None, False)),
        ("ratings",), ready={"ratings": "binary"}),
    Work("five", "five movie tables, from the zip into the database", pairs(
        ours("five"),
        (Side("DuckDB, replace and JSON, \\copy", **python("five.duckdb", "duckdb", "json")), 0.33),
        (Side("DuckDB, cast to STRUCT, \\copy", **python("five.duckdb", "duckdb", "struct")), None),
        (Side("psql \\copy of the five as ready CSV", psql("five.copy")), 2),
        (Side("pandas, literal_eval, COPY", **python("five.pandas", "pandas")), 0.1, False),
        (Side("Polars, literal_eval, COPY", **python("five.polars", "polars")), None)),
        FIVE, ready=dict.fromkeys(FIVE, "csv")),
    Work("credits", "cast and crew, from the zip; only ours loads them", pairs(
        ours("credits"),
        (Side("DuckDB, replace and JSON", **python("credits.duckdb", "duckdb", "json"), counts="said"), 0.5),
        (Side("DuckDB, cast to STRUCT", **python("credits.duckdb", "duckdb", "struct"), counts="said"), None),
        (Side("pandas, literal_eval", **python("credits.pandas", "pandas"), counts="said"), 0.03, False),
        (Side("Spark, from_json", **python("credits.spark", "pyspark"), counts="said"), None, False)),
        ("cast_members", "crew_members")),
    Work("whole", "the whole zip into an empty database", pairs(
        Side("ours", 'movies-load "$ZIP"', reset="migrated"),
        (Side("DuckDB, replace and JSON, \\copy, primary keys", reset="empty",
              **python("whole.duckdb", "duckdb")), 0.5, False)),
        WHOLE, "whole", warm=False),
    Work("unzip", "ratings.csv out of the zip", pairs(
        Side("ours", 'unzipper "$ZIP" ratings.csv', "stream"),
        (INFLATE, 1.05),
        (Side("unzip -p", **tool("unzip", 'unzip -p "$ZIP" ratings.csv'), counts="stream"), None),
        (Side("bsdtar", **tool("bsdtar", 'bsdtar -xOf "$ZIP" ratings.csv'), counts="stream"), None)),
        measure="cpu", warm=False),
    Work("ndjson", "CSV to NDJSON, ratings.csv", ndjson(
        "ratings.csv", 0.05, (Side("jq -R, split", **tool("jq", JQ), counts="stream"), None, False)), warm=False),
    Work("ndjson-movies", "CSV to NDJSON, movies_metadata.csv", ndjson("movies_metadata.csv", None), warm=False),
    Work("next", "the next hours' zips into the same database, against the first", (Series(
        (Side("the first zip", 'movies-load "$ZIP"', "", reset="migrated"),
         Side("1% changed", 'movies-load 2026-11-20T01Z.zip', ""),
         Side("the same bytes, a later key", 'movies-load 2026-11-20T02Z.zip', "")),
        (("1% changed / the first zip", 1, 0, 0.8), ("the same bytes again / the first zip", 2, 0, 0.1)),
        quick=False),), database="whole", warm=False),
)
