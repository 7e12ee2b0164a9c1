"""A range of past hours through the real scheduler, while the hours of production come in: 16 files, or with
LONG=1 the 720 of 30 days. The scheduler is killed once on the way. The database is the one that loading all
files by hand in order makes, byte for byte."""
import fcntl
import json
import os
import random
import re
import shutil
import signal
import statistics
import time
import zipfile
from datetime import datetime, timedelta

import pytest
from conftest import TOP, Site, until

LONG = bool(os.environ.get("LONG"))
FILES = 720 if LONG else 16
CHUNK = 48 if LONG else 4
FIRST = datetime(2026, 9, 1)
SEED = int(os.environ.get("SEED", "1"))


def key(hour, first=FIRST):
    return f"{first + timedelta(hours=hour):%Y-%m-%dT%HZ}"


def make_zip(path, rng):
    """A small zip of real rows: some lines of each member of a fixture, so that hours overlap and conflict."""
    with zipfile.ZipFile(TOP / "fixtures/2026-11-20T13Z.zip") as whole, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as part:
        for name in ("movies_metadata.csv", "keywords.csv", "ratings.csv"):
            head, *rows = LINES.setdefault(name, whole.read(name).split(b"\n"))
            part.writestr(name, b"\n".join([head] + sorted(rng.sample(rows[:400], 40), key=rows.index) + [b""]))


LINES = {}


def dump(site):
    return site.run("movies-db", "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", str(TOP / "tests/dump.sql")).stdout


@pytest.fixture(scope="module")
def hours(tmp_path_factory):
    """The files: of the range, and as many hours of production after it."""
    folder, rng = tmp_path_factory.mktemp("hours"), random.Random(SEED)
    for hour in range(FILES):
        make_zip(folder / f"{key(hour)}.zip", rng)
    production = [key(h, datetime(2026, 11, 1)) for h in range(16 if LONG else 3)]
    for name in production:
        make_zip(folder / f"{name}.zip", rng)
    return folder, production


def production_load(site, folder, name):
    """A production hour arrives and is loaded by Airflow: seconds from its open to its promotion."""
    (site.home / "incoming" / f"{name}.part").write_bytes((folder / f"{name}.zip").read_bytes())
    (site.home / "incoming" / f"{name}.part").rename(site.home / "incoming" / f"{name}.zip")
    site.trigger("movies_stage")
    assert site.load_run(name, 300)[1] == "success"
    return float(site.sql(f"select extract(epoch from finished_at - opened_at) from ops.loads where key = '{name}' and status = 'promoted'"))


def test_a_range_beside_production(site, hours, record_property):
    folder, production = hours
    quiet, busy = production[: len(production) // 2], production[len(production) // 2:]
    alone = [production_load(site, folder, name) for name in quiet]
    (site.home / "backfill").mkdir(exist_ok=True)
    for hour in range(FILES):
        if hour != 7:  # a gap
            shutil.copy(folder / f"{key(hour)}.zip", site.home / "backfill")
    began = time.monotonic()
    run = site.trigger("movies_backfill", {"from": key(0), "to": key(FILES - 1), "chunk": CHUNK})
    with open(site.home / "backfill" / f"{key(FILES - 1)}.zip", "rb") as last:
        fcntl.flock(last, fcntl.LOCK_EX)  # another backfill is at it: this one ends when we let go
        until(lambda: len(list((site.home / "backfill").glob("*.zip"))) < FILES - 3)
        beside = [production_load(site, folder, name) for name in busy[:-1]]
        assert site.api("GET", f"/dags/movies_backfill/dagRuns/{run}")["state"] == "running"
        os.killpg(int((site.home / "airflow/scheduler.pid").read_text()), signal.SIGKILL)
    production_load(site, folder, busy[-1])
    assert site.ended("movies_backfill", run, 7200 if LONG else 600) == "success"
    seconds = time.monotonic() - began
    chunks = [t for n, t in site.tasks("movies_backfill", run).items() if n[0] == "load"]
    assert len(chunks) == FILES // CHUNK and {t["state"] for t in chunks} == {"success"}
    told = site.api("GET", f"/dags/movies_backfill/dagRuns/{run}/taskInstances/report/xcomEntries/return_value?deserialize=true")["value"]
    assert (told["loaded"], told["skipped"], told["failed"], told["waiting"]) == (FILES - 1, 0, [], [])
    assert told["missing"] == [[key(7), key(7)]]
    print(json.dumps({"files": FILES, "seconds": round(seconds), "production alone": alone, "beside": beside,
                      "ratio of medians": round(statistics.median(beside) / statistics.median(alone), 2)}))


def test_again_it_does_only_what_is_missing(site, hours):
    folder, _ = hours
    before = site.sql("select count(*) from ops.loads")
    shutil.copy(folder / f"{key(7)}.zip", site.home / "backfill")
    run = site.trigger("movies_backfill", {"from": key(0), "to": key(FILES - 1), "chunk": CHUNK})
    assert site.ended("movies_backfill", run) == "success"
    assert int(site.sql("select count(*) from ops.loads")) == int(before) + 1
    assert site.files("backfill") == []
    keys = site.sql("select count(*), count(distinct key) from ops.loads where status = 'promoted' and key < '2026-10-31'")
    assert keys == f"{FILES}|{FILES}", "nothing lost, nothing twice"


def test_a_bad_file_fails_its_run_and_not_the_others(site, hours, postbox):
    folder, _ = hours
    bad, good = key(0, datetime(2026, 7, 1)), key(1, datetime(2026, 7, 1))
    (site.home / f"backfill/{bad}.zip").write_bytes((folder / f"{key(0)}.zip").read_bytes()[:-100])
    shutil.copy(folder / f"{key(1)}.zip", site.home / "backfill" / f"{good}.zip")
    run = site.trigger("movies_backfill", {"from": "2026-07-01", "to": "2026-07-01"})
    assert site.ended("movies_backfill", run) == "failed"
    assert site.tasks("movies_backfill", run)["report"]["state"] == "success"
    assert f"{bad}.zip" in site.files("failed") and f"{good}.zip" in site.files("archive")
    until(lambda: [m for m in postbox.mail if m[1] == "movies_backfill.load failed" and f"1 failed: {bad}" in m[2]])


def test_a_range_that_ends_before_it_begins_alerts_once(site, hours, postbox):
    run = site.trigger("movies_backfill", {"from": "2026-07-02", "to": "2026-07-01"})
    assert site.ended("movies_backfill", run) == "failed"
    assert {n: t["state"] for n, t in site.tasks("movies_backfill", run).items()} == {
        "plan": "failed", "wanted": "upstream_failed", "load": "upstream_failed", "report": "skipped", "outcome": "failed"}
    assert len([m for m in postbox.mail if m[1].startswith("movies_backfill.") and run in m[2]]) == 1


def test_a_dry_run_changes_nothing(site, hours):
    folder, _ = hours
    other = key(0, datetime(2026, 8, 1))
    shutil.copy(folder / f"{key(0)}.zip", site.home / "backfill" / f"{other}.zip")
    run = site.trigger("movies_backfill", {"from": "2026-08-01", "to": "2026-08-01", "chunk": 24.0, "dry_run": True})
    assert site.ended("movies_backfill", run) == "success"
    assert site.files("backfill") == [f"{other}.zip"]
    said = site.log("movies_backfill", run, "plan")
    assert re.search(f"load +{other} ", said) and re.search("gap +2026-08-01T01Z 2026-08-01T23Z 23", said)
    (site.home / "backfill" / f"{other}.zip").unlink()


def test_the_database_is_that_of_loading_by_hand(site, hours, tmp_path):
    folder, production = hours
    hand = Site(tmp_path / "hand")
    hand.home.mkdir()
    hand.home.chmod(0o755)
    by_airflow = {line.split("|")[0] for line in site.sql("select key from ops.loads where status = 'promoted'").splitlines()}
    kept = {p.stem: p for p in site.home.glob("archive/*/*/*.zip")}
    assert by_airflow == set(kept)
    try:
        hand.run("movies-load", "--", *(str(kept[k]) for k in sorted(kept)), seconds=3600)
        assert dump(hand) == dump(site) and len(dump(hand)) > 100_000
    finally:
        hand.drop()
