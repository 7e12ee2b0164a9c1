"""The literal parser against Python's own: ast.literal_eval and json, on generated values, on
texts with a few bytes changed, and on every cell of real rows.

SEED=N repeats a run, LONG=1 runs many more cases. Real rows are those of fixtures/ and, where
MOVIES_REAL_ROWS is set, of that folder.
"""
import ast
import csv
import io
import json
import os
import random
import re
import subprocess
import tokenize
import warnings
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
DRIVER = Path(os.environ.get("BIN", TOP / "build/bin")).parent / "tests/literal"
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
CASES = 100_000 if os.environ.get("LONG") else 3_000
REAL = os.environ.get("MOVIES_REAL_ROWS")
COLUMNS = {
    "movies_metadata.csv": ["belongs_to_collection", "genres", "production_companies",
                            "production_countries", "spoken_languages"],
    "credits.csv": ["cast", "crew"],
    "keywords.csv": ["keywords"],
}
WORDS = {"null": None, "true": True, "false": False}
JSON_NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
csv.field_size_limit(1 << 30)


@pytest.fixture
def rng(request):
    print(f"SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


def parse(texts):
    """What the parser makes of each text: ("ok", value) or ("error", byte, reason)."""
    data = b"".join(t.encode() + b"\0" for t in texts)
    run = subprocess.run([DRIVER], input=data, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    lines = run.stdout.decode().split("\n")
    assert lines.pop() == "" and len(lines) == len(texts)
    return [("error", int(line[1:].split(" ", 1)[0]), line) if line.startswith("!")
            else ("ok", json.loads(line)) for line in lines]


class Refused(Exception):
    """Python does not take it, or it is beyond what any of the two languages has, or what we take."""


def plain(value):
    """Tuples as lists, and so that 1, 1.0 and True differ, the order of keys does not."""
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        if any(k.startswith("_") for k in value):
            raise Refused  # by us: such a key could pass for a trailer's
        return {join(k): plain(v) for k, v in value.items()}
    return (type(value).__name__, join(value) if isinstance(value, str) else repr(value))


def join(text):
    """Two escaped surrogates are one character to us, as they are in JSON."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def convert(node):
    match node:
        case ast.Constant(value=bool() | str() | int() | float() | None as value):
            return value
        case ast.Name(id=name) if name in WORDS:
            return WORDS[name]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) \
                if not isinstance(value, bool):
            return -value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [convert(i) for i in items]
        case ast.Dict(keys=keys, values=values) if None not in keys:
            pairs = [(convert(k), convert(v)) for k, v in zip(keys, values)]
            if all(isinstance(k, str) for k, _ in pairs):
                return dict(pairs)
    raise Refused


def python_value(text):
    """ast.literal_eval of text, with JSON's words known too and keys that are strings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = text.strip(" \t\n\r\f")
            node = ast.parse(text, mode="eval").body
            if isinstance(node, ast.Tuple) and not text.startswith("("):
                raise Refused
            return plain(convert(node))
    except (SyntaxError, ValueError, MemoryError, RecursionError, UnicodeError) as e:
        raise Refused from e


def json_value(text):
    def no(constant):
        raise ValueError(constant)
    try:
        return plain(json.loads(text, parse_constant=no))
    except ValueError as e:
        raise Refused from e


def in_subset(text):
    """Is a text that Python takes in the subset that literal.h documents?"""
    text = text.strip(" \t\n\r\f")
    if re.search(r"\(|-\s|\\[N/\n\r]", text):
        return False
    last = None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            quoted = token.string[0] in "'\"" and token.string[:3] not in ("'''", '"""')
            if not quoted or last == tokenize.STRING:
                return False
        elif token.type == tokenize.NUMBER and not JSON_NUMBER.fullmatch(token.string):
            return False
        elif token.type in (tokenize.COMMENT, tokenize.ERRORTOKEN):
            return False
        if token.type != tokenize.NL:
            last = token.type
    return True


def attempt(function, *args):
    """(True, what it returns), or (False, None) if it refuses."""
    try:
        return True, function(*args)
    except Refused:
        return False, None


def check(text, result):
    """One text: what we take has Python's value; what JSON or the subset has, we take."""
    ok = result[0] == "ok"
    got = plain(result[1]) if ok else None
    if not ok:
        assert 1 <= result[1] <= len(text.encode()) + 1, (text, result)
    is_json, value = attempt(json_value, text)
    if is_json:
        assert ok and got == value, (text, result)
        return "json"
    is_python, value = attempt(python_value, text)
    if ok and not re.search(r"\\/", text):
        assert is_python and got == value, (text, result)
    if is_python and in_subset(text):
        assert ok, (text, result)
    return "both" if ok and is_python else "neither" if not ok else "other"


# Generated values

ALPHABET = ("abc xyz 019 '\"\\/\t\n\r\f\v\b\a\x01\x1f\x7f\x80\x9a\xa0\xe9\u2019\u2028\ufeff"
            "\uffff\U0001f600\U0010ffff[]{}(),:_N")


def random_text(rng):
    return "".join(rng.choice(ALPHABET) for _ in range(rng.choice([0, 1, 2, 5, 20])))


def random_value(rng, depth=0):
    kind = rng.randrange(11 if depth < 5 else 7)
    if kind < 3:
        return random_text(rng) + ("\0" if rng.random() < 0.05 else "")
    if kind == 3:
        return rng.choice([None, True, False])
    if kind == 4:
        return rng.choice([0, 1, -1, 7, 10**rng.randrange(40), -rng.getrandbits(70)])
    if kind == 5:
        return rng.choice([0.0, -0.0, 0.5, 1e-05, 1e22, 5e-324, rng.uniform(-1e9, 1e9)])
    if kind == 6:
        return rng.choice([[], {}, ()])
    items = [random_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    if kind == 7:
        return tuple(items)
    return items if kind == 8 else {random_text(rng).lstrip("_"): i for i in items}


def blank(rng):
    return rng.choice(["", "", "", " ", "\t", "\n", "\r\n", " \f "])


SHORT = dict(zip("\\'\"\a\b\f\n\r\t\v", "\\'\"abfnrtv"))


def write_string(rng, text):
    """A string with each character in one of the ways that Python reads."""
    quote = rng.choice("'\"")
    out = []
    for c in text:
        code = ord(c)
        ways = [f"\\U{code:08x}"]
        if code < 256:
            ways += [f"\\x{code:02X}", f"\\{code:03o}"]
        if code < 65536:
            ways.append(f"\\u{code:04x}")
        else:
            pair = c.encode("utf-16-be").hex()
            ways.append(f"\\u{pair[:4]}\\u{pair[4:]}")
        if c in SHORT:
            ways += ["\\" + SHORT[c]] * 5
        if c not in "\0\n\r\\" + quote:
            ways += [c] * 20
        out.append(rng.choice(ways))
    return quote + "".join(out) + quote


def write(rng, value):
    """value with random blanks, quotes, escapes and commas, as either language allows."""
    def b():
        return blank(rng)
    if isinstance(value, str):
        return write_string(rng, value)
    if isinstance(value, dict):
        items = [f"{b()}{write_string(rng, k)}{b()}:{b()}{write(rng, v)}{b()}"
                 for k, v in value.items()]
    elif isinstance(value, (list, tuple)):
        items = [f"{b()}{write(rng, v)}{b()}" for v in value]
    else:
        return rng.choice([repr, json.dumps])(value)
    comma = "," + b() if items and (rng.random() < 0.2 or
                                    (isinstance(value, tuple) and len(items) == 1)) else b()
    ends = "{}" if isinstance(value, dict) else "[]" if isinstance(value, list) else "()"
    return ends[0] + ",".join(items) + comma + ends[1]


def test_repr_and_json_of_generated_values(rng):
    values = [random_value(rng) for _ in range(CASES)]
    for writer in (repr, json.dumps, lambda v: json.dumps(v, ensure_ascii=False),
                   lambda v: write(rng, v)):
        texts = [writer(v) for v in values]
        for value, text, got in zip(values, texts, parse(texts)):
            assert got[0] == "ok" and plain(got[1]) == plain(value), (text, got)


def mutate(rng, text):
    pieces = ALPHABET + "-+.eE0123456789uUxn;#" + "ntfNTF"
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice([0, 1, 1, 2, 5]))
        new = rng.choice(["", rng.choice(pieces), text[at:end] * 2,
                          rng.choice(["None", "true", "1_0", "'''", "\\ud83d", "\\x4", ",,"])])
        text = text[:at] + new + text[end:]
        if rng.random() < 0.05:
            text = text[:rng.randrange(len(text) + 1)]
    return text.replace("\0", "")


def test_changed_texts(rng):
    texts = [mutate(rng, rng.choice([repr, json.dumps, lambda v: write(rng, v)])
                    (random_value(rng))) for _ in range(2 * CASES)]
    kinds = [check(t, got) for t, got in zip(texts, parse(texts))]
    assert kinds.count("neither") > CASES // 5 and kinds.count("both") > CASES // 20


@pytest.mark.parametrize("text, byte, reason", [
    ("", 1, "a value is missing"),
    ("  ", 3, "a value is missing"),
    ("[", 2, "a value is missing"),
    ("[1", 3, "a comma or ] is missing"),
    ("[1 2]", 4, "a comma or ] is missing"),
    ("[1}", 3, "a comma or ] is missing"),
    ("[,]", 2, "not a value"),
    ("[1,,]", 4, "not a value"),
    ("(1)", 3, "parentheses without a comma"),
    ("{'a'}", 5, "a colon is missing"),
    ("{1: 2}", 2, "a key that is no string"),
    ("{'a': 1 'b': 2}", 9, "a comma or } is missing"),
    ("['Don't']", 7, "a comma or ] is missing"),
    ("['a", 2, "a quote is never closed"),
    ("['a\\", 2, "a quote is never closed"),
    ("'a\nb'", 3, "a line ends inside quotes"),
    ("'a\\\nb'", 4, "a line ends inside quotes"),
    ("'a' 'b'", 5, "something follows the value"),
    ("b'a'", 1, "not a value"),
    ("'''a'''", 3, "something follows the value"),
    ("01", 2, "something follows the value"),
    ("1.", 3, "a digit is missing"),
    ("-", 2, "a digit is missing"),
    ("+1", 1, "not a value"),
    ("nan", 1, "not a value"),
    ("'\\N{DASH}'", 2, "characters by name (\\N) are not read"),
    ("'\\x4'", 2, "an escape lacks hexadecimal digits"),
    ("'\\ud83d'", 2, "half of a surrogate pair"),
    ("'\\ude00'", 2, "half of a surrogate pair"),
    ("'\\ud83d\\ud83d'", 2, "half of a surrogate pair"),
    ("'\\U00110000'", 2, "an escape past U+10FFFF"),
    ("[" * 65 + "]" * 65, 65, "nested too deeply"),
    ("é'", 1, "not a value"),
    ("'é' é", 6, "something follows the value"),
])
def test_errors_say_where_and_why(text, byte, reason):
    assert parse([text]) == [("error", byte, f"!{byte} {reason}")]


@pytest.mark.parametrize("text, value", [
    ("'\\/'", "\\/"),
    ('"\\/"', "/"),
    ("'\\d\\8\\é'", "\\d\\8\\é"),
    ("'\\0\\18\\1234'", "\0\x018S4"),
    ("'\\ud83d\\ude00'", "\U0001f600"),
    ("[None, True, null, false]", [None, True, None, False]),
    ("((), (1,), (1, 2,))", [[], [1], [1, 2]]),
    ("[" * 64 + "]" * 64, json.loads("[" * 64 + "]" * 64)),
])
def test_values(text, value):
    assert parse([text]) == [("ok", value)]


def test_numbers_keep_their_text():
    text = "[1.10, 1e-05, 1E5, -0, 123456789012345678901234567890.10, " + "9" * 5000 + "]"
    run = subprocess.run([DRIVER], input=text.encode(), capture_output=True, check=True)
    assert run.stdout.decode() == text.replace(" ", "") + "\n"


# Real rows

def open_members():
    """(name of the place, member, text stream) of each file of real rows."""
    for path in sorted((TOP / "fixtures").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for member in set(COLUMNS) & set(archive.namelist()):
                with archive.open(member) as f:
                    yield path.name, member, io.TextIOWrapper(f, "utf-8", newline="")
    for member in COLUMNS if REAL else ():
        with open(Path(REAL, member), encoding="utf-8", newline="") as f:
            yield REAL, member, f


def test_real_cells():
    seen = 0
    for place, member, stream in open_members():
        cells = [row[c] for row in csv.DictReader(stream) for c in COLUMNS[member] if row[c]]
        for text, got in zip(cells, parse(cells)):
            is_python, value = attempt(python_value, text)
            assert (got[0] == "ok") == is_python, (place, member, text[:300], got)
            assert not is_python or plain(got[1]) == value, (place, member, text[:300])
        seen += len(cells)
    assert seen > 0
    print(f"{seen} cells")
