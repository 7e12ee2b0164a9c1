"""unzipper -e | csv2ndjson -E -e | jq | explode-genres | pgload -e: whole it commits all; cut at
any byte of any joint, or with any of its processes killed at any moment, it commits nothing."""
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

LONG = bool(os.environ.get("LONG"))
SEED = int(os.environ.get("SEED", "1"))
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
MEMBER = "movies_metadata.csv"
SMALL, LARGE = FIXTURES / "2026-11-20T15Z.zip", FIXTURES / "2026-11-20T13Z.zip"
REJECTS = ["-R", os.devnull]


def chain(bin_dir, archive):
    return [
        [bin_dir / "unzipper", "-e", archive, MEMBER],
        [bin_dir / "csv2ndjson", "-E", "-e", "-n", "--rejoin", "-c", "movie_id=id,genres", *REJECTS],
        ["jq", "-c", "."],
        [bin_dir / "explode-genres", *REJECTS],
        [bin_dir / "pgload", "-e", "-t", "cuts", *REJECTS],
    ]


@pytest.fixture(scope="module", autouse=True)
def table(pg):
    pg.sql("create table cuts (movie_id bigint, genre_id bigint, genre text, _record bigint, _line bigint)")


@pytest.fixture()
def count(pg):
    pg.sql("truncate cuts")
    return lambda: int(pg.sql("select count(*) from cuts")[0][0])


def run(commands, env, given=b""):
    """Runs commands as a pipeline fed with bytes; the exit status of the last."""
    data = given
    for command in commands:
        done = subprocess.run(command, input=data, capture_output=True, env=env)
        data = done.stdout
    return done.returncode


def outputs(commands, env):
    """What each of the commands writes when all is well."""
    data, written = b"", []
    for command in commands:
        data = subprocess.run(command, input=data, capture_output=True, env=env, check=True).stdout
        written.append(data)
    return written


def test_whole(bin_dir, pg, count):
    assert run(chain(bin_dir, SMALL), pg.env) == 0
    assert count() > 10


def places(text, wanted, rng):
    """Where to cut: at and around every end of line, the last bytes, and anywhere."""
    ends = [i for i, byte in enumerate(text) if byte in b"\n\0"]
    near = {i + d for i in ends for d in (-1, 0, 1)} | set(range(len(text) - 8, len(text))) | {0, 1}
    near = sorted(n for n in near if 0 <= n < len(text))
    chosen = set(rng.sample(near, min(len(near), wanted // 2)))
    chosen |= set(range(len(text) - 3, len(text)))
    while len(chosen) < min(wanted, len(text)):
        chosen.add(rng.randrange(len(text)))
    return sorted(chosen)


@pytest.mark.parametrize("joint", range(4))
def test_cut(bin_dir, pg, count, joint):
    rng = random.Random(SEED + joint)
    commands = chain(bin_dir, SMALL)
    text = outputs(commands[:-1], pg.env)[joint]
    if commands[joint + 1][0] == "jq":
        text = text[:-1]  # jq ends every line anew, so a lost last LF is no loss
    for n in places(text, 600 if LONG else 24, rng):
        status = run(commands[joint + 1:], pg.env, text[:n])
        assert (status, count()) == (74, 0), f"SEED={SEED}: joint {joint} cut at byte {n}"


def start(commands, env):
    processes, source = [], subprocess.DEVNULL
    for command in commands:
        p = subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
        if source != subprocess.DEVNULL:
            source.close()
        source = p.stdout
        processes.append(p)
    source.close()
    return processes


def test_kill(bin_dir, pg, count):
    """All or nothing, and all only with exit 0 (a process may have done its work when it is hit)."""
    rng = random.Random(SEED)
    commands = chain(bin_dir, LARGE)
    before = time.monotonic()
    assert run(commands, pg.env) == 0
    whole, duration = count(), time.monotonic() - before
    landed = 0
    for _ in range(400 if LONG else 20):
        pg.sql("truncate cuts")
        processes = start(commands, pg.env)
        time.sleep(rng.random() * duration)
        victim = rng.choice(processes)
        victim.send_signal(signal.SIGKILL)
        statuses = [p.wait() for p in processes]
        landed += victim.returncode == -signal.SIGKILL
        if victim is processes[-1] and victim.returncode == -signal.SIGKILL:
            # It may have died between its commit and its end.
            assert count() in (0, whole), f"SEED={SEED}: {statuses}"
        else:
            assert (statuses[-1] == 0, count()) in [(True, whole), (False, 0)], f"SEED={SEED}: {statuses}"
    assert landed > 0
