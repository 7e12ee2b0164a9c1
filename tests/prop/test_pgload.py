"""pgload's promise: whatever it passes, the server takes with equal value, and all else is a
reject. For each type, generated values, good, nearly good and bad, go through pgload; a model
in Python, which shares nothing with it, says which of them must arrive and as what. What did
arrive is also held against the server's own cast of the same text. The merge of -k is held
against a dict.

SEED=N repeats a run, LONG=1 runs many more cases.
"""
import csv
import datetime
import json
import math
import os
import random
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
LONG = bool(os.environ.get("LONG"))
CASES = 20_000 if LONG else 600
ROUNDS = 40 if LONG else 6
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)  # numeric has more

INTEGER = re.compile(r"[+-]?[0-9]+\Z")
WHOLE = re.compile(r"[+-]?[0-9]+(\.0+)?\Z")
DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?\Z")
JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\Z")
TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})"
                  r"(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}(?::[0-9]{2})?)?)?\Z")
EPOCH = datetime.datetime(1970, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)


@pytest.fixture
def rng(request):
    print(f"SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


class Bad(Exception):
    """The value is none of the type; the argument is the reject's code."""


# --- the model: a text as a value of Python, or Bad ------------------------------------------


def integer(bits):
    def model(text):
        if not WHOLE.match(text):
            raise Bad("bad-integer")
        text = text.partition(".")[0]
        if not -(1 << (bits - 1)) <= int(text) < 1 << (bits - 1):
            raise Bad("out-of-range")
        return int(text)
    return model


def scan_decimal(text):
    match = DECIMAL.match(text)
    if not match:
        raise Bad("bad-number")
    if match[1] and abs(int(match[1])) > 1_000_000:
        raise Bad("out-of-range")
    return Decimal(text)


def numeric(text):
    value = scan_decimal(text)
    if -value.as_tuple().exponent > 16383 or (value and value.adjusted() >= 131072):
        raise Bad("out-of-range")
    return value


def numeric_of(precision, scale):
    def model(text):
        value = scan_decimal(text)
        written = "".join(map(str, value.as_tuple().digits))
        lowest = value.as_tuple().exponent + len(written) - len(written.rstrip("0"))
        if value and (lowest < -scale or value.adjusted() >= precision - scale):
            raise Bad("out-of-range")
        return value
    return model


def nearest(value, digits, lowest, highest):
    """The binary number of so many digits that is nearest, ties to even: exact arithmetic."""
    if value == 0:
        return Fraction(0)
    size = abs(value)
    power = max(size.numerator.bit_length() - size.denominator.bit_length() - digits - 1, lowest)
    while size / Fraction(2) ** power >= 1 << digits:
        power += 1
    rounded = round(size / Fraction(2) ** power) * Fraction(2) ** power
    if rounded == 0 or rounded >= Fraction(2) ** highest:
        raise Bad("out-of-range")
    return rounded if value > 0 else -rounded


def floating(digits, lowest, highest):
    def model(text):
        value = scan_decimal(text)
        if value and abs(value.adjusted()) > 400:
            raise Bad("out-of-range")
        return nearest(Fraction(value), digits, lowest, highest) if value else Fraction(0)
    return model


def boolean(text):
    words = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
    if not text.isascii() or text.lower() not in words:
        raise Bad("bad-boolean")
    return words[text.lower()]


def date(text):
    try:
        if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", text):
            raise ValueError
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise Bad("bad-date") from None


def microseconds(text, zoned):
    match = TIME.match(text)
    if not match or (match[6] and not zoned):
        raise Bad("bad-timestamp")
    try:
        day = datetime.datetime.fromisoformat(match[1])
        moment = day.replace(hour=int(match[2] or 0), minute=int(match[3] or 0),
                             second=int(match[4] or 0),
                             microsecond=int((match[5] or "").ljust(6, "0")))
    except ValueError:
        raise Bad("bad-timestamp") from None
    zone = match[6] if match[6] not in (None, "Z") else "+00"
    hours, minutes = int(zone[1:3]), int(zone[4:6] or 0)
    if hours > 15 or minutes > 59:
        raise Bad("bad-timestamp")
    offset = (hours * 3600 + minutes * 60) * 1_000_000
    return (moment - EPOCH) // MICROSECOND - (offset if zone[0] == "+" else -offset)


def timestamp(zoned, decimals=6):
    def model(text):
        if zoned and INTEGER.match(text):
            if not -62135596800 <= int(text) <= 253402300799:
                raise Bad("out-of-range")
            return int(text) * 1_000_000
        value = microseconds(text, zoned)
        if value % 10 ** (6 - decimals):
            raise Bad("out-of-range")
        return value
    return model


def text_of(most):
    def model(text):
        if "\0" in text:
            raise Bad("nul")
        if most is not None and len(text) > most:
            raise Bad("too-long")
        return text
    return model


# --- what is generated: texts that are good, or look as if --------------------------------------


def some_integer(rng):
    sign = rng.choice(["", "", "-", "+"])
    power = rng.choice([8, 15, 16, 31, 32, 63, 64])
    near = (1 << power) + rng.randint(-2, 2)
    fraction = rng.choice(["", "", "", ".0", ".000", ".", ".01"])
    return sign + "0" * rng.choice([0, 0, 0, 3, 30]) + str(rng.choice([near, rng.randrange(1 << power)])) + fraction


def digits(rng, most):
    return "".join(rng.choices("0123456789", k=rng.randint(0, most))).replace(
        *rng.choice([("9", "0"), ("1", "0"), ("x", "x")]))


def some_decimal(rng):
    most = rng.choice([3, 3, 6, 20, 70])
    whole, fraction = digits(rng, most), digits(rng, most)
    text = rng.choice(["", "-", "+"]) + whole + ("." + fraction if fraction else "")
    if rng.random() < 0.4:
        text += rng.choice("eE") + rng.choice(["", "-", "+"]) + str(rng.choice(
            [rng.randrange(5), rng.randrange(50), rng.randrange(330), rng.randrange(20_000)]))
    return text


def some_scaled(precision, scale):
    def some(rng):
        if rng.random() < 0.3:
            return some_decimal(rng)
        number = rng.randrange(-(10 ** (rng.randint(0, precision) + 1)), 10 ** rng.randint(0, precision))
        value = Decimal(number).scaleb(-scale + rng.choice([0, 0, 0, -1, 1]))
        return format(value, rng.choice("feE"))
    return some


def some_float(rng):
    if rng.random() < 0.3:  # near the ends of the ranges and half way between two neighbours
        base = rng.choice([2.0 ** -149, 2.0 ** -150, 2.0 ** 128, 2.0 ** 127, 5e-324, 1.7e308, 1.0, 2.0 ** 24])
        step = Fraction(base) * (1 + Fraction(rng.randint(-2, 2), 2 ** rng.choice([1, 23, 24, 25, 52, 53, 54])))
        return f"{Decimal(step.numerator) / Decimal(step.denominator):e}"
    return some_decimal(rng)


def some_date(rng):
    year = rng.choice([0, 1, 4, 99, 100, 400, 1582, 1900, 2000, 2020, 2021, 9999, rng.randrange(10_000)])
    return f"{year:04}-{rng.randint(0, 13):02}-{rng.choice([0, 1, 15, 28, 29, 30, 31, 32]):02}"


def some_time(rng):
    if rng.random() < 0.15:
        near = rng.choice([0, 951782400, -62135596800, 253402300799, 1 << 31])
        return str(near + rng.randint(-90_000, 90_000))
    text = datetime.date.fromordinal(rng.randint(1, 3_652_059)).isoformat()
    if rng.random() < 0.1:
        text = rng.choice(["0001-01-01", "9999-12-31", some_date(rng)])
    if rng.random() < 0.1:
        return text
    text += rng.choice("T ") + f"{rng.choice([0, 1, 12, 23, 24]):02}:{rng.choice([0, 30, 59, 60]):02}"
    if rng.random() < 0.8:
        text += f":{rng.choice([0, 7, 59, 60]):02}"
        if rng.random() < 0.5:
            text += "." + str(rng.randrange(10 ** rng.randint(1, 7))).rjust(rng.randint(1, 6), "0")
    if rng.random() < 0.4:
        text += rng.choice(["Z", "z", "+00", "-00:00", "+14", "+15:59", "-15:59", "+16", "-09:30",
                            "+0530", "+5", " UTC", "+05:30:15"])
    return text


def some_boolean(rng):
    word = rng.choice(["true", "false", "t", "f", "0", "1", "yes", "on", "tr", "ſ", "2", "00"])
    return "".join(rng.choice([c, c.upper()]) for c in word)


def some_text(rng):
    alphabet = rng.choice(["ab\\N.\t\n\r\b\f\v\"'", "é\u0301ÿ\u2028\ufeff\ufffe\ufffd", "🎬\U0010ffff\u0800",
                           "\x01\x02\x1f\x7f\x80\x9f", "\\.", "x\0y"])
    length = rng.choice([0, 1, 2, 3, 4, 5, 6, 20] + ([200_000] if rng.random() < 0.02 else []))
    return "".join(rng.choices(alphabet, k=length))


NASTY = ["", " ", "1 ", " 1", "1\n", "\t1", "NaN", "nan", "Infinity", "-inf", "0x10", "1_000", "1,5", "1.", ".", "-", "+",
         "--1", "+-1", "1e", "1e+", "e5", ".e1", "1.5.5", "١٢", "1\u00a0", "null", "\\N", "now", "today", "epoch", "infinity",
         "allballs", "2020-1-1", "20200101", "2020-01-01 BC", "01/02/2020", "2020-W01-1", "2020-001", "2020-01-01T",
         "2020-01-01 ", "2020-01-01T1:00", "2020-01-01T01", "2020-01-01T01:00:", "2020-01-01T01:00:00.", "10000-01-01",
         "0e999999", "0e1000001", "1e131071", "1e131072", "9e131071", "-1e131072", "1e-16383", "1e-16384", "0e-16384",
         "1e1000000", "1e99999999999999999999", "0e-99999999999999999999", "0." + "0" * 16384, "0." + "0" * 16383,
         "1" * 131072, "1" * 131073, "0" * 140000 + "1.5", "99.995", "99.99", "-99.99", "100.00", "99.990000", "9.9999e1",
         "3.4028235e38", "3.4028236e38", "1e-45", "7e-46", "4.9e-324", "2e-324", "1.7976931348623157e308",
         "1.7976931348623159e308", "16777217", "9007199254740993"]


def spoil(rng, text):
    place = rng.randint(0, len(text))
    extra = rng.choice(" +-.eE0159TZ:nNx_,\t\n٣'\\")
    return rng.choice([text[:place] + extra + text[place:], text[:place] + extra + text[place + 1:],
                       text[:place] + text[place + 1:]])


# --- the types: as SQL has them, as the model does, how a row's value is read back ----------------


def fraction_of(field):
    return Fraction(float(field)) if "e" in field or "." in field else Fraction(int(field))


EPOCH_OUT = "(extract(epoch from v) * 1000000)::bigint"
TYPES = {
    "smallint": (integer(16), some_integer, "v", int),
    "integer": (integer(32), some_integer, "v", int),
    "bigint": (integer(64), some_integer, "v", int),
    "numeric": (numeric, some_decimal, "v", Decimal),
    "numeric(4,2)": (numeric_of(4, 2), some_scaled(4, 2), "v", Decimal),
    "numeric(5)": (numeric_of(5, 0), some_scaled(5, 0), "v", Decimal),
    "numeric(3,-2)": (numeric_of(3, -2), some_scaled(3, -2), "v", Decimal),
    "numeric(2,4)": (numeric_of(2, 4), some_scaled(2, 4), "v", Decimal),
    "numeric(1000,500)": (numeric_of(1000, 500), some_scaled(1000, 500), "v", Decimal),
    "real": (floating(24, -149, 128), some_float, "v::float8", fraction_of),
    "double precision": (floating(53, -1074, 1024), some_float, "v", fraction_of),
    "boolean": (boolean, some_boolean, "v", lambda f: f == "t"),
    "date": (date, some_date, "to_char(v, 'YYYY-MM-DD')", str),
    "timestamp": (timestamp(False), some_time, EPOCH_OUT, int),
    "timestamp(3)": (timestamp(False, 3), some_time, EPOCH_OUT, int),
    "timestamptz": (timestamp(True), some_time, EPOCH_OUT, int),
    "timestamptz(0)": (timestamp(True, 0), some_time, EPOCH_OUT, int),
    "text": (text_of(None), some_text, "encode(convert_to(v, 'UTF8'), 'hex')", lambda f: bytes.fromhex(f).decode()),
    "varchar(5)": (text_of(5), some_text, "encode(convert_to(v, 'UTF8'), 'hex')", lambda f: bytes.fromhex(f).decode()),
}


def make_texts(rng, some, count):
    texts = [some(rng) for _ in range(count)]
    texts += [spoil(rng, rng.choice(texts[:count])[:1000]) for _ in range(count // 2)]
    return texts + NASTY


def as_json(rng, text):
    """As a number where JSON has it so, now and then; else as a string, escaped or not."""
    if JSON_NUMBER.match(text) and rng.random() < 0.5:
        return text
    return json.dumps(text, ensure_ascii=rng.random() < 0.5)


def pgload(bin_dir, pg, tmp_path, lines, *args):
    """Runs it over the lines; returns the rejects, {record: code}, and the counts."""
    source, rejects, stats = tmp_path / "in", tmp_path / "rejects", tmp_path / "stats"
    source.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    for path in (rejects, stats):
        path.unlink(missing_ok=True)
    done = subprocess.run([bin_dir / "pgload", "-R", rejects, "-S", stats, *args, source], env=pg.env,
                          capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    bad = [json.loads(line) for line in rejects.read_bytes().splitlines()]
    return {r["record"]: r["code"] for r in bad}, json.loads(stats.read_text(encoding="utf-8"))


def expect(model, texts):
    good, bad = {}, {}
    for number, text in enumerate(texts, 1):
        try:
            good[number] = model(text)
        except Bad as why:
            bad[number] = why.args[0]
    return good, bad


def differs_from_cast(pg, tmp_path, name, texts, numbers):
    """The numbers of rows where the server's own cast of the text is another value."""
    cast = f"x::{name}"
    if name.startswith("timestamptz"):
        cast = rf"case when x ~ '^[+-]?\d+$' then to_timestamp(x::bigint) else {cast} end"
    if name in ("smallint", "integer", "bigint"):  # the server takes no 5415.0
        cast = rf"regexp_replace(x, '\.0+$', '')::{name}"
    if name.startswith("numeric("):  # a cast reads it as unlimited first, COPY does not
        numbers = [n for n in numbers if -Decimal(texts[n - 1]).as_tuple().exponent <= 16383]
    path = tmp_path / "texts.csv"
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows((n, texts[n - 1]) for n in numbers)
    return pg.sql(f"""set timezone = utc; set datestyle = iso; create temp table texts (n int, x text);
        \\copy texts from '{path}' with (format csv)
        select n from texts join t using (n) where v is distinct from {cast}""")


# COPY's binary format, and the text one, which a column of a type that pgload does not know calls for.
FORMATS = {"binary": ("", ""), "text": (", other json", ',"other":null')}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", TYPES)
def test_values(name, form, rng, bin_dir, pg, tmp_path):
    model, some, out, read = TYPES[name]
    column, member = FORMATS[form]
    texts = make_texts(rng, some, CASES)
    lines = [f'{{"n":{n},"v":{as_json(rng, text)}{member}}}' for n, text in enumerate(texts, 1)]
    pg.sql(f"drop table if exists t; create table t (n int, v {name}{column})")
    rejects, stats = pgload(bin_dir, pg, tmp_path, lines, "-t", "t", "--truncate")
    good, bad = expect(model, texts)

    wrong = {n: (texts[n - 1][:200], rejects.get(n), bad.get(n))
             for n in rejects.keys() | bad.keys() if rejects.get(n) != bad.get(n)}
    assert not wrong, "rejected otherwise than expected: text, got, want"
    assert stats["in"] == len(texts) and stats["loaded"] == len(good)
    assert len(good) > CASES // 20, "hardly anything was good: the generator is of no use"

    got = {int(n): read(v) for n, v in pg.sql(f"set timezone = utc; select n, {out} from t")}
    wrong = {n: (texts[n - 1][:200], str(got.get(n))[:200], str(good.get(n))[:200])
             for n in got.keys() | good.keys() if got.get(n) != good.get(n)}
    assert not wrong, "arrived with another value: text, got, want"
    if some is not some_text:  # whose cast says nothing
        assert not differs_from_cast(pg, tmp_path, name, texts, good)


KINDS = ["null", "true", "false", "0", "1", "[1]", '{"a":[1, "é\\n"]}', "[]"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", TYPES)
def test_kinds(name, form, bin_dir, pg, tmp_path):
    """JSON values that are no strings: what goes where, and structures as their own text."""
    column, member = FORMATS[form]
    is_text = name in ("text", "varchar(5)")
    pg.sql(f"drop table if exists t; create table t (n int, v {name}{column})")
    lines = [f'{{"n":{n},"v":{kind}{member}}}' for n, kind in enumerate(KINDS)]
    rejects, _ = pgload(bin_dir, pg, tmp_path, lines, "-t", "t", "--truncate")
    arrived = {int(n): v for n, v in pg.sql("select n, v from t")}
    assert arrived[0] is None
    for n, kind in enumerate(KINDS[1:], 1):
        if is_text and len(kind) <= (5 if name != "text" else 100):
            assert arrived[n] == kind
        elif is_text:
            assert rejects[n + 1] == "too-long"
        elif kind[0] in "[{" or (kind in ("true", "false") and name != "boolean"):
            assert rejects[n + 1] == "wrong-type"
        elif name == "boolean":
            assert arrived[n] == ("t" if kind in ("true", "1") else "f")


def merge(state, records):
    """What -k does to a dict; returns the counts."""
    last = {}
    for a, b, v in records:
        last[a, b] = v
    counts = {"superseded": len(records) - len(last), "inserted": 0, "updated": 0, "unchanged": 0}
    for key, v in last.items():
        what = "inserted" if key not in state else "updated" if state[key] != v else "unchanged"
        counts[what] += 1
        state[key] = v
    return counts


def test_merge(rng, bin_dir, pg, tmp_path):
    pg.sql("drop table if exists m; create table m (a int, b text, v numeric, primary key (b, a))")
    state = {}
    for _ in range(ROUNDS):
        records = [(rng.randrange(12), rng.choice(["", "x", "X", "\\N", "é"]), rng.choice([None, 0, 1, 2]))
                   for _ in range(rng.choice([1, 20, 300]))]
        lines = [json.dumps(dict(rng.sample([("a", a), ("b", b), ("v", v)], 3))) for a, b, v in records]
        nulls = rng.randrange(3)
        lines[1:1] = ['{"a":null,"b":"x","v":1}', '{"v":1,"a":1}'][:nulls]
        rejects, stats = pgload(bin_dir, pg, tmp_path, lines, "-t", "m", "-k", rng.choice(["a,b", "b,a"]))
        counts = merge(state, records)
        assert list(rejects.values()) == ["null-key"] * nulls
        assert {k: stats[k] for k in counts} == counts
        assert stats["loaded"] == len(records) == sum(counts.values())
        rows = {(int(a), b): None if v is None else int(v) for a, b, v in pg.sql("table m")}
        assert rows == state


def test_large_rows(rng, bin_dir, pg, tmp_path):
    """Rows below, at and far above the size of what is sent at once."""
    sizes = [rng.choice([0, 1, 1000, 131_000, 131_072, 300_000, 3_000_000]) for _ in range(30)] + [9_000_000]
    pg.sql("drop table if exists big; create table big (n int, v text)")
    lines = [json.dumps({"n": n, "v": "\t" * size}) for n, size in enumerate(sizes)]
    pgload(bin_dir, pg, tmp_path, lines, "-t", "big")
    rows = pg.sql("select n, length(v), v = repeat(chr(9), length(v)) from big order by n")
    assert rows == [[str(n), str(size), "t"] for n, size in enumerate(sizes)]


def test_nearest_is_right(rng):
    """The model's own rounding against that of Python's floats."""
    for _ in range(2000):
        text = some_float(rng)
        if DECIMAL.match(text) and abs(Decimal(text).adjusted()) < 350 and Decimal(text):
            value = float(text)
            if value and math.isfinite(value):
                assert nearest(Fraction(Decimal(text)), 53, -1074, 1024) == Fraction(value)
