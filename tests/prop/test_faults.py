"""Every filter when the system fails it: one call of a run (a read, a write, an allocation, ...)
fails, is short or is interrupted (tests/drivers/fault.c). Then the output is right and the exit
status 0, or the exit status is that of a failed system, 74, with one line that says why. Nothing
temporary is left. Not under the sanitizers, which must be loaded first.

LONG=1 tries each of the first 500 calls; else a few of each kind are tried. SEED=N repeats a run.
"""
import io
import os
import random
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field

import pytest

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
LONG = bool(os.environ.get("LONG"))
MOST = 500
PATIENCE = 20  # seconds; a run takes some hundredths
HOWS = {
    "malloc": ["ENOMEM"], "read": ["EIO", "EINTR", "short"], "write": ["ENOSPC", "EINTR", "short"],
    "send": ["EIO", "EINTR", "short"], "recv": ["EIO", "EINTR", "short"], "open": ["EMFILE"],
    "close": ["EIO"], "fsync": ["EIO"], "ftruncate": ["EIO"], "lseek": ["EIO"], "pread": ["EIO"],
    "rename": ["EIO"], "unlink": ["EIO"], "mkdir": ["ENOSPC"], "pipe": ["EMFILE"], "dup": ["EMFILE"],
    "fork": ["ENOMEM"], "poll": ["EINTR", "ENOMEM"], "mmap": ["ENOMEM"], "fcntl": ["EIO"],
}
HARMLESS = {"EINTR", "short"}  # these must be made good

pytestmark = pytest.mark.skipif("/san/" in os.environ.get("BIN", ""), reason="sanitizers")

ROWS = b"id,genres,note\n" + b"".join(
    b"%d,\"[{'id': %d, 'name': 'Drama'}]\",\"x\ny\"\n" % (i, i % 20) for i in range(3000)) + b"7,8\n1,2,3,4\n"


def archive():
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("d/a.csv", ROWS)
        z.writestr("b.csv", os.urandom(1 << 18))
    return sink.getvalue()


@dataclass
class Case:
    name: str
    argv: list  # IN stands for the path of the input, DIR for the folder of the run
    source: bytes
    piped: bool = False
    env: dict = field(default_factory=dict)
    codes: frozenset = frozenset({74})


class Run:
    """One run of a case: its status, what it said, and what is in its folder."""

    def __init__(self, case, bin_dir, folder, fault="", counts=""):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.folder = folder
        names = {"IN": str(folder.parent / "in"), "DIR": str(folder), "TREE": str(folder.parent / "tree")}
        argv = [names.get(a, a.replace("DIR/", f"{folder}/").replace("IN:", names["IN"])) for a in case.argv]
        env = {**os.environ, **case.env, "LD_PRELOAD": str(bin_dir.parent / "tests/fault.so"),
               "FAULT": fault, "FAULT_COUNTS": counts, "FAULT_ONLY": argv[0]}
        try:
            done = subprocess.run([bin_dir / argv[0], *argv[1:]], env=env, capture_output=True, timeout=PATIENCE,
                                  check=False, cwd=folder, input=case.source if case.piped else b"")
        except subprocess.TimeoutExpired:
            self.status, self.out, self.err = "none: it hangs", b"", ""
            return
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr.decode(errors="replace")

    def files(self):
        return {str(p.relative_to(self.folder)): p.read_bytes() for p in self.folder.rglob("*") if p.is_file()}


def judge(case, run, good, fault):
    """What is wrong with the outcome, or None."""
    call, _, how = fault.split(":")
    files, whole = run.files(), good.files()
    if run.status == 0:
        if (run.out, files) != (good.out, whole):
            return "status 0, and another output"
        return None
    if how in HARMLESS:
        return f"status {run.status}: is not made good"
    if run.status not in case.codes:
        return f"status {run.status}"
    # The guard of pipetree and its worker may each say that they cannot wait.
    lines = 2 if (case.argv[0], call) == ("pipetree", "poll") else 1
    if not 1 <= run.err.count("\n") <= lines or not run.err.startswith(case.argv[0] + ": "):
        return "not one line"
    if call != "unlink" and set(files) - set(whole):
        return f"left: {sorted(set(files) - set(whole))}"
    if case.name.startswith("extract") and any(whole[name] != data for name, data in files.items()):
        return "a member under its name that is not whole"
    return None


def chosen(rng, count):
    every = range(1, min(count, MOST) + 1)
    return every if LONG or count < 4 else sorted({1, count, rng.choice(every), rng.choice(every)})


def sweep(case, bin_dir, folder, check=lambda run: None):
    rng = random.Random(f"{SEED} {case.name}")
    print(f"SEED={SEED}")
    (folder / "in").write_bytes(case.source)
    good = Run(case, bin_dir, folder / "run", counts=str(folder / "counts"))
    assert good.status == 0, good.err
    check(good)
    counts = {}
    for line in (folder / "counts").read_text(encoding="ascii").splitlines():
        counts[line.split()[0]] = max(counts.get(line.split()[0], 0), int(line.split()[1]))
    assert counts["malloc"] > 0
    wrong, tried = [], 0
    for call, hows in HOWS.items():
        for how in hows:
            for n in chosen(rng, counts[call]):
                fault = f"{call}:{n}:{how}"
                run = Run(case, bin_dir, folder / "run", fault)
                why = judge(case, run, good, fault) or check(run)
                tried += 1
                if why is not None:
                    wrong.append(f"{fault}: {why}: {run.err.strip()[:300]}")
    print(f"{case.name}: {tried} faults")
    assert not wrong, "\n".join(wrong)


ZIP = archive()
OPTIONS = ["-R", "DIR/rejects", "-S", "DIR/stats"]
LISTS = b"".join(
    b'{"id":"%d","genres":[{"id":%d,"name":"G%d"},{"id":"x"}],"cast":[{"cast_id":1}]}\n' % (i, i, i) for i in range(3000))
CASES = [
    Case("write a member of a file", ["unzipper", "-e", "IN", "d/a.csv"], ZIP),
    Case("write a member of a pipe", ["unzipper", "-e", "-", "b.csv"], ZIP, True),
    Case("test a file", ["unzipper", "-t", "IN"], ZIP),
    Case("test a pipe", ["unzipper", "-t", "-"], ZIP, True),
    Case("list a file", ["unzipper", "-l", "IN"], ZIP),
    Case("list a pipe", ["unzipper", "-l", "-"], ZIP, True),
    Case("extract a file", ["unzipper", "-x", "DIR", "IN"], ZIP),
    Case("extract a pipe", ["unzipper", "-x", "DIR", "-"], ZIP, True),
    Case("convert CSV", ["csv2ndjson", "-e", "-n", "--rejoin", "-j", "genres", *OPTIONS, "IN"], ROWS),
    Case("convert CSV of a pipe", ["csv2ndjson", "-e", *OPTIONS], ROWS, True),
    Case("explode genres", ["explode-genres", *OPTIONS, "IN"], LISTS),
    Case("explode a cast of a pipe", ["explode-cast", *OPTIONS], LISTS, True),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name.replace(" ", "-"))
def test_filter(case, bin_dir, tmp_path):
    sweep(case, bin_dir, tmp_path)


def test_pipetree(bin_dir, tmp_path):
    """Its own calls alone; a fault of a child that it has made, before the command runs, counts too."""
    (tmp_path / "tree").write_text("cat -- ${file}\n    sort > ${to}/sorted\n    cat > -\n", encoding="ascii")
    case = Case("run a tree", ["pipetree", "-D", "file=IN:", "-D", "to=DIR/", "TREE"], ROWS)
    sweep(case, bin_dir, tmp_path)


def test_pgload(bin_dir, tmp_path, pg):
    """A table has all rows when the status is 0, and none or all when it is not."""
    pg.sql("create table faults (id int primary key, title text)")
    rows = b"".join(b'{"id":%d,"title":"title %d"}\n' % (i, i) for i in range(5000)) + b'{"id":"x"}\n'

    def check(run):
        found = pg.sql("select count(*), sum(id) from faults; truncate faults")[0]
        if found == ["5000", "12497500"] or (run.status != 0 and found[0] == "0"):
            return None
        return f"status {run.status}, {found} in the table"
    case = Case("load", ["pgload", "-t", "faults", "-k", "id", *OPTIONS, "IN"], rows, env=pg.env,
                codes=frozenset({69, 74}))
    sweep(case, bin_dir, tmp_path, check)
