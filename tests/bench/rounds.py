"""Runs the sides of a series one after another, again and again, and keeps what each run took."""
import hashlib
import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import asdict, dataclass


@dataclass
class Run:
    seconds: float
    cpu: float          # of the command and its descendants
    server_cpu: float
    peak_mib: float     # of the largest of these processes; the server's are not among them
    status: int


class Bench:
    def __init__(self, folder, data, server, env, say):
        self.folder, self.data, self.server, self.say = folder, data, server, say
        self.tmp, self.out, self.err = folder / "tmp", folder / "stdout", folder / "stderr"
        self.env = server.env | env | {"TMPDIR": str(self.tmp)}

    def installed(self, side):
        asked = subprocess.run(["bash", "-c", side.needs], env=self.env, capture_output=True, check=False)
        return asked.returncode == 0

    def reset(self, work, side):
        """What a side must find, made outside of the clock, and nothing left to be written by the server."""
        if side.reset in ("empty", "migrated"):
            self.server.create(work.database)
        if side.reset == "migrated":
            self.server.migrate(work.database)
        if side.reset.endswith(".sql"):
            self.server.script(self.env["PEERS"] + "/" + side.reset)
        self.server.checkpoint()

    @contextmanager
    def started(self, work, side, stdout, *before):
        """The command, in the folder of the data, with an empty scratch folder and nothing left to be written."""
        shutil.rmtree(self.tmp, ignore_errors=True)
        self.tmp.mkdir()
        os.sync()
        with open(self.err, "w", encoding="utf-8") as err:
            process = subprocess.Popen([*before, "bash", "-c", side.command], cwd=self.data, stdin=subprocess.DEVNULL,
                                       stdout=stdout, stderr=err, start_new_session=True,
                                       env=self.env | {"PGDATABASE": work.database})
        try:
            yield process
            process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            raise

    def complaint(self):
        """The last line of what it said, if it is more than a full stop."""
        lines = [line for line in self.err.read_text(errors="replace").splitlines() if line.strip(" .")]
        return lines[-1] if lines else "without a word"

    def judge(self, work, side, status):
        if status and not side.may_fail:
            raise SystemExit(f"bench: {work.name}: {side.name}: exit {status}: {self.complaint()}")

    def run(self, work, side):
        self.reset(work, side)
        result, used = self.folder / "clock", self.server.cpu()
        result.unlink(missing_ok=True)
        with open(os.devnull if side.counts == "stream" else self.out, "w", encoding="utf-8") as out:
            with self.started(work, side, out, self.folder / "bin/clock", result):
                pass
        used = self.server.cpu() - used
        seconds, cpu, peak, status = result.read_text().split()
        self.judge(work, side, int(status))
        return Run(float(seconds), float(cpu), round(used, 2), round(int(peak) / 1024, 1), int(status))

    def stream(self, work, side):
        """What a side writes, read once outside of the clock: lines, bytes, digest."""
        lines = size = 0
        digest = hashlib.sha256()
        with self.started(work, side, subprocess.PIPE) as command:
            while piece := command.stdout.read(1 << 20):
                lines, size = lines + piece.count(b"\n"), size + len(piece)
                digest.update(piece)
        self.judge(work, side, command.returncode)
        counts = {"lines": lines, "bytes": size, "digest": digest.hexdigest()}
        return counts | ({"stopped": self.complaint()} if command.returncode else {})

    def counts(self, work, side):
        """What the run that has just ended made."""
        if side.counts == "tables":
            return self.server.counts(work.tables, work.database)
        said = (line.split() for line in self.out.read_text().splitlines()) if side.counts == "said" else ()
        return {name: int(n) for name, n in said}

    def warm(self, work):
        """Ours once, to have the files in memory, and the tables that a peer wants as files."""
        side = work.series[0].sides[0]
        self.say(f"{work.name}: a first run of ours, not counted")
        self.run(work, side)
        for table, form in work.ready.items():
            target = self.data / "ready" / table
            if not target.exists():
                self.server.run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-c",
                                f"\\copy {table} to '{target}.part' with (format {form})")
                os.replace(f"{target}.part", target)

    def series(self, work, series, repetitions):
        """A result for each comparison; of what is not installed, one that says so."""
        missing = [side.name for side in series.sides if not self.installed(side)]
        results = [{"title": title, "goal": goal, "measure": work.measure, "missing": missing}
                   for title, _, _, goal in series.compared]
        if missing:
            return results
        counts = [self.stream(work, s) if s.counts == "stream" else None for s in series.sides]
        rounds = []
        for number in range(repetitions):
            rounds.append([])
            for i, side in enumerate(series.sides):
                rounds[-1].append(self.run(work, side))
                counts[i] = self.counts(work, side) if counts[i] is None else counts[i]
            took = " / ".join(f"{getattr(r, work.measure):.2f}" for r in rounds[-1])
            self.say(f"{work.name}: {' / '.join(s.name for s in series.sides)}: round {number + 1}: {took} s")
        for result, (_, above, below, _) in zip(results, series.compared):
            result["rounds"] = [[asdict(r[above]), asdict(r[below])] for r in rounds]
            result["counts"] = [counts[above], counts[below]]
        return results

    def work(self, work, repetitions, quick):
        chosen = [s for s in work.series if s.quick or not quick]
        if chosen and work.warm:
            self.warm(work)
        return [result for s in chosen for result in self.series(work, s, repetitions)]
