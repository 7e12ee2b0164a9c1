"""dags/movies_common.py: what becomes of each exit status, what a command is told, and that none outlives its task."""
import logging
import os
import signal
import subprocess
import sys
import time

import movies_common
import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Makes a program of the name that the test gives, found in PATH."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def make(text, name="tool"):
        path = tmp_path / name
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)
        return name
    return make


@pytest.mark.parametrize("status", [0, 99])
def test_success(command, status):
    assert movies_common.run(command(f'echo \'{{"a": 1}}\'; exit {status}')) == {"a": 1}


@pytest.mark.parametrize("end, error, kind", [
    ("exit 70", AirflowFailException, "for good"), ("exit 64", AirflowFailException, "for good"), ("exit 65", movies_common.BadInput, "for good, bad"),
    ("exit 69", AirflowException, "again"), ("exit 74", AirflowException, "again"), ("exit 1", AirflowException, "again"),
    ("kill -9 $$", AirflowException, "again"), ("kill -PIPE $$", AirflowException, "again"),
])
def test_failure(command, end, error, kind):
    with pytest.raises(error, match="the last line") as told:
        movies_common.run(command(f"echo first >&2; echo the last line >&2; {end}"))
    assert isinstance(told.value, AirflowFailException) == kind.startswith("for good")
    assert isinstance(told.value, movies_common.BadInput) == kind.endswith("bad")


def test_a_command_that_is_not_there_is_no_cause_to_try_again():
    with pytest.raises(AirflowFailException, match="not in PATH"):
        movies_common.run("movies-no-such-command")


def test_arguments_arrive_as_they_are(command, tmp_path):
    hostile = ["$(touch x)", "'; touch x; '", "a\nb", "../x", "-rf", "", "ö\u202e"]
    tool = command(f'printf "%s\\0" "$@" >{tmp_path}/got')
    assert movies_common.run(tool, *hostile) is None
    assert (tmp_path / "got").read_bytes().decode().split("\0")[:-1] == hostile


def test_airflows_secrets_stay_behind_and_ours_go_by_the_environment(command, monkeypatch, caplog):
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "hidden")
    monkeypatch.setenv("AIRFLOW_CONN_X", "hidden")
    tool = command('[ -z "${AIRFLOW__API_AUTH__JWT_SECRET-}${AIRFLOW_CONN_X-}" ] && [ "$MOVIES_SOURCE_PASSWORD" = pass-word ]')
    with caplog.at_level(logging.INFO):
        assert movies_common.run(tool, environment={"MOVIES_SOURCE_PASSWORD": "pass-word"}) is None
    assert "pass-word" not in caplog.text and "running" in caplog.text


def test_much_on_both_streams_does_not_block(command):
    tool = command('head -c 3000000 /dev/zero | tr "\\0" x | fold -w 100 >&2; echo "[\\"$(head -c 3000000 /dev/zero | tr "\\0" y)\\"]"')
    assert len(movies_common.run(tool)[0]) == 3000000


def test_what_is_for_people_goes_into_the_log(command, caplog):
    with caplog.at_level(logging.INFO):
        assert movies_common.run(command("echo load 1; echo gap 2"), shows=True) is None
    assert ["load 1", "gap 2"] == [r.message for r in caplog.records][-2:]


def test_a_task_that_is_stopped_takes_its_command_along(command, tmp_path):
    """As Airflow stops it: SIGTERM to its process group, which the task itself does not heed."""
    tool = command(f"sleep 300 & echo $! >{tmp_path}/child; echo ready >&2; wait")
    code = f"import movies_common, signal; signal.signal(signal.SIGTERM, lambda *a: None); movies_common.run({tool!r})"
    env = os.environ | {"PYTHONPATH": os.path.dirname(movies_common.__file__), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          start_new_session=True) as task:
        assert any("ready" in line for line in task.stdout)
        os.killpg(task.pid, signal.SIGTERM)
        assert task.wait(60) != 0
    assert gone(int((tmp_path / "child").read_text()))


def test_a_task_whose_time_is_up_ends_its_command(command, tmp_path, monkeypatch):
    """As Airflow has it: an exception out of nowhere. What does not heed SIGTERM is killed."""
    class TimeIsUp(BaseException):
        pass

    def alarm(*_):
        raise TimeIsUp

    monkeypatch.setattr(movies_common, "PATIENCE", 1)
    before = signal.signal(signal.SIGALRM, alarm)
    try:
        signal.alarm(2)
        with pytest.raises(TimeIsUp):
            movies_common.run(command(f"trap '' TERM; echo $$ >{tmp_path}/pid; exec sleep 300"))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert gone(int((tmp_path / "pid").read_text()))


def gone(pid):
    """Has the process ended, soon?"""
    for _ in range(100):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
                if f.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("where, known, sent", [("https://a/x/", "https://a/x/", True), ("https://b/x/", "https://a/x/", False), ("/files", None, False)])
def test_the_login_goes_to_its_own_address_only(monkeypatch, where, known, sent):
    monkeypatch.setattr(movies_common.Variable, "get", lambda *a, **k: known)
    monkeypatch.setattr(movies_common.Connection, "get", lambda *a: type("C", (), {"login": "me", "password": "pass-word"}))
    assert movies_common.credentials(where) == ({"MOVIES_SOURCE_USER": "me", "MOVIES_SOURCE_PASSWORD": "pass-word"} if sent else {})


@pytest.mark.parametrize("address", ["https://me:pass-word@host/x/", "https://me:pass/word@host/x/", "https://me@host", "https://pass@[::1]/"])
def test_a_login_in_an_address_is_refused_before_it_is_written_anywhere(caplog, address):
    with pytest.raises(AirflowFailException) as told:
        movies_common.source(address)
    assert "pass" not in str(told.value) + caplog.text
    for good in "https://host/a@b/", "https://host:8443/a@b/", "https://[::1]/a@b/":
        assert movies_common.source(good) == good
