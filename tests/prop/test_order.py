"""The database is a function of the set of files, and of the horizon of its snapshots: files of
hours.py, loaded in any order, again, or side by side, leave the same bytes in schema movies and the same
answers for every hour. What the files leave when loaded in order is held against rules.py,
a model that shares nothing with the program.

SEED=N repeats a run, LONG=1 runs many more cases.
"""
import os
import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import hours
import rules

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
LONG = bool(os.environ.get("LONG"))
SETS, ORDERS, FILES = (10, 10, 12) if LONG else (1, 2, 5)
PRUNED, CROSSED = (100, 30) if LONG else (1, 1)
DUMP = Path(__file__).resolve().parents[1] / "dump.sql"
same = []  # how many members each database took as the same as another's


class Database:
    """A database of its own on the common server, and the commands on it."""

    def __init__(self, pg, bin_dir, home, name, template):
        self.pg, self.name, self.bin_dir = pg, name, bin_dir
        pg.sql(f"create database {name} template {template}")
        self.env = dict(pg.env, PGDATABASE=name, PGDATESTYLE="ISO", PGTZ="UTC", MOVIES_HOME=str(home))

    def start(self, command, *args):
        return subprocess.Popen([self.bin_dir / command, *args], env=self.env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, process, wanted=(0,)):
        out, err = process.communicate()
        assert process.returncode in wanted, f"SEED={SEED} {self.name} {process.args}: {process.returncode}: {err}"
        return out

    def run(self, command, *args, wanted=(0,)):
        return self.end(self.start(command, *args), wanted)

    def sql(self, text):
        done = subprocess.run(
            ["psql", "-XAqt", "-v", "ON_ERROR_STOP=1", "-F", "\x1f", "-R", "\x1e", "-P", "null=\x1d"],
            input=text, env=self.env, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr[:2000]
        return {tuple(None if field == "\x1d" else field for field in row.split("\x1f"))
                for row in done.stdout.removesuffix("\n").split("\x1e") if row}

    def dump(self):
        done = subprocess.run(["psql", "-XAqt", "-v", "ON_ERROR_STOP=1", "-f", DUMP], env=self.env,
                              capture_output=True, check=True)
        assert done.stdout.count(b"\n== ") > 15, done.stderr
        return done.stdout

    def answers(self, files):
        """An answer for each of the hours, which is none where the horizon has passed."""
        return {hour: self.run("movies-answers", "genre-budget", "--as-of", hour, "--format", "csv", wanted=(0, 64))
                for hour in sorted({f.hour_text for f in files})}

    def state(self, files):
        """All that must not depend on how it came about."""
        return {"dump": self.dump(), "answers": self.answers(files)}

    def drop(self):
        found = self.sql("select count(*) from ops.members where state = 'same'")
        same.append(int(found.pop()[0]))
        left = self.sql("select tablename from pg_tables where schemaname = 'stage'")
        self.pg.sql(f"drop database {self.name}")
        assert not left


class Place:
    """Makes databases, all in the same state at first."""

    def __init__(self, pg, bin_dir, folder):
        self.pg, self.bin_dir, self.home, self.n = pg, bin_dir, folder / "home", 0
        pg.sql("create database blank")
        env = dict(pg.env, PGDATABASE="blank", MOVIES_HOME=str(self.home))
        subprocess.run([bin_dir / "movies-db", "migrate"], env=env, check=True)

    def database(self, template="blank"):
        self.n += 1
        return Database(self.pg, self.bin_dir, self.home, f"order_{self.n}", template)


@pytest.fixture(scope="module")
def place(pg, bin_dir, tmp_path_factory):
    print(f"SEED={SEED}")
    return Place(pg, bin_dir, tmp_path_factory.mktemp("order"))


class Case:
    """A set of files, and the database that holds them when they are loaded in order."""

    def __init__(self, place, folder, number):
        self.place = place
        self.rng = random.Random(f"{SEED} {number}")
        self.files = hours.generate(self.rng, FILES)
        self.paths = {file.key: file.write(folder) for file in self.files}
        self.reference = place.database()
        self.reference.run("movies-load", *self.paths.values())
        self.state = self.reference.state(self.files)

    def compare(self, database, state, how):
        got = database.state(self.files)
        if got != state:
            theirs, ours = (set(s["dump"].splitlines()) for s in (state, got))
            missing, more = sorted(theirs - ours)[:10], sorted(ours - theirs)[:10]
            assert False, f"SEED={SEED} {how}: missing {missing}, not expected {more}"


@pytest.fixture(scope="module", params=range(SETS))
def case(request, place, tmp_path_factory):
    made = Case(place, tmp_path_factory.mktemp("files"), request.param)
    yield made
    made.reference.drop()


def sequence(rng, paths):
    """The files in some order, some of them again later, as the arguments of several commands."""
    order = rng.sample(list(paths), len(paths))
    for path in rng.choices(order, k=2):
        order.insert(rng.randint(order.index(path) + 1, len(order)), path)
    runs = []
    while order:
        n = rng.randint(1, 4)
        runs.append(order[:n])
        order = order[n:]
    return runs


def test_rules(case):
    for table, rows in rules.expected(case.files).items():
        assert case.reference.sql(rules.query(table)) == rows, f"SEED={SEED} {table}"


def shuffled(case, rng):
    database = case.place.database()
    runs = sequence(rng, case.paths.values())
    for paths in runs:
        database.run("movies-load", *paths, wanted=(0, 99))
    case.compare(database, case.state, [[p.stem for p in paths] for paths in runs])
    database.drop()


def test_orders(case):
    """Two at a time, since each waits for its server most of the time."""
    rngs = [random.Random(case.rng.random()) for _ in range(ORDERS)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda rng: shuffled(case, rng), rngs))


def test_side_by_side(case):
    """All opened and staged before the first is promoted: what was found out then may not hold now."""
    for _ in range(CROSSED // SETS):
        database = case.place.database()
        files = case.rng.sample(case.files, FILES)
        files = sorted(files, key=lambda file: file.held("ratings") is None)[:3]
        paths = [case.paths[file.key] for file in files]
        for process in [database.start("movies-load", "--phase", "open", path) for path in paths]:
            database.end(process)
        for path, file in zip(paths, files):
            for process in [database.start("movies-load", "--phase", f"stage:{name}", path) for name in file.members]:
                database.end(process)
        for path in paths:
            database.run("movies-load", "--phase", "promote", path)
        database.run("movies-load", *case.paths.values())
        case.compare(database, case.state, f"side by side: {[file.key for file in files]}")
        database.drop()


def pruned(case, rng, before, state):
    database = case.place.database()
    runs = sequence(rng, case.paths.values())
    at = rng.randrange(len(runs))
    for i, paths in enumerate(runs):
        if i == at:
            database.run("movies-db", "prune", "--before", before)
        database.run("movies-load", *paths, wanted=(0, 99))
    case.compare(database, state, f"prune {before} before {at}: {[[p.stem for p in paths] for paths in runs]}")
    database.drop()


def test_pruned(case):
    """With a horizon: cut before, between or after the loads."""
    before = case.rng.choice(case.files).hour_text
    reference = case.place.database(case.reference.name)
    reference.run("movies-db", "prune", "--before", before)
    state = reference.state(case.files)
    rngs = [random.Random(case.rng.random()) for _ in range(PRUNED // SETS)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda rng: pruned(case, rng, before, state), rngs))
    reference.drop()


def test_shortcut():
    """Members that are the same as another file's were met, and taken as such."""
    assert sum(same) > 0, f"SEED={SEED}"
