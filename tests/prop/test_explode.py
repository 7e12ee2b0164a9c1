"""The explode-* filters against a model in Python, on generated records, good and bad: what
comes out, what is rejected and why, the counts; any chunking of the input gives the same, and
no input that was cut short gives a trailer. Of the fixture's real lists nothing is lost or altered.

SEED=N repeats a run, LONG=1 runs many more cases.
"""
import ast
import csv
import io
import json
import os
import pty
import random
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("BIN", TOP / "build/bin"))
FIXTURE = TOP / "fixtures/2026-11-20T13Z.zip"
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
CASES = 20_000 if os.environ.get("LONG") else 400
RUNS = 40 if os.environ.get("LONG") else 4

# tool: column, is it one dict, [(key of an element, key of the output, type, need)]
TOOLS = {
    "genres": ("genres", False, [("id", "genre_id", int, "key"), ("name", "genre", str, "must")]),
    "companies": ("production_companies", False,
                  [("id", "company_id", int, "key"), ("name", "company", str, "must")]),
    "countries": ("production_countries", False,
                  [("iso_3166_1", "country", str, "key"), ("name", "name", str, "must")]),
    "languages": ("spoken_languages", False,
                  [("iso_639_1", "language", str, "key"), ("name", "name", str, "must")]),
    "collections": ("belongs_to_collection", True,
                    [("id", "collection_id", int, "key"), ("name", "collection", str, "must"),
                     ("poster_path", "poster_path", str, "may"),
                     ("backdrop_path", "backdrop_path", str, "may")]),
    "keywords": ("keywords", False,
                 [("id", "keyword_id", int, "key"), ("name", "keyword", str, "must")]),
    "cast": ("cast", False,
             [("cast_id", "cast_id", int, "may"), ("character", "character", str, "may"),
              ("credit_id", "credit_id", str, "may"), ("gender", "gender", int, "may"),
              ("id", "person_id", int, "key"), ("name", "name", str, "must"),
              ("order", "order", int, "may"), ("profile_path", "profile_path", str, "may")]),
    "crew": ("crew", False,
             [("credit_id", "credit_id", str, "may"), ("department", "department", str, "may"),
              ("gender", "gender", int, "may"), ("job", "job", str, "may"),
              ("id", "person_id", int, "key"), ("name", "name", str, "must"),
              ("profile_path", "profile_path", str, "may")]),
}
ALL = pytest.mark.parametrize("name", TOOLS)


@pytest.fixture
def rng(request):
    print(f"SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


class Bad(Exception):
    """A record is rejected; its argument is the code."""


def explode_element(element, keys):
    if not isinstance(element, dict):
        raise Bad("not-a-dict")
    out = {}
    for source, target, kind, need in keys:
        if source not in element and need != "may":
            raise Bad("missing-key")
        value = element.get(source)
        if value is None and need == "key":
            raise Bad("null-key")
        if value is not None and type(value) is not kind:  # pylint: disable=C0123
            raise Bad("wrong-type")
        if kind is str and value is not None and "\0" in value:
            raise Bad("nul")
        out[target] = value
    return out


def explode(record, literal, name):
    """The records that the model makes of one; literal is the column's value, or BROKEN."""
    column, single, keys = TOOLS[name]
    movie_id = record["movie_id"] if "movie_id" in record else record.get("id")
    if isinstance(movie_id, (bool, list)) or movie_id is None:
        raise Bad("no-movie-id")
    if column not in record:
        raise Bad("no-column")
    if literal is BROKEN:
        raise Bad("bad-literal")
    if literal is None:
        return []
    if not single and not isinstance(literal, (list, tuple)):
        raise Bad("not-a-list")
    provenance = {k: v for k, v in record.items() if k.startswith("_")}
    return [{"movie_id": movie_id} | explode_element(e, keys) | provenance
            for e in ([literal] if single else literal)]


# Generated records

BROKEN = object()
NAMES = ["Animation", "Kerri O'Kane", 'a "b"', "Dwayne 'The \"Rock\"'", "",
         "Pokémon\u2019s", "\t\n\x9a", "\U0001f600", "\\"]


def random_element(rng, keys):
    element = {}
    for source, _, kind, need in keys:
        if rng.random() < (0.3 if need == "may" else 0.01):
            continue
        element[source] = rng.randrange(10**6) if kind is int else rng.choice(NAMES)
        if rng.random() < 0.02:
            element[source] = rng.choice([None, True, "7", 7, 1.0, [], {"id": 1}, "A\0B", -3])
    if rng.random() < 0.3:
        element["extra"] = rng.choice([None, [1, (2,)], {"id": 5, "name": {}}, "x\0"])
    items = list(element.items())
    rng.shuffle(items)
    return rng.choice([1, [], None, "x"]) if rng.random() < 0.01 else dict(items)


def random_literal(rng, single, keys):
    if rng.random() < 0.1:
        return rng.choice([None, 5, True, "x", {}, [], ()])
    if single:
        return random_element(rng, keys)
    return [random_element(rng, keys) for _ in range(rng.choice([0, 1, 1, 2, 3, 10]))]


def is_good(literal, name):
    try:
        explode({"id": 1, TOOLS[name][0]: None}, literal, name)
    except Bad:
        return False
    return True


def random_form(rng, literal, name):
    """(the column's value in the record, the literal or BROKEN): as text or as JSON. Of two
    things wrong the filter names the first, so only what is good gets broken."""
    if rng.random() < 0.05 and is_good(literal, name):
        text = repr(literal)
        return text[:-1] + rng.choice(["", "#", "}}", "'"]), BROKEN
    if literal is None or rng.random() < 0.4:
        has_nul = "\\u0000" in json.dumps(literal)
        if not has_nul and not isinstance(literal, str):
            return literal, literal
    return repr(literal) if rng.random() < 0.7 else json.dumps(literal), literal


def random_record(rng, number, name):
    """(record, literal): a record of one of the filters' inputs."""
    column, single, keys = TOOLS[name]
    literal = random_literal(rng, single, keys)
    value, literal = random_form(rng, literal, name)
    movie_id = rng.choice([number, str(number), "007", 10**25 + number])
    record = {rng.choice(["id", "movie_id"]): movie_id, column: value, "_record": number,
              "title": rng.choice(NAMES), "_line": number * 2}
    if rng.random() < 0.1:
        record |= {"id": None, "movie_id": movie_id}
    if rng.random() < 0.02:
        record |= {"movie_id": rng.choice([None, [1], True])}
    if rng.random() < 0.01:
        del record[column]
    items = list(record.items())
    rng.shuffle(items)
    return dict(items), literal


def random_stream(rng, count, name):
    """(the records as bytes with a trailer, lines expected, [(record, code)] expected)."""
    data, good, bad = [], [], []
    for number in range(1, count + 1):
        record, literal = random_record(rng, number, name)
        data.append(json.dumps(record, ensure_ascii=rng.random() < 0.5))
        try:
            good += [json.dumps(r) for r in explode(record, literal, name)]
        except Bad as e:
            bad.append((number, e.args[0]))
    data.append(json.dumps({"_end": {"records": count}}))
    good.append(json.dumps({"_end": {"records": len(good)}}))
    return ("\n".join(data) + "\n").encode(), good, bad


def run(name, data, folder, *options):
    """(exit status, standard output, rejects, counts)"""
    paths = [folder / "rejects", folder / "stats"]
    for p in paths:
        p.unlink(missing_ok=True)
    done = subprocess.run([BIN / f"explode-{name}", "-R", paths[0], "-S", paths[1], *options],
                          input=data, capture_output=True, check=False)
    rejects, stats = ([json.loads(line) for line in p.read_text("utf-8").splitlines()]
                      if p.exists() else [] for p in paths)
    return done.returncode, done.stdout.decode(), rejects, stats


def same_order(text):
    """Lines of JSON in one spelling, the order of keys kept."""
    return [json.dumps(json.loads(line)) for line in text.splitlines()]


@ALL
def test_equals_the_model(name, rng, tmp_path):
    data, good, bad = random_stream(rng, CASES, name)
    status, out, rejects, stats = run(name, data, tmp_path)
    assert status == 0
    assert same_order(out) == good
    assert [(r["record"], r["code"]) for r in rejects] == bad
    lines = data.decode().split("\n")
    for r in rejects:
        assert r["raw"] == lines[r["record"] - 1] and r["line"] == 2 * r["record"]
        assert data[r["offset"]:][:r["length"]].decode() == r["raw"]
    counts = stats[0]
    assert counts["in"] == CASES == counts["exploded"] + counts["empty"] + counts["rejected"]
    assert counts["rejected"] == len(bad) and counts["out"] == len(good) - 1
    movies = {json.loads(line)["_record"] for line in good[:-1]}
    assert counts["exploded"] == len(movies)
    if CASES >= 400 and name == "genres":
        assert len({code for _, code in bad}) >= 5


REAL = {"keywords": "keywords.csv", "cast": "credits.csv", "crew": "credits.csv"}


@pytest.mark.parametrize("name", REAL)
def test_real_lists_lose_nothing(name, tmp_path):
    column, _, keys = TOOLS[name]
    renamed = {source: target for source, target, _, _ in keys}
    with zipfile.ZipFile(FIXTURE) as archive:
        member = archive.read(REAL[name])
    rows = list(csv.DictReader(io.StringIO(member.decode(), newline="")))
    want = []
    for row in rows:
        for element in ast.literal_eval(row[column]):
            assert element.keys() == renamed.keys()  # else a key were left out
            made = {renamed[k]: v for k, v in element.items()}
            want.append(json.dumps({"movie_id": row["id"]} | {t: made[t] for t in renamed.values()}))
    assert len(rows) == 500 and len(want) > 1000
    assert any('"' in row[column] for row in rows)  # Python's quotes of names with a '
    records = subprocess.run([BIN / "csv2ndjson"], input=member, stdout=subprocess.PIPE, check=True).stdout
    status, out, rejects, stats = run(name, records, tmp_path)
    assert status == 0 and not rejects
    assert same_order(out) == want
    assert stats[0]["in"] == len(rows) and stats[0]["out"] == len(want)


def run_in_chunks(name, data, folder, size):
    argv = [BIN / f"explode-{name}", "-R", folder / "rejects"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as p:
        at = 0
        while at < len(data):
            n = size()
            p.stdin.write(data[at:at + n])
            at += n
        p.stdin.close()
        out = p.stdout.read()
    assert p.returncode == 0
    return out.decode()


@ALL
def test_chunks_make_no_difference(name, rng, tmp_path):
    for _ in range(RUNS):
        data, good, _ = random_stream(rng, 30, name)
        for size in (lambda: 1, lambda: rng.randrange(1, 200), lambda: rng.randrange(1, 9000)):
            assert same_order(run_in_chunks(name, data, tmp_path, size)) == good


def test_a_cut_input_gives_no_trailer(rng, tmp_path):
    data, good, _ = random_stream(rng, 12, "genres")
    ends = [i + 1 for i, byte in enumerate(data) if byte == ord("\n")][:-1]
    cuts = ends + [rng.randrange(len(data) - 1) for _ in range(50 * RUNS)]
    for cut in cuts:
        status, out, _, stats = run("genres", data[:cut], tmp_path)
        assert "_end" not in out, cut
        assert status == 0 and stats or status == 74 and not stats, cut
    assert same_order(run("genres", data, tmp_path)[1]) == good


@pytest.mark.parametrize("change", ["drop", "double"])
def test_a_wrong_number_of_records_is_refused(change, rng, tmp_path):
    data, _, _ = random_stream(rng, 12, "genres")
    lines = data.splitlines(keepends=True)
    at = rng.randrange(12)
    lines[at:at + 1] = [] if change == "drop" else [lines[at]] * 2
    status, out, _, stats = run("genres", b"".join(lines), tmp_path)
    assert status == 74 and "_end" not in out and not stats
    status, out, _, _ = run("genres", b"".join(lines), tmp_path, "--filtered")
    assert (status == 0 and "_end" in out) == (change == "drop")


def read_all(fd):
    data = b""
    try:
        while chunk := os.read(fd, 4096):
            data += chunk
    except OSError:  # Linux says so when the other end of a terminal is closed
        pass
    return data


def test_a_message_erases_the_progress_line():
    here, there = pty.openpty()
    with subprocess.Popen([BIN / "explode-genres", "-v"], stdin=subprocess.PIPE, stderr=there) as p:
        os.close(there)
        time.sleep(1)  # so that the first record is shown
        p.stdin.write(b'{"id":1,"genres":null}\n{}\n')
        p.stdin.close()
        said = read_all(here).decode()
    os.close(here)
    assert p.returncode == 65
    progress, error, rest = said.split("\r\033[K")[1:] + [""]
    assert progress.startswith("explode-genres: 1 records") and "\n" not in progress
    assert error.startswith("explode-genres: input:2: ") and error.endswith("\r\n") and rest == ""
