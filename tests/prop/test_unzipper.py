"""unzipper against Python's zipfile: on archives that zipfile makes, whole, cut short and with
flipped bits, each read as a file and as a pipe.

SEED=N repeats a run, LONG=1 runs many more cases.
"""
import io
import json
import os
import random
import re
import shutil
import subprocess
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
UNZIPPER = Path(os.environ.get("BIN", TOP / "build/bin")) / "unzipper"
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
CASES = 3_000 if os.environ.get("LONG") else 100
TRAILER = re.compile(rb"\0_end bytes=([0-9]+) crc32=([0-9a-f]{8})\n\Z")
METHODS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflate"}
LETTERS = "abcXYZ019 ._-'\"$%äß漢字🎬\t"


class Unseekable(io.RawIOBase):
    """What zipfile has to write data descriptors to."""

    def __init__(self):
        super().__init__()
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, b):
        self.data += b
        return len(b)


def single(data):
    """What was sent with -e, whose NULs are doubled."""
    return data.replace(b"\0\0", b"\0")


@pytest.fixture
def rng(request):
    print(f"SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


def run(*args, data=None):
    return subprocess.run([UNZIPPER, *args], input=data, capture_output=True, check=False)


def read_both(path, data, *args, options=()):
    """The same command on the archive as a file and as a pipe."""
    path.write_bytes(data)
    return (run(*options, "--", path, *args),
            run(*options, "--", "-", *args, data=data))


def content(rng):
    kind = rng.randrange(6)
    size = rng.choice([1, 7, 100, 5_000, 70_000, 300_000])
    if kind == 0:
        return b""
    if kind == 1:
        return rng.randbytes(size)
    if kind == 2:
        return bytes(size)
    if kind == 3:  # looks like the inside of an archive
        return b"".join(rng.choice([b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\7\x08", b"\0" * 9, b"x"])
                        for _ in range(rng.randrange(200)))
    words = [rng.randbytes(rng.randrange(1, 9)) for _ in range(20)]
    return b",".join(rng.choices(words, k=min(size, 9_000) // 5)) * (1 + size // 9_000)


def component(rng):
    while True:
        text = "".join(rng.choice(LETTERS) for _ in range(rng.randrange(1, 12)))
        if text not in (".", ".."):
            return text


def names(rng, count):
    """Different names, none of which is both a file and a folder."""
    files, folders = [], set()
    while len(files) < count:
        parts = [component(rng) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
        prefixes = {"/".join(parts[:i]) for i in range(1, len(parts))}
        name = "/".join(parts)
        if name in files or name in folders or prefixes & set(files):
            continue
        files.append(name)
        folders |= prefixes
    return files


def entry(rng, name, stored):
    info = zipfile.ZipInfo(name, (rng.randrange(1980, 2108), rng.randrange(1, 13), rng.randrange(1, 29),
                                  rng.randrange(24), rng.randrange(60), rng.randrange(0, 60, 2)))
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    info.comment = rng.randbytes(rng.choice([0, 0, 0, 30]))
    if rng.random() < 0.1:
        info.extra = b"\xfe\xca\4\0abcd"
    return info


def make(rng, streamed, members, can_store=True):
    """An archive with these contents by name."""
    sink = Unseekable() if streamed else io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.comment = rng.randbytes(rng.choice([0, 0, 5, 300]))
        for name, data in members.items():
            info = entry(rng, name, can_store and rng.random() < 0.4)
            with archive.open(info, "w", force_zip64=rng.random() < 0.3) as f:
                cut = rng.randrange(len(data) + 1)
                f.write(data[:cut])
                f.write(data[cut:])
    return bytes(sink.data if streamed else sink.getvalue())


def listing(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [{"name": i.filename, "size": i.file_size, "compressed": i.compress_size,
                 "crc32": f"{i.CRC:08x}", "method": METHODS[i.compress_type],
                 "mtime": "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*i.date_time)}
                for i in archive.infolist()]


def check_whole(path, data, members):
    """All that may be asked of a good archive, of a file and of a pipe."""
    for got in read_both(path, data, options=["-t"]):
        assert (got.returncode, got.stdout, got.stderr) == (0, b"", b"")
    for got in read_both(path, data, options=["-l"]):
        assert got.returncode == 0, got.stderr
        assert [json.loads(line) for line in got.stdout.splitlines()] == listing(data)
    for name, want in list(members.items())[:4]:
        for got in read_both(path, data, name, options=["-e"]):
            assert got.returncode == 0, got.stderr
            trailer = TRAILER.search(got.stdout)
            assert single(got.stdout[:trailer.start()]) == want
            assert int(trailer[1]) == len(want) and int(trailer[2], 16) == zlib.crc32(want)
    if members:
        for got in read_both(path, data, *members):
            assert (got.returncode, got.stdout) == (0, b"".join(members.values())), got.stderr


def check_extracted(folder, data, members):
    (folder / "x.zip").write_bytes(data)
    for source, feed in (folder / "x.zip", None), ("-", data):
        target = folder / "out"
        got = run("-x", target, source, data=feed)
        assert got.returncode == 0, got.stderr
        found = {str(f.relative_to(target)): f.read_bytes()
                 for f in target.rglob("*") if f.is_file()}
        assert found == members
        shutil.rmtree(target)


@pytest.mark.parametrize("streamed", [False, True])
def test_equals_zipfile(rng, tmp_path, streamed):
    for _ in range(CASES):
        members = {n: content(rng) for n in names(rng, rng.choice([0, 1, 1, 2, 3, 5, 30]))}
        # A streamed stored member has no end that a pipe could show (test_endless).
        data = make(rng, streamed, members, can_store=not streamed)
        check_whole(tmp_path / "a.zip", data, members)
        if rng.random() < 0.2:
            check_extracted(tmp_path, data, members)


def spans(data):
    """Where the bytes of each member lie."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            head = data[info.header_offset:info.header_offset + 30]
            start = info.header_offset + 30 + int.from_bytes(head[26:28], "little") + \
                int.from_bytes(head[28:30], "little")
            yield info.filename, start, info.compress_size


@pytest.mark.parametrize("streamed", [False, True])
def test_raw(rng, tmp_path, streamed):
    """The bytes as they stand there, damaged or not; cut short the archive is refused."""
    path = tmp_path / "a.zip"
    for _ in range(CASES):
        members = {n: content(rng) for n in names(rng, rng.choice([1, 1, 2, 5]))}
        data = bytearray(make(rng, streamed, members))
        name, start, size = rng.choice(list(spans(data)))
        if size and rng.random() < 0.5:
            data[start + rng.randrange(size)] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        got = run("--raw", "--", path, name)
        assert (got.returncode, got.stdout) == (0, data[start:start + size]), got.stderr
        path.write_bytes(data[:rng.randrange(len(data))])
        got = run("--raw", "--", path, name)
        assert (got.returncode, got.stdout) == (65, b"") and got.stderr.count(b"\n") == 1
        assert run("--raw", "--", "-", name, data=bytes(data)).returncode == 64


def test_endless(rng, tmp_path):
    """Stored members of unknown size: read from a file; from a pipe only if they are empty."""
    for _ in range(CASES // 5):
        want = rng.choice([b"", b"x", b"PK\7\x08" + bytes(12) + b"PK\1\2", rng.randbytes(999)])
        sink = Unseekable()
        with zipfile.ZipFile(sink, "w") as archive, archive.open("m", "w") as f:
            f.write(want)
        file, pipe = read_both(tmp_path / "a.zip", bytes(sink.data), "m", options=["-e"])
        assert file.returncode == 0 and single(TRAILER.sub(b"", file.stdout)) == want
        if want:
            assert pipe.returncode == 65 and not TRAILER.search(pipe.stdout)
        else:
            assert (pipe.returncode, pipe.stdout) == (0, file.stdout)


def test_descriptors_of_every_form(rng, tmp_path):
    """With and without signature, sizes of 32 and 64 bits, behind contents that resemble them."""
    for _ in range(CASES):
        want = rng.choice([b"", content(rng), b"PK\7\x08" * 3])
        form, signed = rng.choice([4, 8]), rng.random() < 0.5
        data = described("m.csv", want, form, signed)
        check_whole(tmp_path / "a.zip", data, {"m.csv": want})


def described(name, want, width, signed):
    """An archive of one deflated member with a descriptor of that form, written by hand."""
    z = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = z.compress(want) + z.flush()
    head = b"\x14\0\x08\0\x08\0\0\0\x21\0"
    crc = zlib.crc32(want).to_bytes(4, "little")
    sizes = [len(packed), len(want)]
    lengths = len(name).to_bytes(2, "little") + b"\0\0"
    local = b"PK\3\4" + head + bytes(12) + lengths + name.encode()
    descriptor = (b"PK\7\x08" if signed else b"") + crc + b"".join(
        n.to_bytes(width, "little") for n in sizes)
    start = len(local) + len(packed) + len(descriptor)
    central = (b"PK\1\2\x14\0" + head + crc + b"".join(n.to_bytes(4, "little") for n in sizes) +
               lengths + bytes(14) + name.encode())
    end = (b"PK\5\6\0\0\0\0\1\0\1\0" + len(central).to_bytes(4, "little") +
           start.to_bytes(4, "little") + b"\0\0")
    return local + packed + descriptor + central + end


def test_many_members(rng, tmp_path):
    """More members than 16 bits count, which needs zip64 end records."""
    count = 66_000
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for i in range(count):
            archive.writestr(zipfile.ZipInfo(f"m/{i}"), str(i))
    data = sink.getvalue()
    asked = str(rng.randrange(count))
    for got in read_both(tmp_path / "a.zip", data, f"m/{asked}"):
        assert (got.returncode, got.stdout) == (0, asked.encode()), got.stderr
    for got in read_both(tmp_path / "a.zip", data, options=["-l"]):
        assert got.returncode == 0 and got.stdout.count(b"\n") == count
    for got in read_both(tmp_path / "a.zip", data[:-1], options=["-t"]):
        assert got.returncode == 65


def test_truncation(rng, tmp_path):
    """Cut at any byte it is refused in one line, and no trailer appears."""
    for case in range(CASES * 3):
        if case % 10 == 0:
            members = {n: content(rng) for n in names(rng, rng.randrange(1, 4))}
            data = make(rng, case % 20 == 0, members, can_store=False)
            if case % 50 == 0:
                data = make(rng, False, members)
        cut = rng.choice([rng.randrange(len(data)), len(data) - rng.randrange(1, min(len(data), 300))])
        name = rng.choice(list(members))
        for got in read_both(tmp_path / "a.zip", data[:cut], name, options=["-e"]):
            assert got.returncode == 65, (cut, len(data), got.stderr)
            assert not TRAILER.search(got.stdout)
            assert got.stderr.count(b"\n") == 1 and got.stderr.startswith(b"unzipper: ")
        for got in read_both(tmp_path / "a.zip", data[:cut], options=["-t"]):
            assert got.returncode == 65


def test_flipped_bits(rng, tmp_path):
    """A bit flipped anywhere never gives wrong bytes with a trailer, nor a crash; flipped in the
    member's data it is always noticed."""
    for case in range(CASES * 3):
        if case % 10 == 0:
            members = {n: content(rng) or b"x" for n in names(rng, rng.randrange(1, 4))}
            data = make(rng, case % 20 == 0, members, can_store=case % 20 != 0)
        name, start, size = rng.choice(list(spans(data)))
        in_data = rng.random() < 0.6
        at = rng.randrange(start, start + size) if in_data else rng.randrange(len(data))
        bad = bytearray(data)
        bad[at] ^= 1 << rng.randrange(8)
        for got in read_both(tmp_path / "a.zip", bytes(bad), name, options=["-e"]):
            assert got.returncode in (0, 65), got.stderr
            if trailer := TRAILER.search(got.stdout):
                assert got.returncode == 0 and single(got.stdout[:trailer.start()]) == members[name]
        file, pipe = read_both(tmp_path / "a.zip", bytes(bad), options=["-t"])
        assert file.returncode in (0, 65) and pipe.returncode in (0, 65)
        assert not in_data or padding(data, bad, name) or (file.returncode, pipe.returncode) == (65, 65)


def padding(data, bad, name):
    """Some bits of a deflate stream mean nothing: those that fill up its last byte, or one before
    a stored block. zipfile then reads the same from both."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as a, zipfile.ZipFile(io.BytesIO(bad)) as b:
                return a.read(name) == b.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            return False


def test_slow_pipes(rng, tmp_path):
    """However the bytes of a pipe arrive, the same comes out."""
    for _ in range(max(5, CASES // 30)):
        members = {n: content(rng)[:4000] for n in names(rng, 3)}
        data = make(rng, True, members, can_store=False)
        name = rng.choice(list(members))
        with subprocess.Popen([UNZIPPER, "-e", "--", "-", name], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, bufsize=0) as p:
            step = rng.choice([1, 1, 3, 50])
            for i in range(0, len(data), step):
                p.stdin.write(data[i:i + step])
            p.stdin.close()
            out = p.stdout.read()
        assert p.returncode == 0 and single(TRAILER.sub(b"", out)) == members[name]
