#!/usr/bin/env python3
"""The nine answers, calculated again with nothing of the project's own: csv, ast and decimal.

usage: oracle.py NAME FILE...                      print the answer as CSV
       oracle.py --compare NAME GOT.csv FILE...    exit 1 and say where GOT differs from it
       oracle.py --all FOLDER FILE...              write all nine, FOLDER/NAME.csv
       oracle.py --same GOT.csv WANT.csv           compare as --compare does, with one written before
       oracle.py --stats FILE...                   print what was read, per file and in all

With --as-of HOUR first (2026-11-20T13Z), the figures are those of the files up to that hour, by
their names, and the names of genres and companies those of all files; what has none there is null.

FILE is a zip or a folder with a movies_metadata.csv, or that CSV itself; oldest key first. It
is read whole into memory. Python's csv is lenient about quotes: records with malformed quoting
are outside of what this can judge. The break between the halves of a split record comes back
as LF whatever it was: it lies in the overview, which no answer shows.
"""
import ast
import csv
import datetime
import io
import itertools
import re
import sys
import zipfile
from collections import Counter, defaultdict
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

csv.field_size_limit(1 << 30)
getcontext().prec = 200
MEMBER = "movies_metadata.csv"
FIGURES = ["company-budget", "company-revenue", "company-profit",
           "genre-budget", "genre-revenue", "genre-profit"]
NAMES = FIGURES + ["company-releases", "company-popularity", "genre-most-popular"]
TEXT = {"company", "genre", "genre_by_sum", "genre_by_avg", "genre_by_max"}
INTEGER = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


# Reading: bytes -> records -> movies. A ValueError rejects a record, no part of it is loaded.

def read_bytes(path):
    path = Path(path)
    if path.is_dir():
        return (path / MEMBER).read_bytes()
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read(MEMBER) if MEMBER in archive.namelist() else b""


def rejoin(rows, width):
    """Yield (row, was_split): two adjacent short records that make up one are one."""
    i = 0
    while i < len(rows):
        a, b = rows[i], rows[i + 1] if i + 1 < len(rows) else []
        was_split = (1 < len(a) < width and 1 < len(b) < width and len(a) + len(b) - 1 == width
                     and any(a) and any(b))
        yield (a[:-1] + [a[-1] + "\n" + b[0]] + b[1:] if was_split else a), was_split
        i += 1 + was_split


def literal(text, kind):
    try:
        value = ast.literal_eval(text) if text else kind()
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f"unreadable literal: {text[:40]}") from error
    if not isinstance(value, kind):
        raise ValueError(f"not a {kind.__name__}: {text[:40]}")
    return value


def smallest(names):
    return min((n for n in names if n is not None), key=str.encode, default=None)


def named(text, key, kind):
    """{key: name} of a list of dicts; of one key's several names the smallest."""
    names = defaultdict(list)
    for element in literal(text, list):
        if not isinstance(element, dict) or type(element.get(key)) is not kind \
                or not isinstance(element.get("name"), (str, type(None))):
            raise ValueError(f"no {key} and name: {str(element)[:40]}")
        names[element[key]].append(element.get("name"))
    return {value: smallest(given) for value, given in names.items()}


def number(text, pattern=NUMBER):
    if text and not pattern.fullmatch(text):
        raise ValueError(f"not a number: {text[:40]}")
    return Decimal(text) if text else None


def release_year(text):
    if text and not DATE.fullmatch(text):
        raise ValueError(f"not a date: {text[:40]}")
    return datetime.date.fromisoformat(text).year if text else None


def movie_of(row, header):
    """(id, movie) of one record, after a look at every column that has a type."""
    if len(row) != len(header):
        raise ValueError(f"{len(row)} fields")
    if any("\0" in value or re.search("[\ud800-\udfff]", value) for value in row):
        raise ValueError("NUL or invalid UTF-8")
    field = dict(zip(header, row))
    if not {field["adult"].lower(), field["video"].lower()} <= {"", *"tf01", "true", "false"}:
        raise ValueError("not a boolean: adult or video")
    for column in ("runtime", "vote_average", "vote_count"):
        number(field[column])
    collection = literal(field["belongs_to_collection"], dict)
    if collection and type(collection.get("id")) is not int:
        raise ValueError("a collection without id")
    named(field["production_countries"], "iso_3166_1", str)
    named(field["spoken_languages"], "iso_639_1", str)
    if not field["id"]:
        raise ValueError("no id")
    budget, revenue = number(field["budget"]), number(field["revenue"])
    return int(number(field["id"], INTEGER)), {
        "year": release_year(field["release_date"]), "popularity": number(field["popularity"]),
        "budget": budget, "revenue": revenue,
        "profit": None if budget is None or revenue is None else revenue - budget,
        "genre": named(field["genres"], "id", int),
        "company": named(field["production_companies"], "id", int)}


def load(paths, report=lambda path, counts, reasons: None):
    """{id: movie} as it stands after all files, of equal ids the last record."""
    movies = {}
    for path in paths:
        text = read_bytes(path).decode("utf-8-sig", "surrogateescape")
        header, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
        counts, reasons = Counter(records=len(rows)), []
        for row, was_split in rejoin(rows, len(header)):
            counts["rejoined"] += was_split
            if not any(row):
                counts["blank"] += 1
                continue
            try:
                key, movie = movie_of(row, header)
            except ValueError as reason:
                reasons.append(str(reason))
                continue
            counts["accepted"] += 1
            movies[key] = movie
        report(path, counts, reasons)
    return movies


def hour_of(path):
    """The hour that a key begins with; as text hours sort as in time."""
    return Path(path).name[:len("2026-11-20T13Z")]


# Answers: movies -> rows

def names_of(movies, group):
    """{id: name}: the name that most movies give, of equals the smallest by bytes."""
    votes = defaultdict(Counter)
    for movie in movies.values():
        for key, name in movie[group].items():
            votes[key][name] += name is not None
    return {key: smallest(n for n, c in count.items() if c == max(count.values()))
            for key, count in votes.items()}


def grouped(movies, group):
    """[((id, year), movies)] in order; what has no year is in none."""
    groups = defaultdict(list)
    for movie in movies.values():
        for key in movie[group] if movie["year"] is not None else ():
            groups[key, movie["year"]].append(movie)
    return sorted(groups.items())


def half_away(value, places):
    scaled = abs(Fraction(value)) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(-whole if value < 0 else whole, 10**places)


def fixed(value, places):
    whole = int(half_away(value, places) * 10**places)
    return format(Decimal(whole).scaleb(-places), "f")


def total(values):
    return format(sum(values), "f") if values else ""


def mean(values):
    return fixed(Fraction(sum(values)) / len(values), 6) if values else ""


def reported(movies, figure):
    return [movie[figure] for movie in movies if movie[figure] is not None]


def split(movies, group, figure):
    by_size = defaultdict(Decimal)
    for movie in movies:
        if movie[figure] is not None:
            by_size[len(movie[group])] += movie[figure]
    shares = [half_away(Fraction(value) / size, 30) for size, value in by_size.items()]
    return fixed(half_away(sum(shares), 10), 2) if shares else ""


def figures(movies, names, group, figure):
    is_profit = figure == "profit"
    sides = ("budget", "revenue") if is_profit else (figure,)
    yield [f"{group}_id", group, "year", figure, f"{figure}_split",
           *["profit_known"] * is_profit, "movies", "movies_known"]
    for (key, year), members in grouped(movies, group):
        known = [m for m in members if all((m[side] or 0) > 0 for side in sides)]
        yield [key, names[group].get(key), year, total(reported(members, figure)),
               split(members, group, figure),
               *[total(reported(known, figure)) or "0"] * is_profit, len(members), len(known)]


def company_releases(movies, names):
    yield ["company_id", "company", "year", "genre_id", "genre", "releases"]
    for (key, year), members in grouped(movies, "company"):
        releases = Counter(genre for movie in members for genre in movie["genre"])
        for genre, count in sorted(releases.items()):
            yield [key, names["company"].get(key), year, genre, names["genre"].get(genre), count]


def company_popularity(movies, names):
    yield ["company_id", "company", "year", "popularity", "movies"]
    for (key, year), members in grouped(movies, "company"):
        yield [key, names["company"].get(key), year, mean(reported(members, "popularity")),
               len(members)]


def genre_most_popular(movies, names):
    """The largest before any rounding; of equals the smallest id."""
    measures = {"sum": (sum, total),
                "avg": (lambda values: Fraction(sum(values)) / len(values), mean),
                "max": (max, max)}
    years = defaultdict(list)
    yield ["year"] + [c for m in measures for c in (f"genre_id_by_{m}", f"genre_by_{m}", m)]
    for (key, year), members in grouped(movies, "genre"):
        if reported(members, "popularity"):
            years[year].append((key, reported(members, "popularity")))
    for year, genres in sorted(years.items()):
        row = [year]
        for exact, printed in measures.values():
            _, key, values = max((exact(values), -key, values) for key, values in genres)
            row += [-key, names["genre"].get(-key), format(Decimal(printed(values)), "f")]
        yield row


def load_as_of(paths, as_of=None):
    """The movies, and the names of genres and companies."""
    latest = movies = load(paths)
    if as_of is not None:
        movies = load([path for path in paths if hour_of(path) <= as_of])
    return movies, {group: names_of(latest, group) for group in ("company", "genre")}


def answer(name, movies, names):
    """The rows of an answer, the header first, every value as text, null as the empty one."""
    if name in FIGURES:
        rows = figures(movies, names, *name.split("-"))
    else:
        rows = globals()[name.replace("-", "_")](movies, names)
    return [["" if value is None else str(value) for value in row] for row in rows]


# Command line

def write_rows(rows, out):
    csv.writer(out, lineterminator="\n").writerows(rows)


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as lines:
        return list(csv.reader(lines))


def write_all(folder, movies, names):
    for name in NAMES:
        with open(Path(folder, f"{name}.csv"), "w", newline="", encoding="utf-8") as out:
            write_rows(answer(name, movies, names), out)


def same(header, ours, theirs):
    def plain(column, value):
        return Decimal(value) if column not in TEXT and NUMBER.fullmatch(value) else value
    return ours is not None and theirs is not None and len(ours) == len(theirs) and all(
        plain(c, a) == plain(c, b) for c, a, b in zip(header, ours, theirs))


def compare(want, got, limit=5):
    """Lines that say where got first differs; none if it does not."""
    if got[:1] != want[:1]:
        return [f"header: expected {want[0]}, got {got[:1]}"]
    wrong = [f"row {n}: expected {w}, got {g}"
             for n, (w, g) in enumerate(itertools.zip_longest(want, got))
             if not same(want[0], w, g)]
    return wrong[:limit] + [f"expected {len(want) - 1} rows, got {len(got) - 1}"] * bool(wrong)


def report(name, wrong):
    sys.stderr.writelines(f"{name}: {line}\n" for line in wrong)
    return 1 if wrong else 0


def stats(paths):
    def show(path, counts, reasons):
        shown = [f"{k}={counts[k]}" for k in ("records", "accepted", "rejoined", "blank")]
        print(f"{path}:", *shown, f"rejected={len(reasons)}", *reasons, sep="\t")
    movies = load(paths, show)
    undated = sum(movie["year"] is None for movie in movies.values())
    print(f"in all:\tmovies={len(movies)}\twithout_year={undated}"
          f"\tgenres={len(names_of(movies, 'genre'))}"
          f"\tcompanies={len(names_of(movies, 'company'))}")


def main(args):
    as_of = None
    if len(args) >= 2 and args[0] == "--as-of":
        as_of, args = args[1], args[2:]
    if len(args) >= 2 and args[0] == "--stats":
        stats(args[1:])
    elif len(args) >= 4 and args[0] == "--compare" and args[1] in NAMES:
        want = answer(args[1], *load_as_of(args[3:], as_of))
        return report(args[1], compare(want, read_rows(args[2])))
    elif len(args) == 3 and args[0] == "--same":
        return report(args[1], compare(read_rows(args[2]), read_rows(args[1])))
    elif len(args) >= 3 and args[0] == "--all":
        write_all(args[1], *load_as_of(args[2:], as_of))
    elif len(args) >= 2 and args[0] in NAMES:
        sys.stdout.reconfigure(encoding="utf-8", newline="")
        write_rows(answer(args[0], *load_as_of(args[1:], as_of)), sys.stdout)
    else:
        print(__doc__, "NAME is one of:", *NAMES, file=sys.stderr)
        return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
