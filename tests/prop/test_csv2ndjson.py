"""csv2ndjson against Python: csv.reader on well-formed input, a model of our own on any bytes
(rejects, positions, repairs and counts included), and the same result however the input is cut
into reads.

SEED=N repeats a run, LONG=1 runs many more cases. Real rows are those of fixtures/ and, where
MOVIES_REAL_ROWS is set, of that folder.
"""
import base64
import csv
import io
import json
import os
import random
import re
import socket
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("BIN", TOP / "build/bin")) / "csv2ndjson"
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
CASES = 20_000 if os.environ.get("LONG") else 400
REAL = os.environ.get("MOVIES_REAL_ROWS")
FIXTURE = TOP / "fixtures/2026-11-20T13Z.zip"
csv.field_size_limit(1 << 30)


@pytest.fixture
def rng(request):
    print(f"SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


# Running it

class Result:
    def __init__(self, folder, code, err):
        self.code, self.err = code, err
        self.out = (folder / "out").read_bytes()
        self.rejects = (folder / "rejects").read_bytes() if (folder / "rejects").exists() else b""
        self.stats = (folder / "stats").read_bytes() if (folder / "stats").exists() else b""


def run(folder, data, *args, pieces=None):
    """Each read of the program gets one of the pieces: a packet of a socket, not of a pipe,
    where what was written in pieces may be read at once."""
    for name in ("rejects", "stats"):
        (folder / name).unlink(missing_ok=True)
    command = [PROGRAM, "-R", folder / "rejects", "-S", folder / "stats", *args]
    with open(folder / "out", "wb") as out:
        if pieces is None:
            done = subprocess.run(command, input=data, stdout=out, stderr=subprocess.PIPE)
            return Result(folder, done.returncode, done.stderr)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with subprocess.Popen(command, stdin=theirs, stdout=out, stderr=subprocess.PIPE) as p:
            theirs.close()
            for piece in pieces:
                try:
                    ours.sendall(piece)
                except BrokenPipeError:  # it has failed already
                    break
            ours.close()
            err = p.stderr.read()
        return Result(folder, p.returncode, err)


def cut(rng, data, most):
    at = 0
    while at < len(data):
        n = 1 if most == 1 or rng.random() < 0.3 else rng.randint(1, most)
        yield data[at:at + n]
        at += n


def with_trailer(data):
    """As unzipper -e sends it: NULs doubled, closed with a trailer."""
    return data.replace(b"\0", b"\0\0") + b"\0_end bytes=%d crc32=%08x\n" % (len(data), zlib.crc32(data))


# The model

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
QUOTED = re.compile(rb'"((?:[^"]|"")*)"(?!")')
PLAIN = re.compile(rb'[^",\r\n]*')


class Line:
    def __init__(self, data, start):
        self.start = start
        self.next = LINE.match(data, start).end()
        self.stop = start + len(data[start:self.next].rstrip(b"\r\n"))


def read_fields(data, at):
    """(code, where, fields): code None and where behind the record, or where it went wrong."""
    fields = []
    while True:
        if data[at:at + 1] == b'"':
            m = QUOTED.match(data, at)
            if not m:
                return "open-quote", len(data), None
            fields.append(m[1].replace(b'""', b'"'))
        else:
            m = PLAIN.match(data, at)
            fields.append(m[0])
        at = m.end()
        if data[at:at + 1] != b",":
            break
        at += 1
    if at < len(data) and data[at] not in b"\r\n":
        return "bad-quotes", at, None
    return None, at, fields


class Record:
    """One record as it is read: code None, "blank" or why it is none; data[start:stop] are its
    bytes, next is where the one behind it starts."""

    def __init__(self, data, start, longest):
        first = Line(data, start)
        self.start, self.stop, self.next = start, first.stop, first.next
        self.fields, self.more = None, []
        if first.stop - start > longest:
            self.code = "too-long"
            self.stop = start + longest
            self.more = [(a, min(a + longest, first.stop))
                         for a in range(self.stop, first.stop, longest)]
        elif not data[start:first.stop].strip(b","):
            self.code = "blank"
        else:
            self.parse(data, longest)

    def parse(self, data, longest):
        self.code, where, fields = read_fields(data, self.start)
        last = Line(data, self.start)
        while last.next < len(data) and last.next <= where:
            last = Line(data, last.next)
        if last.stop - self.start > longest:
            self.code = "too-long"
        elif self.code is None:
            self.fields, self.stop, self.next = fields, last.stop, last.next


class Model:
    """What csv2ndjson -n makes of data, which has a good header line."""

    def __init__(self, data, rejoin=False, raw=False, longest=4 << 20):
        self.data, self.rejoin, self.raw, self.longest = data, rejoin, raw, longest
        self.out, self.log, self.covered = [], [], []
        self.counts = dict.fromkeys(["in", "out", "rejected", "rejoined", "blank"], 0)
        header = Record(data, 3 if data.startswith(b"\xef\xbb\xbf") else 0, longest)
        self.names = [f.decode() for f in header.fields]
        self.records(header.next)

    def records(self, at):
        held, line, counted = None, 1, 0
        while at < len(self.data):
            r = Record(self.data, at, self.longest)
            line += self.data.count(b"\n", counted, at)
            counted = at
            self.counts["in"] += 1
            r.number, r.line = self.counts["in"], line
            held = self.take(held, r)
            at = r.next
        if held:
            self.reject("field-count", held)

    def may_be_half(self, r):
        return self.rejoin and r.code is None and 1 < len(r.fields) < len(self.names)

    def take(self, held, r):
        if held:
            if (self.may_be_half(r) and len(held.fields) + len(r.fields) - 1 == len(self.names)
                    and r.stop - held.start <= self.longest):
                self.join(held, r)
                return None
            self.reject("field-count", held)
        if r.code == "blank":
            self.counts["blank"] += 1
            self.covered.append((r.start, r.stop))
        elif r.code:
            if r.more:
                r.stop = r.more[-1][1]
            self.reject(r.code, r)
        elif len(r.fields) == len(self.names):
            self.accept(r)
        elif self.may_be_half(r):
            return r
        else:
            self.reject("field-count", r)
        return None

    def join(self, a, b):
        gap = self.data[a.stop:a.next]
        a.fields[-1:] = [a.fields[-1] + gap + b.fields[0], *b.fields[1:]]
        a.stop = b.stop
        self.counts["rejoined"] += 1
        self.note("rejoined", a, a.start, a.stop)
        self.accept(a)

    def accept(self, r):
        raw = self.data[r.start:r.stop]
        if b"\0" in raw:
            self.reject("nul", r)
            return
        try:
            raw.decode()
        except UnicodeDecodeError:
            self.reject("bad-utf8", r)
            return
        self.counts["out"] += 1
        self.covered.append((r.start, r.stop))
        values = [f.decode() or None for f in r.fields]
        self.out.append({**dict(zip(self.names, values)), "_record": r.number, "_line": r.line,
                         **({"_raw": raw.decode()} if self.raw else {})})

    def note(self, code, r, start, stop):
        self.log.append((code, r.number, r.line, start, stop - start, self.data[start:stop]))

    def reject(self, code, r):
        self.counts["rejected"] += 1
        self.note(code, r, r.start, r.stop)
        self.covered.append((r.start, r.stop))


def compact(o):
    return json.dumps(o, ensure_ascii=False, separators=(",", ":"))


def check(got, model, data):
    assert got.code == 0, got.err
    log = [json.loads(x) for x in got.rejects.splitlines()]
    assert [(r["code"], r["record"], r["line"], r["offset"], r["length"],
             r["raw"].encode() if "raw" in r else base64.b64decode(r["raw_base64"]))
            for r in log] == model.log
    assert got.out.decode().split("\n") == [compact(o) for o in model.out] + [""]
    stats = json.loads(got.stats)
    assert {k: stats[k] for k in model.counts} == model.counts
    assert stats["in"] == sum(stats[k] for k in ("out", "rejected", "rejoined", "blank"))
    assert stats["bytes"] == len(data)
    nothing_lost(model, data)


def nothing_lost(model, data):
    """What is in no record, reject or note is the header or a line end; nothing is in two."""
    spans = sorted(model.covered)
    for (_, stop), (start, _) in zip(spans, spans[1:]):
        assert stop <= start and data[stop:start] in (b"", b"\n", b"\r", b"\r\n")
    if spans:
        assert data[spans[-1][1]:] in (b"", b"\n", b"\r", b"\r\n")


# Input

WORDS = ["", "", "x", "a b", " y ", "1", "-0.50", "é", "日本", "😀", "it's", "\t", "\\", "\x7f", "\x01"]
ENDS = ["\n", "\r\n"]


def quote(text):
    return '"' + text.replace('"', '""') + '"'


def soup(rng, width):
    """CSV with all that may go wrong in it."""
    lines = [",".join(f"c{i}" for i in range(width)).encode()]
    for _ in range(rng.randint(0, 12)):
        fields = []
        for _ in range(width if rng.random() < 0.7 else rng.randint(1, width + 1)):
            text = rng.choice(WORDS)
            if rng.random() < 0.2:
                text += rng.choice(['"', ",", "\n", "\r", "\r\n", '""'])
            fields.append(text if rng.random() < 0.4 and not re.search('[",\r\n]', text)
                          else quote(text))
        lines.append(",".join(fields).encode())
    ends = [b"\n", b"\r\n", b"\r"] if rng.random() < 0.3 else [rng.choice([b"\n", b"\r\n", b"\r"])]
    head, *rest = [line + rng.choice(ends) for line in lines]
    body = bytearray(b"".join(rest))
    for _ in range(rng.choice([0, 0, 1, 2, 5])):
        at = rng.randint(0, len(body))
        body[at:at + rng.randint(0, 2)] = rng.choice(
            [b"", b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xc3", b"z", b",,\n\n"])
    if rng.random() < 0.2:
        body = body.rstrip(b"\r\n")
    return (b"\xef\xbb\xbf" if rng.random() < 0.1 else b"") + head + bytes(body)


def torn(rng):
    """Good records, some torn at line breaks in a field."""
    width = rng.randint(2, 6)
    end = rng.choice([b"\n", b"\r\n", b"\r"])
    lines = [b",".join(b"c%d" % i for i in range(width))]
    for n in range(rng.randint(1, 8)):
        fields = [b"%d.%d" % (n, i) for i in range(width)]
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            fields[rng.randrange(width)] += rng.choice([b"\n", b"\r", b"\r\n"]) + b"t"
        lines.append(b",".join(fields))
        if rng.random() < 0.1:
            lines.append(b"," * rng.randint(0, width))
    return end.join(lines) + end


def options(rng):
    rejoin, longest = rng.random() < 0.5, rng.choice([4 << 20, 4 << 20, 40, 24])
    raw = rng.random() < 0.5
    args = ["-n"] + ["--rejoin"] * rejoin + ["--raw"] * raw + ["--max-record", str(longest)]
    return args, {"rejoin": rejoin, "raw": raw, "longest": longest}


# Properties

def test_any_bytes(rng, tmp_path):
    for _ in range(CASES):
        data = soup(rng, rng.randint(1, 5))
        args, how = options(rng)
        check(run(tmp_path, data, *args), Model(data, **how), data)


def test_any_cutting_of_the_input(rng, tmp_path):
    for _ in range(CASES // 2):
        data = soup(rng, rng.randint(1, 5))
        args, _ = options(rng)
        args.append("-e")
        sent = data
        if rng.random() < 0.5:
            sent = with_trailer(data)
            args.append("-E")
        whole = run(tmp_path, sent, *args)
        for most in (1, rng.choice([2, 5, 30])):
            got = run(tmp_path, None, *args, pieces=cut(rng, sent, most))
            assert vars(got) == vars(whole), (sent, most)


def test_records_larger_than_a_read(rng, tmp_path):
    """Long enough that the window slides and grows."""
    for _ in range(4):
        lines = [b"a,b,c"]
        for _ in range(60):
            size = rng.choice([10, 1000, 30_000, 130_000, 300_000])
            text = (b"%d " % size) * (size // 8)
            lines.append(rng.choice([
                b"1,%s,2", b'"%s\n",,x', b'"%s\r\ny",3,x', b"1,%s", b"%s,2", b'1,"%s', b"%s,\0,"
            ]) % text)
        data = rng.choice([b"\n", b"\r\n", b"\r"]).join(lines)
        args = ["-n", "--rejoin", "--raw", "--max-record", "200K"]
        how = {"rejoin": True, "raw": True, "longest": 200 << 10}
        whole = run(tmp_path, data, *args)
        check(whole, Model(data, **how), data)
        got = run(tmp_path, None, *args, "-E", pieces=cut(rng, with_trailer(data), 60_000))
        assert vars(got) == vars(whole)


def test_torn_records(rng, tmp_path):
    """Which repairs and rejects follow."""
    repairs = 0
    for _ in range(CASES):
        data = torn(rng)
        model = Model(data, rejoin=True)
        repairs += model.counts["rejoined"]
        check(run(tmp_path, data, "-n", "--rejoin"), model, data)
    assert repairs > CASES / 4


def test_raw_gives_the_same_record_again(rng, tmp_path):
    """Alone behind the header, and all of them behind it, whatever the line ends are then."""
    repairs = 0
    for _ in range(CASES):
        data = soup(rng, rng.randint(1, 5)) if rng.random() < 0.7 else torn(rng)
        head = data[:Line(data, 0).stop]
        args = ["--raw"] + ["--rejoin"] * (rng.random() < 0.7)
        first = run(tmp_path, data, *args)
        assert first.code == 0, first.err
        repairs += first.rejects.count(b'"rejoined"')
        lines = first.out.splitlines(True)
        raws = [json.loads(x)["_raw"].encode() for x in lines]
        end = rng.choice([b"\n", b"\r\n", b"\r"])
        alone = rng.randrange(len(raws)) if raws else 0
        for some in slice(None), slice(alone, alone + 1):
            again = run(tmp_path, end.join([head, *raws[some]]) + end * rng.randint(0, 1), *args)
            assert (again.code, again.out) == (0, b"".join(lines[some])), (data, again.err)
            assert again.rejects.count(b"\n") == again.rejects.count(b'"rejoined"')
    assert repairs > CASES / 20


def expected(text):
    """What csv.reader makes of it, as the lines of NDJSON."""
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return [dict(zip(header, (v or None for v in row))) for row in rows if row]


def test_equals_the_csv_module(rng, tmp_path):
    all_out, all_want = b"", []
    for _ in range(CASES):
        width, end = rng.randint(1, 6), rng.choice(ENDS)
        rows = [[f"c {i},é" for i in range(width)]]
        for _ in range(rng.randint(0, 8)):
            rows.append(["".join(rng.choice(WORDS + ['"', ",", "\n", "\r\n"])
                                 for _ in range(rng.randint(0, 4))) for _ in range(width)])
        always = rng.random() < 0.3
        # A row of nothing but separators is blank for us, so its first field is quoted.
        text = end.join(",".join(
            quote(v) if always or re.search('[",\r\n]', v) or (i == 0 and not any(row)) else v
            for i, v in enumerate(row)) for row in rows)
        text += end if rng.random() < 0.7 else ""
        want = expected(text)
        got = run(tmp_path, (("\ufeff" if rng.random() < 0.2 else "") + text).encode())
        assert (got.code, got.rejects) == (0, b"")
        assert got.out.decode() == "".join(compact(o) + "\n" for o in want)
        all_out += got.out
        all_want += want
    jq = subprocess.run(["jq", "-c", "."], input=all_out, capture_output=True, check=True)
    assert [json.loads(x) for x in jq.stdout.split(b"\n")[:-1]] == all_want


def test_choice_of_columns(rng, tmp_path):
    for _ in range(CASES // 4):
        names = [f"c{i}" for i in range(rng.randint(1, 6))]
        rows = [[rng.choice(WORDS) or "-" for _ in names] for _ in range(3)]
        data = "\n".join(",".join(r) for r in [names, *rows]).encode()
        sources = rng.choices(names, k=rng.randint(1, 8))
        chosen = [f"n{i}={s}" if s in sources[:i] or rng.random() < 0.5 else s
                  for i, s in enumerate(sources)]
        got = run(tmp_path, data, "-c", ",".join(chosen))
        assert [json.loads(x) for x in got.out.splitlines()] == [
            {c.split("=")[0]: row[names.index(s)] for c, s in zip(chosen, sources)} for row in rows]


def members():
    with zipfile.ZipFile(FIXTURE) as z:
        yield from ((name, z.read(name)) for name in z.namelist())


def test_the_fixture(tmp_path):
    """Its metadata holds three records that are torn in two."""
    for name, data in members():
        model = Model(data, rejoin=True, raw=True)
        check(run(tmp_path, data, "-n", "--rejoin", "--raw"), model, data)
        assert model.counts["rejoined"] == (3 if name == "movies_metadata.csv" else 0)
        assert model.counts["rejected"] == 0


@pytest.mark.skipif(not REAL, reason="MOVIES_REAL_ROWS is not set")
def test_real_rows_equal_the_csv_module(tmp_path):
    files = sorted(Path(REAL).glob("*.csv"))
    assert files
    for path in files:
        got = run(tmp_path, path.read_bytes())
        assert (got.code, got.rejects) == (0, b"")
        want = expected(path.read_bytes().decode("utf-8-sig"))
        assert got.out.decode() == "".join(compact(o) + "\n" for o in want)
