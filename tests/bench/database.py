"""The private server that both sides of each pair use: two databases, bench for tables made here, whole
for what movies-load fills. Its processor time is read from /proc."""
import os
import subprocess
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
SETTINGS = ("server_version fsync synchronous_commit full_page_writes wal_level data_checksums shared_buffers "
            "max_wal_size checkpoint_timeout work_mem maintenance_work_mem autovacuum jit").split()


def stat(pid):
    """The parent of a process, and the seconds of it and of the children that it waited for."""
    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15])) / TICK


class Server:
    def __init__(self, home, env):
        self.own = self.env = env | {"MOVIES_HOME": str(home)}
        self.run("movies-db", "start")
        socket = self.run("movies-db", "psql", "-Atc", "show unix_socket_directories").strip()
        self.env = self.own | {"PGHOST": socket, "PGUSER": "movies", "PGDATABASE": "bench"}
        self.pid = int((home / "pg/data/postmaster.pid").read_text().split()[0])
        self.create("bench")

    def run(self, *argv, **env):
        done = subprocess.run(argv, env=self.env | env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"bench: {' '.join(argv[:4])}: {done.stderr.strip()}")
        return done.stdout

    def sql(self, text, database="bench"):
        return self.run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text, PGDATABASE=database)

    def script(self, path, database="bench"):
        self.run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", str(path), PGDATABASE=database)

    def create(self, database):
        """An empty database."""
        self.drop(database)
        self.sql(f"create database {database} template template0", "postgres")

    def drop(self, database):
        self.sql(f"drop database if exists {database} with (force)", "postgres")

    def migrate(self, database):
        self.run("movies-db", "migrate", PGDATABASE=database)

    def checkpoint(self):
        self.sql("checkpoint", "postgres")

    def counts(self, tables, database="bench"):
        each = " union all ".join(f"select '{t}', count(*) from {t}" for t in tables)
        rows = self.sql(f"set search_path = movies, public; {each}", database)
        return {name: int(n) for name, n in (row.split("|") for row in rows.splitlines())}

    def settings(self):
        names = ", ".join(f"'{s}'" for s in SETTINGS)
        rows = self.sql(f"select name, current_setting(name) from pg_settings where name in ({names})")
        found = dict(row.split("|") for row in rows.splitlines())
        return {s: found[s] for s in SETTINGS}

    def cpu(self):
        """Seconds that the server has used so far: those of its processes, of the ended ones too."""
        total = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                parent, seconds = stat(pid)
            except (OSError, IndexError):
                continue  # it has just ended
            if self.pid in (parent, int(pid)):
                total += seconds
        return total

    def stop(self):
        for database in "bench", "whole":
            self.drop(database)
        self.env = self.own
        self.run("movies-db", "stop")
