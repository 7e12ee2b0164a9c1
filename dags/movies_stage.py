"""Every hour: fetch what is new, check it, announce what is to be loaded. See doc_md."""
from datetime import datetime, timedelta, timezone

from airflow.sdk import Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException
from movies_common import DEFAULTS, FILES, check_settings, credentials, outcome, run, source

LATE, LOOK_BACK = timedelta(hours=2), timedelta(hours=48)
BACKLOG = 48  # runs of movies_load that may wait their turn
HOUR = "%Y-%m-%dT%HZ"


@dag(
    dag_id="movies_stage",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["movies", "production"],
    params={"source": Param(None, type=["null", "string"], description="A directory or an https address; empty: the Variable movies_source")},
    doc_md="""
### Files into staging/

`fetch` takes what is new at the source into `staging/`, whole and checked; a bad file goes to `failed/` with its
reason, and does not stop the others. `announce` starts a run of **movies_load** for every file that waits there, the oldest
first, each time anew, so that none is forgotten; no more than 48 runs are left waiting. `archive` puts away what is loaded and still lies in `staging/`.
`late` fails, and so alerts, when two hours after an hour's end no file of it has been loaded; not before the first file
of all, nor in a run that was triggered.

A file that has just arrived need not wait for the hour: trigger this DAG, by hand or by REST
(`POST /api/v2/dags/movies_stage/dagRuns` with `{"logical_date": null}`).
""",
)
def movies_stage():
    @task(pool="production", retries=2, execution_timeout=timedelta(minutes=20))
    def fetch(params, dag_run):
        """Files into staging/."""
        check_settings()
        where = source(params["source"])
        now = dag_run.run_after
        # A server cannot be listed: it is asked for each hour of late that is not there yet.
        hours = [f"{now - LOOK_BACK:{HOUR}}", f"{now:{HOUR}}"] if where.startswith("http") else []
        return run("movies-stage", "--", where, *hours, environment=credentials(where))

    @task(pool="production", trigger_rule="all_done")
    def archive():
        """What is loaded and was left in staging/."""
        return run("movies-archive", "--promoted")

    @task(pool="production", trigger_rule="all_done", outlets=[FILES])
    def announce():
        """A run of movies_load for each file that waits."""
        context = get_current_context()
        room = BACKLOG - context["ti"].get_dr_count("movies_load", states=["queued"])
        keys = run("movies-stage", "--pending")[:max(room, 0)]
        if not keys:
            raise AirflowSkipException("nothing waits, or enough runs do")
        context["outlet_events"][FILES].add_partitions(keys)
        return keys

    @task(pool="production", trigger_rule="all_done", retries=2)
    def late(dag_run):
        """Has the hour been loaded that ended two hours ago?"""
        if dag_run.run_type == "manual":
            raise AirflowSkipException("the run of the full hour looks")
        began = dag_run.run_after - LATE - timedelta(hours=1)
        return run("movies-stage", "--loaded", f"{began:{HOUR}}")

    steps = [fetch(), archive(), announce(), late()]
    steps[0] >> steps[1] >> steps[2] >> steps[3]
    steps >> outcome()


movies_stage()
