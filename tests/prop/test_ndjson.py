"""The reader of NDJSON, through explode-genres, against Python's json: the same lines are
records, and values that are copied are those that Python reads; rejects say where and why;
lines at the limits of length and memory.

SEED=N repeats a run, LONG=1 runs many more cases.
"""
import itertools
import json
import os
import random
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("BIN", TOP / "build/bin"))
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
CASES = 200_000 if os.environ.get("LONG") else 8_000
MIB = 1 << 20
LINE_MAX = 64 * MIB

HEAD = b'{"movie_id":%d,"genres":[{"id":1,"name":"A"}],'
FLAT = b"""{"movie_id":%d,"genres":"[{'id': 1, 'name': 'A'}]","""  # what is read without cJSON
VALUES = [b'"x"', b"1", b"-0.5e+3", b"[1,2.5,{}]", b'{"a":[01,"b"]}', b"null", b"true", b"[[],{}]",
          b'"\\u00e9\\n\\"\\\\"', b'"\\ud83d\\ude00"', '"é\U0001f600"'.encode(), b'"\\\\u0000"', b'" \\t "']
TOKENS = [b"\\", b"\\\\", b'"', b"\\u", b"\\u00", b"\\uZZZZ", b"\\u00g0", b"\\ud83d", b"\\ude00", b"\\u0000", b"\\u0041",
          b"\\/", b"\\x", b"\t", b"\r", b"\x01", b"\x1f", b"\x7f", b"\xff", b"\xc3", b"\0", b"\xef\xbb\xbf", b" ", b"0",
          b"01", b"-", b"+1", b".5", b"1.", b"1e", b"1e5", b"-0", b"00", b",", b":", b"[", b"]", b"{", b"}", b"nul",
          b"null", b"NaN", b"Infinity", b"'", b"/", b"9" * 15, b'"_x":1', b',"_y":[1]']


@pytest.fixture
def rng(request):
    print(f"SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


def mutate(rng, text):
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.choice([0, 0, 1, 1, 2, 5]))
        text = text[:at] + rng.choice(TOKENS + [b""]) + text[to:]
    return text


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for k, v in value.items():
            yield from strings(k)
            yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)


def no_constant(text):
    raise ValueError(text)


def loads(text):
    """(value, strings of it, the same key twice at the top); ValueError if it is not JSON."""
    pairs, texts = [], []

    def hook(found):
        texts.extend(s for pair in found for s in strings(list(pair)))
        pairs[:] = found  # the last one to end is the top
        return dict(found)

    value = json.loads(text, parse_constant=no_constant, object_pairs_hook=hook)
    texts.extend(strings(value))
    for s in texts:
        s.encode()  # a surrogate alone is a ValueError
    keys = [k for k, _ in pairs] if isinstance(value, dict) else []
    return value, texts, len(keys) != len(set(keys))


def judge(line):
    """(code, value): the code of the reject, or None; "" is one that may be any, for the line
    has several faults."""
    try:
        value, texts, twice = loads(line.decode())
    except ValueError:
        return "", None
    if any("\0" in s for s in texts):
        return "nul", None
    if not isinstance(value, dict):
        return "not-object", None
    return ("duplicate-key", None) if twice else (None, value)


CODES = {"bad-utf8", "bad-json", "not-object", "nul", "too-long", "too-large", "too-many-keys", "duplicate-key"}


def explode(data, folder, *options):
    """(output lines, rejects)"""
    rejects = folder / "rejects"
    rejects.unlink(missing_ok=True)
    done = subprocess.run([BIN / "explode-genres", "-R", rejects, *options], input=data,
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split(b"\n")[:-1], [json.loads(r) for r in rejects.read_bytes().splitlines()]


def compare(lines, folder):
    """Runs the lines; returns the output, and the values that Python gives for those that the
    filter has not turned away for something else."""
    out, rejects = explode(b"".join(line + b"\n" for line in lines), folder)
    codes = {r["offset"]: r["code"] for r in rejects}
    taken, offset = [], 0
    for line in lines:
        want, value = judge(line)
        got = codes.get(offset)
        offset += len(line) + 1
        if want is None:
            assert got not in CODES, line
            if got is None:
                taken.append(value)
        else:
            assert got in CODES and want in ("", got), line
    return out, taken


@pytest.mark.parametrize("head", [HEAD, FLAT])
def test_values_are_those_of_python(head, rng, tmp_path):
    lines = [head % i + mutate(rng, b'"_x":' + rng.choice(VALUES)) + b"}" for i in range(CASES)]
    out, taken = compare(lines, tmp_path)
    assert CASES // 5 < len(taken) == len(out)
    for got, want in zip(out, taken):
        got = loads(got.decode())[0]
        del got["genre_id"], got["genre"]
        kept = {k: v for k, v in want.items() if k == "movie_id" or k.startswith("_")}
        assert got == kept and list(got) == list(kept)


@pytest.mark.parametrize("head", [HEAD, FLAT])
def test_lines_are_records_as_for_python(head, rng, tmp_path):
    compare([mutate(rng, head % i + b'"_x":' + rng.choice(VALUES) + b"}") for i in range(CASES)], tmp_path)


def test_flat_records_are_those_of_cjson(rng):
    numbers = [b"%d" % rng.choice([0, 7, -7, 2**31 - 1, 2**31, -2**31 - 1, 10**15 - 1, 10**15, 10**16]) for _ in range(20)]
    words = [b"nul", b"nulll", b"truefalse", b"-", b"-0", b"00", b"1.5", b"1e3", b'""', b'"x', b"{}", b"[]", b"", b" 1"]
    keys = [b'"a"', b'"b"', b'"_record"', b'""', b'"a', b"a", '"é"'.encode(), b'"a" ']
    lines = []
    for _ in range(2 * CASES):
        values = [rng.choice(VALUES + numbers + numbers + (words if rng.random() < 0.1 else [])) for _ in range(rng.randrange(5))]
        line = b"{" + b",".join(rng.choice(keys[:4] if rng.random() < 0.9 else keys) + b":" + v for v in values) + b"}"
        lines.append(mutate(rng, line) if rng.random() < 0.3 else line)
    done = subprocess.run([BIN.parent / "tests/flat"], input=b"\n".join(line.replace(b"\n", b"") for line in lines),
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    assert CASES // 5 < int(done.stdout) < 2 * CASES


KEYS = [b'"_a"', b'"_ab"', b'"_"', b'""', b'"_a\\"b"', b'"_a"b"', b'"_a\\":1,\\"_ab"', b'"_a\\tb"', b'"_a\tb"', b'"_a\\\\"', b'"_a\\"', '"_é"'.encode()]


def test_keys_are_not_taken_for_those_of_the_record_before(tmp_path):
    """Each after each, also as one of two keys: what is expected must not stand for what is there."""
    ends = [k + b":1}" for k in KEYS] + [a + b":1," + b + b":2}" for a in KEYS for b in KEYS[:5]]
    lines = [FLAT % i + end for i, end in enumerate(e for pair in itertools.product(ends, ends) for e in pair)]
    out, taken = compare(lines, tmp_path)
    assert len(lines) // 5 < len(taken) == len(out)
    for got, want in zip(out, taken):
        assert [k for k in loads(got.decode())[0] if k.startswith("_")] == [k for k in want if k.startswith("_")]


def test_a_last_line_that_is_whole_may_lack_its_lf(tmp_path):
    out, rejects = explode(HEAD % 1 + b'"_x":"y"}', tmp_path)
    assert len(out) == 1 and rejects == []


def test_a_stream_that_ends_in_the_middle_of_a_line_is_cut(tmp_path):
    """Cut at any byte of a line, or of one that is too long, it is no bad record but 74, and writes no reject."""
    lines = [HEAD % 1 + b'"_x":"\\u00e9\xc3\xa9"}', b"{" + b" " * 300 + b'"id":1}']
    for line in lines:
        for n in range(1, len(line)):
            done = subprocess.run([BIN / "explode-genres", "-R", tmp_path / "none"], input=line + b"\n" + line[:n],
                                  capture_output=True, check=False)
            if line[:n].strip() == b"":
                continue
            assert done.returncode == 74 and b"line 2: the stream ends in the middle of a line" in done.stderr


def test_blank_lines_and_a_byte_order_mark_are_skipped(tmp_path):
    line = HEAD % 1 + b'"_x":"y"}'
    want = explode(line + b"\n", tmp_path)[0]
    trailer = b'{"_end":{"records":1}}\n'
    for data in (b"\xef\xbb\xbf" + line + b"\n", b"\n \t\r\n" + line + b"\n\n", b"\xef\xbb\xbf\n" + line):
        assert explode(data, tmp_path) == (want, [])
    out, rejects = explode(b"\n" + line + b"\n\n" + trailer + b"\r\n\n  ", tmp_path)
    assert out[:1] == want and b'"_end"' in out[1] and rejects == []


def test_a_reject_names_its_line_with_blank_ones_counted(tmp_path):
    rejects = explode(b"\n\n{}\n\n[]\n", tmp_path)[1]
    assert [(r["record"], r["line"]) for r in rejects] == [(1, 3), (2, 5)]


@pytest.mark.parametrize("line,hint", [
    (b"{", "jq -c"), (b'{"a":[', "jq -c"), (b'{"a":1,', "jq -c"), (b"[\r", "jq -c"),
    (b'\x1e{"a":1}', "RFC 7464"), (b'{"a":NaN}', "NaN"), (b'{"a":-Infinity}', "Infinity"),
])
def test_the_reason_for_a_frequent_mistake_says_what_helps(line, hint, tmp_path):
    rejects = explode(line + b"\n", tmp_path)[1]
    assert [r["code"] for r in rejects] == ["bad-json"] and hint in rejects[0]["reason"]


@pytest.mark.parametrize("x,code", [
    (b'"keep\\uZZZZlost"', "bad-json"), (b'"\\u00e"', "bad-json"), (b'"\\u00e[9b"', "bad-json"),
    (b'"\\u0000"', "nul"), (b'"a\0"', "nul"), (b'"a\tb"', "bad-json"), (b'"a\rb"', "bad-json"),
    (b"[01]", "bad-json"), (b"[-.5]", "bad-json"), (b'{"a":1.}', "bad-json"), (b"01", "bad-json"),
    (b"[1,{},01]", "bad-json"), (b"\f1", "bad-json"),
])
def test_refused(x, code, tmp_path):
    out, rejects = explode(HEAD % 7 + b'"_x":' + x + b"}\n", tmp_path)
    assert out == [] and [r["code"] for r in rejects] == [code]


@pytest.mark.parametrize("x", [b'"\\\\uZZZZ"', b'"\\\\"', b'"\\\\\\""', b"\t1\r", b"[0,-0,1e5,10.25E-2]", b'"\\u0001"', b'"\x7f"'])
def test_taken(x, tmp_path):
    out, rejects = explode(HEAD % 7 + b'"_x":' + x + b"}\r\n", tmp_path)
    assert rejects == [] and out == [b'{"movie_id":7,"genre_id":1,"genre":"A","_x":' + x.strip() + b"}"]


@pytest.mark.parametrize("fault,code", [
    (b'"a":1,"a":2', "duplicate-key"), (b'"a":[01]', "bad-json"),
    (b",".join(b'"k%d":0' % i for i in range(256)), "too-many-keys"),
])
def test_a_fault_does_not_hide_the_position(fault, code, tmp_path):
    _, rejects = explode(b'{"id":1}\n{' + fault + b',"_record":41,"_line":77}\n', tmp_path)
    assert [(r["code"], r["record"], r["line"]) for r in rejects] == [("no-column", 1, 1), (code, 41, 77)]


def padded(length):
    head = HEAD % 1 + b'"x":"'
    return head + b"x" * (length - len(head) - 2) + b'"}'


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_the_longest_line(end, tmp_path):
    out, rejects = explode(padded(LINE_MAX) + end, tmp_path)
    assert out == [b'{"movie_id":1,"genre_id":1,"genre":"A"}'] and rejects == []


@pytest.mark.parametrize("more", [1, LINE_MAX, LINE_MAX + 1])
def test_a_line_that_is_too_long_is_noted_in_pieces(more, tmp_path):
    """Each piece has its whole length, and at most the first MiB of its bytes."""
    line = padded(LINE_MAX + more)
    stats = tmp_path / "stats"
    out, rejects = explode(b'{"id":1}\n' + line + b"\n" + padded(99) + b"\n", tmp_path, "-S", stats)
    assert len(out) == 1
    pieces = rejects[1:]
    assert [r["code"] for r in pieces] == ["too-long"] + ["too-long-more"] * (len(pieces) - 1)
    assert sum(r["length"] for r in pieces) == len(line)
    for r in pieces:
        start = r["offset"] - 9
        assert r["raw"].encode() == line[start:start + min(r["length"], MIB)]
        assert ("XXH3 of all" in r["reason"]) == (r["length"] > MIB)
    assert [r["offset"] for r in pieces] == [9 + i * LINE_MAX for i in range(len(pieces))]
    assert {r["record"] for r in pieces} == {2}
    counts = json.loads(stats.read_text())
    assert (counts["in"], counts["rejected"], counts["out"]) == (3, 2, 1)


@pytest.mark.skipif("/san/" in os.environ.get("BIN", ""), reason="sanitizers have memory of their own")
def test_memory_is_bounded(tmp_path):
    source, peak, rejects = (tmp_path / name for name in ("in", "peak", "rejects"))
    with open(source, "wb") as f:
        f.write(b'{"movie_id":1,"genres":[0' + b",0" * (30 * MIB) + b"]}\n" + padded(99) + b"\n")
    with open(source, "rb") as f:
        done = subprocess.run([BIN.parent / "tests/peak", peak, BIN / "explode-genres", "-R", rejects],
                              stdin=f, capture_output=True, check=True)
    assert done.stdout.count(b"\n") == 1
    reject, = rejects.read_bytes().splitlines()
    assert json.loads(reject)["code"] == "too-large"
    assert int(peak.read_text()) < 520 * MIB  # the line, what cJSON makes of it, the reject
