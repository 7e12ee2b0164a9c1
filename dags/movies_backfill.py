"""Past hours: loads the dated files of backfill/ in a range, chunk by chunk. See doc_md."""
from datetime import timedelta

from airflow.sdk import Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException
from movies_common import DATABASE, DEFAULTS, check_settings, credentials, outcome, run, source, states

HOUR = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}Z)?$(?!\n)"  # $ alone would let a line break by


@dag(
    dag_id="movies_backfill",
    schedule=None,
    max_active_runs=1,
    default_args=DEFAULTS | {"pool": "backfill"},
    tags=["movies", "backfill"],
    params={
        "from": Param("", type="string", pattern=HOUR, title="From", description="A date or an hour: 2026-01-01, 2026-01-01T00Z"),
        "to": Param("", type="string", pattern=HOUR, title="To", description="Inclusive; a date stands for its last hour"),
        "chunk": Param(168, type="integer", minimum=1, maximum=8784, title="Chunk", description="Files in one task"),
        "dry_run": Param(False, type="boolean", title="Dry run", description="Only say which files would be loaded, and which hours have none"),
        "source": Param(None, type=["null", "string"], title="Source", description="A directory or an https address to fetch from first"),
    },
    doc_md="""
### A range of past hours

Loads what `backfill/` holds of the hours from **from** to **to**, both included, and archives it. `plan` says which files
and gaps there are and cuts the range into chunks; each is a task in the pool `backfill`, one at a time. It is
resumable: triggered again, it does what is left. Production comes first: no file is begun while a file of
production is being loaded. `report` tells what was loaded, skipped, failed, and which hours have no file.
""",
)
def movies_backfill():
    def span(params):
        return ["--", params["from"], params["to"]]

    def fetched(params):
        return ["--source", source(params["source"])] if params["source"] else []

    @task
    def plan(params):
        """The files and the gaps into the log, the chunks as the result."""
        check_settings()
        run("movies-backfill", "--dry-run", *fetched(params), *span(params), shows=True)
        return run("movies-backfill", "--plan", "--chunk", str(int(params["chunk"])), *fetched(params), *span(params))

    @task
    def wanted(chunks, params):
        """No chunk of a dry run is done."""
        return [] if params["dry_run"] else chunks

    @task(execution_timeout=timedelta(days=2), outlets=[DATABASE], map_index_template="{{ chunk_name }}",
          doc_md="The files of a chunk, one after the other.")
    def load(chunk, params):
        context = get_current_context()
        context["chunk_name"] = f"{chunk['from']} to {chunk['to']}"
        return run("movies-backfill", *fetched(params), "--", chunk["from"], chunk["to"], environment=credentials(params["source"]))

    @task(trigger_rule="all_done")
    def report(params, ti, dag_run):
        """What has become of the range."""
        if states(ti)["plan"] != "success":
            raise AirflowSkipException("nothing was planned")
        return run("movies-backfill", "--report", "--since", dag_run.start_date.isoformat(), *span(params))

    planned = plan()
    loaded = load.expand(chunk=wanted(planned))
    steps = [planned, loaded, report()]
    steps[1] >> steps[2]
    steps >> outcome()


movies_backfill()
