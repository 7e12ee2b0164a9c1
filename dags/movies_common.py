"""What the three DAGs share: running a movies-* command, and telling people when that failed.

A command is run with a list of arguments, never through a shell. Its stderr becomes the task's log;
its stdout, one JSON document or nothing, the task's result. Its exit status decides:

    0, 99               success (99: there was nothing to do)
    64, 65, 70          fails for good: wrong use, bad input, a defect of ours
    69, 74, a signal    retried: database or source out of reach, disk full, killed

The commands are found in PATH. They inherit the environment but for Airflow's own settings, which hold
secrets. Settings that people make in Airflow, all of them optional:

    Variable movies_source      where files come from: a directory or an https address
    Connection movies_source    login and password for that address, and for no other
    Variable movies_alert_to    who gets mail about failures, through the connection smtp_default
"""
import json
import logging
import os
import re
import shutil
import subprocess
import tempfile
from datetime import timedelta

from airflow.sdk import Asset, BaseNotifier, Connection, Variable, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowNotFoundException

PATIENCE = 20
log = logging.getLogger("airflow.task")
HOST = r"[A-Za-z]+://([^/:@]+|\[[^/@]*\])(:[0-9]{1,5})?/"  # and no more than that before a path
KEY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}Z(\.r[0-9]+)?(\.fix[0-9]+)?$"
FILES = Asset("movies_files", uri="movies://files")
DATABASE = Asset("movies_database", uri="movies://database")


class BadInput(AirflowFailException):
    """The file itself is bad: no retry can help, it belongs into quarantine."""


def run(*argv, environment=None, shows=False):
    """Runs a command and returns the JSON that it prints, None if it prints nothing.

    argv         the command and its arguments, str each
    environment  what the command is told beside what it inherits, str to str; secrets go here
    shows        what it prints is for people, and goes into the log
    Raises BadInput (exit 65), AirflowFailException (64, 70), AirflowException (all else but 0 and 99).
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW_", "_AIRFLOW_"))}
    log.info("running %s", argv)
    if not shutil.which(argv[0]):
        raise AirflowFailException(f"{argv[0]}: not in PATH ({os.environ.get('PATH')})")
    with tempfile.TemporaryFile("w+", errors="backslashreplace") as out:  # a pipe could fill up meanwhile
        child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True,
            errors="backslashreplace", env=inherited | (environment or {}),
        )
        last, done = "", False
        try:
            for last in child.stderr:
                log.info("%s", last.rstrip("\n"))
            child.wait()
            done = True
        finally:
            if not done:  # its time is up
                end(child)
        log.info("exit status %d", child.returncode)
        judge(child.returncode, last.strip() or f"{argv[0]}: exit status {child.returncode}")
        out.seek(0)
        if not shows:
            return json.loads(out.read() or "null")
        for line in out:
            log.info("%s", line.rstrip("\n"))


def judge(status, why):
    """Raises what an exit status calls for."""
    if status == 65:
        raise BadInput(why)
    if status in (64, 70):
        raise AirflowFailException(why)
    if status not in (0, 99):
        raise AirflowException(why)


def end(child):
    """Ends a command, which ends what it started. (Who stops the task itself in Airflow ends all of its process group.)"""
    child.terminate()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


def check_settings():
    """Fails a run for good that was given a setting which its DAG does not have: a misspelt dry_run would load."""
    context = get_current_context()
    known = sorted(context["dag"].params)
    unknown = sorted(set(context["dag_run"].conf or {}) - set(known))
    if unknown:
        raise AirflowFailException(f"no such setting: {', '.join(map(repr, unknown))} (there are {', '.join(known)})")


def states(ti):
    """The tasks of the run, name to state: success, failed, skipped, ...; of mapped ones NAME_INDEX."""
    return ti.get_task_states(ti.dag_id, run_ids=[ti.run_id])[ti.run_id]


def source(given=None):
    """Where files come from: what the run was given, or the Variable, or else MOVIES_HOME/incoming."""
    where = given or Variable.get("movies_source", default=None) or os.path.join(os.environ.get("MOVIES_HOME", "var"), "incoming")
    if "://" in where and "@" in where and not re.match(HOST, where):
        raise AirflowFailException("the address of the source holds a login: make the Connection movies_source for that")
    return where


def credentials(where):
    """The login of the Connection movies_source for movies-stage's environment; for the Variable's address alone."""
    if where != Variable.get("movies_source", default=None):
        return {}
    try:
        known = Connection.get("movies_source")
    except AirflowNotFoundException:
        return {}
    return {"MOVIES_SOURCE_USER": known.login or "", "MOVIES_SOURCE_PASSWORD": known.password or ""}


class Alert(BaseNotifier):
    """A failed task: a line in the log, and mail if the Variable movies_alert_to says to whom."""

    def notify(self, context):
        """`context` is the task's."""
        failed = context["ti"]
        subject = f"{failed.dag_id}.{failed.task_id} failed"
        text = f"{subject}\nrun: {failed.run_id}\n{context.get('exception') or ''}"
        logging.getLogger("movies.alert").error("ALERT %s", text.replace("\n", "; "))
        to = Variable.get("movies_alert_to", default=None)
        if to:
            mail(to, subject, text)


def mail(to, subject, text):
    """Sends plain text through the connection smtp_default."""
    from airflow.providers.smtp.hooks.smtp import SmtpHook  # slow to import, seldom needed

    with SmtpHook(smtp_conn_id="smtp_default") as smtp:
        smtp.send_email_smtp(to=to, subject=subject, html_content=text, mime_subtype="plain")


@task(trigger_rule="one_failed", retries=0, on_failure_callback=None)
def outcome():
    """Tasks that go on after a failure would leave the run green: here it fails for it."""
    raise AirflowFailException("a task has failed: see its log")


DEFAULTS = {
    "owner": "movies",
    "retries": 5,
    "retry_delay": timedelta(seconds=float(os.environ.get("MOVIES_RETRY_SECONDS", "30"))),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=15),
    "execution_timeout": timedelta(hours=1),
    "on_failure_callback": Alert(),
}
