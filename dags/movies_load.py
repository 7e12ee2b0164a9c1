"""One run for each file in staging/: load it, then archive it. See doc_md."""
import re
from datetime import datetime, timezone

from airflow.sdk import Param, PartitionedAssetTimetable, chain, dag, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from movies_common import BadInput, DATABASE, DEFAULTS, FILES, KEY, check_settings, outcome, run, states

MEMBERS = ["movies_metadata", "credits", "keywords", "links", "links_small", "ratings"]


def key_of_run():
    """The key of the file: as announced, or as the form says. A path would be taken too, hence the check."""
    context = get_current_context()
    key = context["params"]["key"] or context["dag_run"].partition_key or ""
    if not re.fullmatch(KEY, key):
        raise AirflowFailException(f"not a file's key, like 2026-11-20T13Z: {key!r}")
    return key


def phase(name):
    """Runs a phase of the load; of a bad file the reason, and when it was looked at, are left for quarantine."""
    # A task that is cleared after discard finds nothing of the others: it does the whole load.
    again = ["--reopen"] if name.startswith(("stage:", "promote")) else []
    began = f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%S.%fZ}"
    try:
        return run("movies-load", "-v", "--phase", name, *again, "--", key_of_run())
    except BadInput as bad:
        get_current_context()["ti"].xcom_push("bad", [str(bad), began])
        raise


def failed(found):
    """Those of the run's tasks that have failed, by name; found: what states() gave."""
    return sorted(name for name, state in found.items() if state == "failed")


@dag(
    dag_id="movies_load",
    schedule=PartitionedAssetTimetable(assets=FILES),
    max_active_runs=2,
    default_args=DEFAULTS | {"pool": "production"},
    tags=["movies", "production"],
    params={"key": Param(None, type=["null", "string"], pattern=KEY, description="The file's key, for runs that nobody announced")},
    doc_md="""
### A file into the database

`open` registers the load, a task for each member runs its filters (the log shows each one's command line,
exit status and counts), `promote` makes all of it visible at once, `archive` puts the file away. A run, or any of its
tasks, can be cleared and runs again safely. When one has failed for good, `discard` drops what was staged, and `quarantine`
puts a bad file into `failed/`; a file that is good stays in `staging/`, and **movies_stage** announces it again within the hour.
""",
)
def movies_load():
    @task(task_id="open", inlets=[FILES])
    def begin():
        """Registers the load."""
        check_settings()
        return phase("open")

    @task_group
    def stage():
        """The filters of each member, side by side."""
        for name in MEMBERS:
            task(task_id=name)(phase)(f"stage:{name}.csv")

    @task(outlets=[DATABASE])
    def promote():
        """One transaction: all of the file or nothing."""
        return phase("promote")

    @task
    def archive():
        """Into archive/."""
        return run("movies-archive", "--", key_of_run())

    @task(trigger_rule="all_done")
    def discard(ti):
        """What was staged of a load that failed goes."""
        found = states(ti)
        if not failed(found) or found["open"] != "success":
            raise AirflowSkipException("nothing failed, or nothing was opened")
        return phase("discard")

    @task(trigger_rule="all_done")
    def quarantine(ti):
        """A bad file into failed/, with its reason; not one that has come in its place since."""
        found = [bad for bad in (ti.xcom_pull(task_ids=name, key="bad") for name in failed(states(ti))) if bad]
        if not found:
            raise AirflowSkipException("the file is not bad")
        reason, began = found[0]
        return run("movies-archive", "--failed", "--reason", reason, "--judged", began, "--", key_of_run())

    steps = [begin(), stage(), promote(), archive()]
    chain(*steps)
    steps >> discard() >> quarantine()
    steps >> outcome()


movies_load()
