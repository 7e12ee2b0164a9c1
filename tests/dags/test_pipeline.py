"""From a file to the database through a real scheduler: by schedule, by REST, with bad files, a source that is
down, a database that dies. One Airflow for all of it; the tests follow each other in order."""
import http.server
import json
import os
import shutil
import signal
import threading
import zipfile
from datetime import datetime, timedelta, timezone

import pytest
from conftest import TOP, free_port, until

FIXTURES = TOP / "fixtures"


def test_a_scheduled_run_takes_the_first_hour(site):
    run, state = site.load_run("2026-11-20T13Z")
    assert state == "success"
    assert site.runs("movies_stage")[0]["run_type"] == "scheduled"
    until(lambda: site.files("archive") == ["2026-11-20T13Z.zip"])
    assert site.files("staging") == [] and site.files("incoming") == []
    assert site.sql("select string_agg(key || status, ' ') from ops.loads") == "2026-11-20T13Zpromoted"
    said = site.log("movies_load", run, "stage.keywords")
    assert "unzipper -e -- " in said and "explode-keywords --member " in said, "each filter's command line"
    assert "explode-keywords: exit status 0" in said, "each filter's exit status"
    assert "counts csv2ndjson in=" in said, "counts"


def test_the_hour_that_has_no_file_is_reported(site, postbox):
    """Not before the first file of all; so the task that looked then is made to look again."""
    run = site.runs("movies_stage")[0]["dag_run_id"]
    assert site.ended("movies_stage", run) == "success", "nothing is late in a new database"
    site.clear("movies_stage", run, "late", include_downstream=True)
    assert site.ended("movies_stage", run) == "failed"
    assert {n: t["state"] for n, t in site.tasks("movies_stage", run).items()} == {
        "fetch": "success", "archive": "success", "announce": "success", "late": "failed", "outcome": "failed"}
    assert site.tasks("movies_stage", run)["late"]["try_number"] == 2, "it is not tried again by itself"
    until(lambda: [m for m in postbox.mail if m[1] == "movies_stage.late failed" and "no file of this hour" in m[2]])
    assert postbox.mail[0][0] == ["ops@localhost"]


def test_two_hours_and_a_truncated_one_by_rest(site, postbox):
    for hour in ("14", "15"):
        shutil.copy(FIXTURES / f"2026-11-20T{hour}Z.zip", site.home / "incoming")
    whole = (FIXTURES / "2026-11-20T15Z.zip").read_bytes()
    (site.home / "incoming/2026-11-20T16Z.zip").write_bytes(whole[:-100])
    run = site.trigger("movies_stage")
    assert site.load_run("2026-11-20T14Z")[1] == "success"
    assert site.load_run("2026-11-20T15Z")[1] == "success"
    assert site.ended("movies_stage", run) == "failed"
    fetch = site.tasks("movies_stage", run)["fetch"]
    assert (fetch["state"], fetch["try_number"]) == ("failed", 1), "bad input is not tried again"
    assert site.files("failed") == ["2026-11-20T16Z.txt", "2026-11-20T16Z.zip"]
    assert site.files("archive") == [f"2026-11-20T{h}Z.zip" for h in (13, 14, 15)]
    until(lambda: [m for m in postbox.mail if m[1] == "movies_stage.fetch failed" and "2026-11-20T16Z" in m[2]])


def test_a_file_that_is_whole_but_bad_is_put_aside(site, postbox):
    with zipfile.ZipFile(site.home / "incoming/2026-11-20T17Z.zip", "w", zipfile.ZIP_DEFLATED) as bad:
        bad.writestr("keywords.csv", "not,the,header\n1,2,3\n")
    site.trigger("movies_stage")
    run, state = site.load_run("2026-11-20T17Z")
    assert state == "failed"
    tasks = site.tasks("movies_load", run)
    assert (tasks["stage.keywords"]["state"], tasks["stage.keywords"]["try_number"]) == ("failed", 1)
    assert {n: tasks[n]["state"] for n in ("promote", "archive", "discard", "quarantine")} == {
        "promote": "upstream_failed", "archive": "upstream_failed", "discard": "success", "quarantine": "success"}
    assert tasks["outcome"]["state"] == "failed"
    assert len([m for m in postbox.mail if m[1].startswith("movies_load.")]) == 1, "one alert for one bad file"
    assert "2026-11-20T17Z.zip" in site.files("failed")
    cause = "keywords.csv: not loaded: csv2ndjson: standard input: no columns id, keywords (found: not, the, header)"
    assert cause in (site.home / "failed/2026-11-20T17Z.txt").read_text()
    until(lambda: [m for m in postbox.mail if m[1] == "movies_load.stage.keywords failed" and cause in m[2]])
    assert site.sql("select status from ops.loads where key = '2026-11-20T17Z'") == "discarded"


def test_a_file_that_has_come_since_is_not_put_aside_for_the_bad_one(site):
    run, _ = site.load_run("2026-11-20T17Z")
    corrected = site.home / "staging/2026-11-20T17Z.zip"
    shutil.copy(FIXTURES / "2026-11-20T15Z.zip", corrected)
    site.clear("movies_load", run, "quarantine")
    assert site.ended("movies_load", run) == "failed"
    assert "has come since" in site.log("movies_load", run, "quarantine", 2)
    corrected.unlink()


def test_a_task_of_a_failed_run_can_be_cleared_alone(site):
    """Its load has been discarded: it does the whole of it, and leaves none open. Clearing takes what is behind
    the task along, or not."""
    run, _ = site.load_run("2026-11-20T17Z")
    tries = site.tasks("movies_load", run)["stage.keywords"]["try_number"]
    site.run("movies-airflow", "cli", "tasks", "clear", "-y", "--only-failed", "movies_load")
    until(lambda: site.tasks("movies_load", run)["stage.keywords"]["try_number"] > tries)
    assert site.ended("movies_load", run) == "failed"
    assert site.sql("select string_agg(distinct status, ' ') from ops.loads where key = '2026-11-20T17Z'") == "discarded"
    bad = site.home / "failed/2026-11-20T17Z.zip"
    bad.unlink()
    shutil.copy(FIXTURES / "2026-11-20T15Z.zip", bad)
    with zipfile.ZipFile(bad, "a") as other:
        other.writestr("README", "other bytes than those of the hour 15")
    site.clear("movies_load", run, "stage.keywords", include_downstream=True)
    until(lambda: site.tasks("movies_load", run)["archive"]["state"] == "success")
    assert site.sql("select status from ops.loads where key = '2026-11-20T17Z' and status <> 'discarded'") == "promoted"
    assert "2026-11-20T17Z.zip" in site.files("archive")
    assert site.ended("movies_load", run) == "success"


def test_a_source_that_is_down_is_tried_again(site, tmp_path):
    """An address is asked for the hours of the last two days."""
    port, hour = free_port(), f"{datetime.now(timezone.utc) - timedelta(hours=5):%Y-%m-%dT%HZ}"
    shutil.copy(FIXTURES / "2026-11-20T15Z.zip", tmp_path / f"{hour}.zip")
    run = site.trigger("movies_stage", {"source": f"http://127.0.0.1:{port}/"})
    until(lambda: site.tasks("movies_stage", run)["fetch"]["state"] == "up_for_retry")
    handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *a: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), lambda *a: handler(*a, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        until(lambda: site.tasks("movies_stage", run)["fetch"]["state"] == "success")
    finally:
        server.shutdown()
        server.server_close()
    assert site.tasks("movies_stage", run)["fetch"]["try_number"] > 1
    assert site.load_run(hour)[1] == "success"
    assert f"{hour}.zip" in site.files("archive")


def test_any_task_can_be_run_again_after_archiving(site):
    run, _ = site.load_run("2026-11-20T14Z")
    before = site.sql("select count(*), max(load_id) from ops.loads")
    site.clear("movies_load", run)
    assert site.ended("movies_load", run) == "success"
    assert site.tasks("movies_load", run)["stage.credits"]["try_number"] == 2
    assert site.sql("select count(*), max(load_id) from ops.loads") == before
    assert "2026-11-20T14Z.zip" in site.files("archive") and site.files("staging") == []


def test_a_database_that_is_killed_during_a_load(site):
    """Airflow's own database dies with it."""
    shutil.copy(FIXTURES / "2026-11-20T13Z.zip", site.home / "incoming/2026-11-20T19Z.zip")
    site.trigger("movies_stage")
    until(lambda: site.sql("select count(*) from ops.loads where key = '2026-11-20T19Z' and status = 'open'") == "1")
    os.kill(int((site.home / "pg/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert site.load_run("2026-11-20T19Z")[1] == "success"
    until(lambda: "2026-11-20T19Z.zip" in site.files("archive"))
    assert site.sql("select count(*) from ops.loads where key = '2026-11-20T19Z' and status = 'promoted'") == "1"


HOSTILE = ["$(touch {0})", "'; touch {0}; '", "`touch {0}`\n2026-11-20T13Z", "--help", "../../x", "2026-11-20T13Z/../x", "/etc/passwd"]


@pytest.mark.parametrize("dag, conf", [
    ("movies_load", {"key": "?"}), ("movies_backfill", {"from": "?", "to": "2026-01-01"}), ("movies_backfill", {"from": "2026-01-01", "to": "?"}),
    ("movies_backfill", {"from": "2026-01-01", "to": "2026-01-02", "chunk": "?"}),
])
def test_hostile_parameters_are_refused(site, dag, conf):
    for hostile in HOSTILE:
        text = hostile.format(site.home / "touched")
        with pytest.raises(RuntimeError, match=": (400|422) "):
            site.trigger(dag, {k: text if v == "?" else v for k, v in conf.items()})


@pytest.mark.parametrize("dag, first", [("movies_stage", "fetch"), ("movies_load", "open"), ("movies_backfill", "plan")])
def test_a_setting_that_is_not_known_is_refused(site, dag, first):
    """Nor does a run that was refused discard the load that another one has open."""
    theirs = site.home / "failed/2026-11-20T22Z.zip"  # is not announced
    shutil.copy(site.home / "archive/2026/11/2026-11-20T17Z.zip", theirs)
    site.run("movies-load", "--phase", "open", "2026-11-20T22Z")
    before = site.sql("select count(*) from ops.loads")
    conf = {"movies_load": {"key": "2026-11-20T22Z"}, "movies_backfill": {"from": "2026-01-01", "to": "2026-01-02"}}.get(dag, {})
    run = site.trigger(dag, conf | {"dryrun": True})
    assert site.ended(dag, run) == "failed"
    assert "no such setting: 'dryrun' (there are " in site.log(dag, run, first)
    assert site.tasks(dag, run)[first]["try_number"] == 1
    assert site.sql("select count(*) from ops.loads") == before
    assert site.sql("select status from ops.loads where key = '2026-11-20T22Z' order by load_id desc limit 1") == "open"
    site.run("movies-load", "--phase", "discard", "2026-11-20T22Z")
    theirs.unlink()


def test_hostile_names_and_sources_are_inert(site):
    """A source is free text; a partition key may come by REST; file names come from anywhere."""
    for hostile in ("$(touch {0}).zip", "`touch touched`.zip", "'; touch touched; '.zip", "-rf.zip", "a\nb.zip", "2026-11-20T13Z\n.zip"):
        (site.home / "incoming" / hostile.format("touched")).write_bytes(b"x")
    runs = [site.trigger("movies_stage", {"source": HOSTILE[0].format(site.home / "touched")}),
            site.trigger("movies_load", partition_key=HOSTILE[1].format(site.home / "touched")), site.trigger("movies_stage")]
    until(lambda: site.tasks("movies_stage", runs[0])["fetch"]["state"] == "up_for_retry")
    assert "$(touch" in site.log("movies_stage", runs[0], "fetch")
    site.api("PATCH", f"/dags/movies_stage/dagRuns/{runs[0]}", {"state": "failed"})
    assert site.ended("movies_load", runs[1]) == "failed"
    assert "not a file's key" in site.log("movies_load", runs[1], "open")
    site.ended("movies_stage", runs[2])
    assert site.tasks("movies_stage", runs[2])["fetch"]["state"] == "success"
    assert not [p for p in site.home.rglob("touched*")] and not os.path.exists("touched")


def test_nothing_listens_beyond_loopback_and_no_secret_lies_open(site):
    ours = site.family(int((site.home / "airflow/watch.pid").read_text())) | site.family(
        int((site.home / "pg/data/postmaster.pid").read_text().split()[0]))
    assert len(ours) > 8
    listening = site.listening(ours)
    assert f"127.0.0.1:{site.port}" in listening and all(address.startswith("127.") for address in listening), listening
    keys = [w.split("=", 1)[1] for w in (site.home / "airflow/keys").read_text().split()]
    secrets = keys + [json.loads((site.home / "airflow/passwords.json").read_text())["admin"]]
    assert len(secrets) == 4 and all(len(s) > 20 for s in secrets)
    for path in site.home.rglob("*"):
        if path.is_file() and path.stat().st_size < 20_000_000 and "pg" not in path.relative_to(site.home).parts[:1]:
            open_to_others = path.stat().st_mode & 0o077 and not any(
                parent.stat().st_mode & 0o077 == 0 for parent in path.parents if parent.is_relative_to(site.home))
            if open_to_others:
                text = path.read_bytes()
                assert not any(s.encode() in text for s in secrets), path
