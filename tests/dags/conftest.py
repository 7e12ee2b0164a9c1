"""A real Airflow for the tests: scheduler, api-server and dag-processor on a free port of loopback, in a
scratch MOVIES_HOME, started and stopped as people do (movies-airflow); and a mail server that keeps what it gets."""
import atexit
import email
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from glob import glob
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

TOP = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("BIN", TOP / "build/bin"))
sys.dont_write_bytecode = True
# Whoever imports Airflow makes its folder, by default in one's own.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="movies-airflow-home.")
atexit.register(shutil.rmtree, os.environ["AIRFLOW_HOME"])
sys.path.insert(0, str(TOP / "dags"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pytest_collection_modifyitems(items):
    """The range of hours comes last: it fills the place that the other tests look at."""
    items.sort(key=lambda item: item.path.name == "test_backfill.py")


class Site:
    """MOVIES_HOME with all that runs there."""

    def __init__(self, home, **settings):
        self.home, self.port, self.token = home, free_port(), None
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "AIRFLOW", "MOVIES"))}
        self.env = keep | {
            "PATH": f"{BIN}:{os.environ['PATH']}", "MOVIES_HOME": str(home), "MOVIES_AIRFLOW_PORT": str(self.port),
            "MOVIES_AIRFLOW_SETTINGS": "1", "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15", "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "5",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
            "MOVIES_RETRY_SECONDS": "2", "MOVIES_INSECURE_HTTP": "1", "PYTHONDONTWRITEBYTECODE": "1",
        } | settings

    def run(self, *argv, check=True, seconds=300):
        return subprocess.run(argv, env=self.env, check=check, text=True, capture_output=True, timeout=seconds)

    def drop(self):
        """Stops what runs and removes it all, also the cluster that root keeps elsewhere."""
        if (self.home / "airflow").exists():
            self.run("movies-airflow", "stop", check=False)
        cluster = (self.home / "pg").resolve()
        self.run("movies-db", "stop", check=False)
        if cluster.is_relative_to("/var/lib/movies-pipeline"):
            shutil.rmtree(cluster)
        if os.environ.get("KEEP"):
            print("kept", self.home)
        else:
            shutil.rmtree(self.home)

    def sql(self, query):
        return self.run("movies-db", "psql", "-XAtqc", query).stdout.strip()

    def call(self, method, path, body=None, token=None):
        head = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, head, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def api(self, method, path, body=None):
        """The REST interface, logged in; tried again while a part of it is being started again."""
        for left in range(240, -1, -1):
            try:
                if self.token is None:
                    password = json.loads((self.home / "airflow/passwords.json").read_text())["admin"]
                    self.token = self.call("POST", "/auth/token", {"username": "admin", "password": password})["access_token"]
                return self.call(method, "/api/v2" + path, body, self.token)
            except urllib.error.HTTPError as error:
                if error.code < 500 or left == 0:
                    raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from error
            except OSError:
                if left == 0:
                    raise
            time.sleep(0.5)

    def trigger(self, dag, conf=None, **more):
        left = 3600 - time.time() % 3600
        if dag == "movies_stage" and left < 60:  # the run of the full hour would take what this one is to take
            time.sleep(left + 20)
        return self.api("POST", f"/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf or {}} | more)["dag_run_id"]

    def runs(self, dag):
        return self.api("GET", f"/dags/{dag}/dagRuns?limit=1000&order_by=id")["dag_runs"]

    def tasks(self, dag, run):
        found = self.api("GET", f"/dags/{dag}/dagRuns/{run}/taskInstances?limit=1000")["task_instances"]
        return {(t["task_id"], t["map_index"]) if t["map_index"] >= 0 else t["task_id"]: t for t in found}

    def log(self, dag, run, task, attempt=1):
        told = self.api("GET", f"/dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/{attempt}?full_content=true")
        return "\n".join(str(line.get("event", line)) if isinstance(line, dict) else str(line) for line in told["content"])

    def ended(self, dag, run, seconds=300):
        """Waits for a run's end and returns its state."""
        return until(lambda: (s := self.api("GET", f"/dags/{dag}/dagRuns/{run}")["state"]) in ("success", "failed") and s, seconds)

    def clear(self, dag, run, *tasks, **more):
        """Has tasks run again, all of them if none is named; returns when the run is under way."""
        self.api("POST", f"/dags/{dag}/clearTaskInstances", {
            "dag_run_id": run, "dry_run": False, "only_failed": False} | ({"task_ids": tasks} if tasks else {}) | more)
        until(lambda: self.api("GET", f"/dags/{dag}/dagRuns/{run}")["state"] in ("queued", "running"))

    def load_run(self, key, seconds=300):
        """Waits for the first run that loads a key, and for its end: its id and state."""
        found = until(lambda: [r for r in self.runs("movies_load") if r["partition_key"] == key], seconds)[0]["dag_run_id"]
        return found, self.ended("movies_load", found, seconds)

    def family(self, head):
        """The process and all that descend from it."""
        stats = {int(p.name): look(Path.read_text, p / "stat") for p in Path("/proc").iterdir() if p.name.isdigit()}
        parent = {pid: int(stat.rpartition(")")[2].split()[1]) for pid, stat in stats.items() if stat}
        found = {head}
        while more := {p for p, of in parent.items() if of in found} - found:
            found |= more
        return found

    def listening(self, pids):
        """The addresses at which processes accept connections: HOST:PORT, or hexadecimal ones of IPv6."""
        sockets = {link for pid in pids for fd in glob(f"/proc/{pid}/fd/*") if (link := look(os.readlink, fd)).startswith("socket:")}
        found = []
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:] + Path("/proc/net/tcp6").read_text().splitlines()[1:]:
            local, state, inode = (line.split()[n] for n in (1, 3, 9))
            if state == "0A" and f"socket:[{inode}]" in sockets:
                host, port = local.split(":")
                dotted = ".".join(str(b) for b in reversed(bytes.fromhex(host))) if len(host) == 8 else host
                found.append(f"{dotted}:{int(port, 16)}")
        return found

    def files(self, folder):
        return sorted(p.name for p in (self.home / folder).rglob("*") if p.is_file())


def look(read, path):
    """What read gives of a file of /proc, or "" if it has just gone."""
    try:
        return read(path)
    except OSError:
        return ""


def until(what, seconds=180):
    """Calls what() until it gives something true, and returns that."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"nothing after {seconds} s"
        time.sleep(0.7)
    return found


class Postbox:
    """Keeps what arrives: ([to], subject, text)."""

    def __init__(self):
        self.mail = []

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content)
        bodies = [part.get_payload(decode=True).decode() for part in letter.walk() if not part.is_multipart()]
        self.mail.append((envelope.rcpt_tos, letter["Subject"], "\n".join(bodies)))
        return "250 kept"


@pytest.fixture(scope="session")
def postbox():
    """A mail server on loopback."""
    box = Postbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    box.port = server.port
    yield box
    server.stop()


@pytest.fixture(scope="session")
def site(postbox):
    """A running Airflow that mails to postbox. The first file lies ready when it starts."""
    home = Path(tempfile.mkdtemp(prefix="movies-dags."))
    home.chmod(0o755)
    place = Site(home)
    (home / "incoming").mkdir()
    subprocess.run([sys.executable, "-B", TOP / "tests/few.py", TOP / "fixtures/2026-11-20T13Z.zip", "900",
                    home / "incoming/2026-11-20T13Z.zip"], check=True)
    try:
        place.run("movies-airflow", "start")
        # What starts is healthy before it has read the DAGs.
        until(lambda: len(place.api("GET", "/dags")["dags"]) == len(list((TOP / "dags").glob("movies_[!c]*.py"))))
        place.api("POST", "/connections", {
            "connection_id": "smtp_default", "conn_type": "smtp", "host": "127.0.0.1", "port": postbox.port,
            "extra": json.dumps({"disable_ssl": True, "disable_tls": True, "from_email": "movies@localhost"}),
        })
        place.api("POST", "/variables", {"key": "movies_alert_to", "value": "ops@localhost"})
        yield place
    finally:
        place.drop()
