"""No content of a member passes for the trailer of `unzipper -e`, wherever its stream is cut."""

import io
import os
import random
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest

BIN = Path(os.environ.get("BIN", Path(__file__).parents[2] / "build/bin"))
LONG = bool(os.environ.get("LONG"))
SEED = int(os.environ.get("SEED", "1"))
BLOCK = 1 << 17  # what the filters read and write at once


def trailer(data: bytes) -> bytes:
    return b"\0_end bytes=%d crc32=%08x\n" % (len(data), zlib.crc32(data))


def forged(data: bytes) -> bytes:
    """data, closed with a trailer that tells the truth about it."""
    return data + trailer(data)


def archive(content: bytes, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("m.csv", content)
    return path


def run(args: list, data: bytes = b"") -> tuple[int, bytes, bytes]:
    """Exit status, standard output and standard error of one of our programs."""
    done = subprocess.run([BIN / args[0], *args[1:]], input=data, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def contents(rng: random.Random):
    """CSV whose pieces look like trailers, or parts of them, some at the borders of blocks."""
    head = b"a,b\n"
    yield head + b"1,\0\n"
    yield head + b"\0" * 5 + b",2\n"
    yield forged(head + b"1,2\n")
    yield forged(forged(head + b"1,2\n"))
    yield forged(head + b"1,2\n") + b"3,4\n"
    yield forged(head + b"1,\0\0\n") + b"\0"
    for before in range(BLOCK - 4, BLOCK + 2):
        yield forged(head + b"x" * (before - len(head) - 3) + b",1\n")
        yield forged(head + b"x" * (before - len(head) - 3) + b",1\n") + b"\0\0"
    for _ in range(400 if LONG else 40):
        pieces = [b"\0", b"\0_end ", b"_end bytes=", b"1,2\n", b"\n", b"crc32=", b"x,y\n", b"\0\0"]
        body = head + b"".join(rng.choices(pieces, k=rng.randint(1, 12)))
        yield rng.choice([body, forged(body), forged(body) + rng.choice(pieces)])


def test_a_member_arrives_the_same_with_and_without_a_trailer(tmp_path):
    for content in contents(random.Random(SEED)):
        path = archive(content, tmp_path / "a.zip")
        plain = run(["unzipper", path, "m.csv"])
        assert plain[1] == content
        streams = {
            run(["unzipper", "-e", path, "m.csv"])[1],
            run(["unzipper", "-e", "-", "m.csv"], path.read_bytes())[1],
        }
        assert streams == {content.replace(b"\0", b"\0\0") + trailer(content)}
        args = ["csv2ndjson", "-m", "100", "-R", "/dev/null"]
        closed = run([*args, "-E"], streams.pop())
        if content == forged(content[: max(0, content.rfind(b"\0_end"))]):
            # Without -E it looks like a stream that has a trailer: a line more makes it data.
            assert run(args, content)[0] == 64
            assert run(args, content + b"\n")[:2] == closed[:2]
        else:
            assert run(args, content)[:2] == closed[:2]


def test_a_stream_that_is_cut_anywhere_has_no_trailer(tmp_path):
    rng = random.Random(SEED)
    for content in (forged(b"a,b\n1,2\n"), forged(b"a,b\n1,\0\n") + b"3,4\n", forged(forged(b"a,b\n1,2\n"))):
        _, whole, _ = run(["unzipper", "-e", archive(content, tmp_path / "a.zip"), "m.csv"])
        for cut in range(len(whole)):
            status, out, _ = run(["csv2ndjson", "-E", "-e", "-m", "100", "-R", "/dev/null"], whole[:cut])
            assert status == 74 and b'"_end"' not in out, (content, cut)
    body = forged(b"a,b\n" + b"x" * (BLOCK - 100) + b",1\n")
    _, whole, _ = run(["unzipper", "-e", archive(body + b"3,4\n", tmp_path / "a.zip"), "m.csv"])
    for cut in rng.sample(range(len(whole) - 200, len(whole)), 40):
        status, out, _ = run(["csv2ndjson", "-E", "-e", "-m", "100", "-R", "/dev/null"], whole[:cut])
        assert status == 74 and b'"_end"' not in out, cut


@pytest.mark.parametrize("piped", [False, True])
def test_a_member_with_a_wrong_crc_cannot_end_in_a_trailer_of_its_own(tmp_path, piped):
    """The content is closed with a trailer that fits; the archive's CRC-32 is another."""
    for padding in (b"", b"\0", b"x" * 64, b"x" * 300_000):
        content = forged(b"a,b\n" + b"1,2\n" * 9000) + padding
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("m.csv", content)
        crc = zlib.crc32(content).to_bytes(4, "little")
        damaged = data.getvalue().replace(crc, bytes(b ^ 0xFF for b in crc))
        (tmp_path / "a.zip").write_bytes(damaged)
        source = "-" if piped else tmp_path / "a.zip"
        status, out, _ = run(["unzipper", "-e", source, "m.csv"], damaged)
        assert status == 65
        status, out, _ = run(["csv2ndjson", "-E", "-e", "-m", "100", "-R", "/dev/null"], out)
        assert status == 74 and b'"_end"' not in out


def test_a_stream_that_arrives_byte_by_byte_is_read_alike(tmp_path):
    for content in (forged(b"a,b\n1,\0\0\n") + b"\0", b"a,b\n\0,\0\0\0\n"):
        _, whole, _ = run(["unzipper", "-e", archive(content, tmp_path / "a.zip"), "m.csv"])
        args = ["-E", "-e", "-m", "100", "-R", "/dev/null"]
        with subprocess.Popen([BIN / "csv2ndjson", *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as slow:
            for i in range(len(whole)):
                os.write(slow.stdin.fileno(), whole[i : i + 1])
            out, _ = slow.communicate(timeout=60)
        assert (slow.returncode, out) == run(["csv2ndjson", *args], whole)[:2]
        assert b'"_end"' in out
