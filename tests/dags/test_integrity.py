"""The DAGs as files: they import fast and touch nothing while they do, and say what each of them must."""
import ast
import json
import os
import re
import subprocess
import sys

import pytest
from conftest import TOP

FILES = sorted(p for p in (TOP / "dags").glob("movies_*.py") if p.name != "movies_common.py")
POOLS = {"movies_stage": "production", "movies_load": "production", "movies_backfill": "backfill"}
WITHOUT_COMMAND = {"movies_stage.outcome", "movies_load.outcome", "movies_backfill.outcome"}

# Run in a process of its own: any attempt to open a socket, run a program or write a file ends the import.
PROBE = r"""
import json, os, socket, subprocess, sys
from airflow.dag_processing.dagbag import DagBag
import airflow.sdk, airflow.providers.standard.decorators.python
def refuse(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+") and args[0] != os.devnull
    if watching and (event in ("socket.connect", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork") or writes):
        raise RuntimeError(f"top-level {event} {args}")
watching = False
sys.addaudithook(refuse)
watching = True
bag = DagBag(sys.argv[1])
watching = False
print(json.dumps({"errors": bag.import_errors, "dags": {d.dag_id: {
    "doc": d.doc_md or "", "tags": sorted(d.tags), "catchup": d.catchup, "active": d.max_active_runs,
    "tasks": {t.task_id: {"pool": t.pool, "retries": t.retries, "owner": t.owner, "timeout": t.execution_timeout and t.execution_timeout.total_seconds(),
        "backoff": bool(t.retry_exponential_backoff), "alerts": bool(t.on_failure_callback), "doc": t.doc_md or ""} for t in d.tasks},
} for d in bag.dags.values()}}))
"""


@pytest.fixture(scope="module")
def bag(tmp_path_factory):
    home = tmp_path_factory.mktemp("airflow")
    env = os.environ | {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "PYTHONPATH": str(TOP / "dags"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", PROBE, str(TOP / "dags")], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_they_import_and_touch_nothing(bag):
    assert bag["errors"] == {}
    assert sorted(bag["dags"]) == sorted(POOLS)


@pytest.mark.parametrize("name", sorted(POOLS))
def test_each_says_what_it_must(bag, name):
    dag = bag["dags"][name]
    assert len(dag["doc"]) > 200 and "movies" in dag["tags"] and dag["catchup"] is False and dag["active"] <= 2
    for task_id, task in dag["tasks"].items():
        assert task["owner"] == "movies" and task["doc"], task_id
        assert task["timeout"] and task["timeout"] <= 2 * 86400, task_id
        if f"{name}.{task_id}" in WITHOUT_COMMAND:
            continue
        assert task["pool"] == POOLS[name], task_id
        assert task["alerts"], task_id
        assert task["retries"] >= 2 and task["backoff"], task_id


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_each_is_one_page(path):
    assert len(path.read_text().splitlines()) < 120


@pytest.mark.parametrize("path", [*FILES, TOP / "dags/movies_common.py"], ids=lambda p: p.name)
def test_no_shell_no_sql_no_parsing(path):
    text = path.read_text()
    names = {n.attr for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Attribute)} | {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    assert not names & {"system", "popen", "BashOperator", "eval", "exec", "csv", "psycopg2"}
    assert "shell=True" not in text and not re.search(r"\b(select|insert|update|delete)\b.*\b(from|into|set)\b", text, re.I)


def test_the_pools_named_are_those_that_are_made():
    made = (TOP / "bin/movies-airflow/movies-airflow-make.bash").read_text()
    assert {f'"{p}": {{"slots"' for p in POOLS.values()} <= set(re.findall(r'"\w+": \{"slots"', made))
