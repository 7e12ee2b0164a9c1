"""A private PostgreSQL server for tests: unix socket only, in a folder of its own, run as an
unprivileged user when called by root, gone when closed."""
import glob
import os
import pwd
import re
import shutil
import subprocess
import tempfile

SETTINGS = ["listen_addresses=''", "fsync=off", "full_page_writes=off", "shared_buffers=32MB",
            "timezone='Asia/Tokyo'", "datestyle='SQL, DMY'"]


def bin_folder():
    found = glob.glob("/usr/lib/postgresql/*/bin/pg_ctl")
    found.sort(key=lambda p: [int(n) for n in re.findall(r"\d+", p)])
    return os.path.dirname(found[-1] if found else shutil.which("pg_ctl"))


def unprivileged():
    """What to put before a command, and who owns its files: the server will not run as root."""
    if os.getuid() != 0:
        return [], os.getuid()
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
            "--"], user.pw_uid


class Server:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="movies-pg.")
        self.prefix, owner = unprivileged()
        os.chown(self.folder, owner, -1)
        os.chmod(self.folder, 0o755)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        self.env.update(PGHOST=self.folder, PGUSER="postgres", PGDATABASE="postgres",
                        LC_ALL="C.UTF-8", TZ="UTC")
        self.run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8",
                 "--locale=C.UTF-8", "-N")
        with open(f"{self.folder}/data/postgresql.conf", "a", encoding="ascii") as conf:
            conf.write("\n".join(SETTINGS + [f"unix_socket_directories='{self.folder}'", ""]))
        self.run("pg_ctl", "-w", "-s", "-l", f"{self.folder}/log", "start")

    def run(self, program, *args):
        subprocess.run([*self.prefix, f"{bin_folder()}/{program}", "-D", f"{self.folder}/data",
                        *args], check=True, cwd="/", env=self.env, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)

    def sql(self, text):
        """Runs SQL, standing alone, and returns the rows as lists of strings, null as None."""
        done = subprocess.run(
            ["psql", "-XAqt", "-v", "ON_ERROR_STOP=1", "-F", "\x1f", "-R", "\x1e", "-P", "null=\x1d"],
            input=text, env=self.env, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr[:2000]
        out = done.stdout.rstrip("\n")
        return [[None if field == "\x1d" else field for field in row.split("\x1f")]
                for row in out.split("\x1e") if row]

    def close(self):
        try:
            self.run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
