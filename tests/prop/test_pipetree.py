"""Trees of 1 to 20 commands with random faults: exit status, report, files and survivors are as pipetree(1)
says, and nobody sees the end of a stream whose writer failed."""
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

LONG = bool(os.environ.get("LONG"))
SEED = int(os.environ.get("SEED", "1"))
CASES = 3000 if LONG else 120
FATAL = ("exit:1", "exit:65", "exit:74", "exit:141", "kill:9", "kill:11", "kill:13", "kill:15")
HARMLESS = ("early", "close-out", "close-in")


class Node:
    """A command of a tree: what it does, and what became of it."""

    def __init__(self, rng, number, parent, is_side=False):
        self.number, self.parent, self.is_side = number, parent, is_side
        self.children, self.side, self.file, self.is_stdout = [], None, None, False
        self.depth = parent.depth + 1 if parent else 0
        self.fault, self.at, self.how = "none", 0, rng.choice(["-"] * 6 + ["b", "t", "s"])
        if parent is None or is_side:
            self.role = f"make:{rng.choice([0, 1, 5000, 70000, 300000, 900000])}"
        else:
            self.role = "copy"
        if is_side:
            parent.side = self
        elif parent:
            parent.children.append(self)

    def line(self, node, folder):
        words = [str(node), f"{folder}/log.{self.number}", self.role, self.how, self.fault, str(self.at)]
        if self.side:
            words.append("${side}")
        if self.is_side:
            words.insert(0, "<side")
        if self.file:
            words += [">", str(self.file)]
        if self.is_stdout:
            words += [">", "-"]
        return "    " * self.depth + " ".join(words) + "\n"

    def log(self, folder):
        path = folder / f"log.{self.number}"
        lines = path.read_text().splitlines() if path.exists() else []
        return {line.split()[0]: int((line.split() + ["0"])[1]) for line in lines}


def make_tree(rng, folder):
    """A tree of random shape, most of its commands without a fault."""
    nodes = [Node(rng, 0, None)]
    for number in range(1, rng.randint(1, 20)):
        readers = [node for node in nodes if not node.is_side]
        parent = rng.choice(readers[-3:] if rng.random() < 0.6 else readers)
        is_side = rng.random() < 0.1 and parent.side is None
        nodes.append(Node(rng, number, parent, is_side))
    length = int(nodes[0].role.split(":")[1])
    for node in nodes:
        if not node.children and not node.is_side and node.parent:
            node.role = "sink"
            kind = rng.random()
            if kind < 0.4:
                node.role, node.file = "copy", folder / f"out.{node.number}"
            elif kind < 0.5 and not any(n.is_stdout for n in nodes):
                node.role, node.is_stdout = "copy", True
        if "b" in node.how and length > 6000 or (node.parent is None and not node.children):
            node.how = node.how.replace("b", "-")
        if rng.random() < 0.13:
            node.fault = rng.choice(FATAL if rng.random() < 0.6 else HARMLESS)
            node.at = rng.choice([0, 1, 4999, 65536, 200000, 10**9, rng.randint(0, length + 1)])
            if node.fault == "kill:15":
                node.how = node.how.replace("t", "-")
    if not nodes[0].children and not nodes[0].file:
        nodes[0].is_stdout = True
    return nodes


def in_order(node):
    """As lines of a tree file: each before its children."""
    yield node
    if node.side:
        yield from in_order(node.side)
    for child in node.children:
        yield from in_order(child)


def marked(mark):
    """Processes that have the mark in their environment: (id, name, command line)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in path.read_bytes():
                words = (path.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found.append((int(path.parent.name), (path.parent / "comm").read_text().strip(), words))
        except OSError:
            pass
    return found


def expected_status(nodes, report):
    """The rule of pipetree(1), told in another way: sort all failures, take the first."""
    def code(line):
        status = line["status"]
        return 74 if line["signal"] or status > 128 else status

    def rank(pair):
        node, line = pair
        return (bool(node.parent) and line["status"] == 74, node.depth, order.index(node))

    order = list(in_order(nodes[0]))
    failures = [(n, r) for n, r in zip(order, report) if r["outcome"] == "failed" and not n.is_side]
    return code(min(failures, key=rank)[1]) if failures else 0


def run(bin_dir, folder, nodes, mark, kill_after=None):
    tree = folder / "tree"
    node = bin_dir.parent / "tests" / "node"
    tree.write_text("".join(n.line(node, folder) for n in in_order(nodes[0])))
    with open(folder / "stdout", "wb") as out, open(folder / "stderr", "wb") as err:
        child = subprocess.Popen([bin_dir / "pipetree", "--report", folder / "report", tree], stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=err, env=os.environ | {"MARK": mark}, start_new_session=True)
        try:
            if kill_after is not None:
                time.sleep(kill_after)
                child.terminate()
            status = child.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise
    return status


def check(nodes, folder, status, where):
    order = list(in_order(nodes[0]))
    report = [json.loads(line) for line in (folder / "report").read_text().splitlines()]
    assert [r["argv"][1] for r in report] == [f"{folder}/log.{n.number}" for n in order], where
    logs = {n: n.log(folder) for n in nodes}
    outcome = {n: r["outcome"] for n, r in zip(order, report)}
    assert status == expected_status(nodes, report), where
    for n in order:
        if "eof" in logs[n] and n.parent:  # only what is whole has an end
            assert outcome[n.parent] == "done", f"{where}: {n.number} saw an end of file"
            assert logs[n]["eof"] == logs[n.parent]["wrote"], f"{where}: {n.number} did not get all"
    fired = [n for n in order if "fault" in logs[n] and n.fault in FATAL and not n.is_side]
    # SIGPIPE is no failure where nobody reads any more.
    sure = [n for n in fired if n.fault not in ("kill:13", "exit:141")]
    assert bool(status) or not sure, f"{where}: {[n.number for n in sure]} failed, and nothing was said"
    assert not status or fired, f"{where}: status {status} without a fault"
    for n, r in zip(order, report):
        if r["outcome"] == "failed":
            kind, _, number = n.fault.partition(":")
            assert (kind, int(number)) in (("exit", r["status"]), ("kill", r["signal"])), f"{where}: {n.number}"
    for n in order:
        if n.file and status:
            assert not n.file.exists(), f"{where}: {n.file.name} of a tree that failed"
        elif n.file:
            assert n.file.stat().st_size == logs[n].get("wrote", n.file.stat().st_size), where
    assert not list(folder.glob(".*.new")), where


@pytest.mark.parametrize("part", range(4))
def test_random_trees(bin_dir, tmp_path, part):
    failed = 0
    for case in range(CASES // 4):
        rng = random.Random(f"{SEED} {part} {case}")
        folder = tmp_path / str(case)
        folder.mkdir()
        nodes = make_tree(rng, folder)
        mark = f"pipetree-{SEED}-{part}-{case}-{os.getpid()}"
        status = run(bin_dir, folder, nodes, mark)
        where = f"SEED={SEED} part {part} case {case}: status {status}\n" + (folder / "tree").read_text()
        assert marked(mark) == [], where
        check(nodes, folder, status, where)
        failed += status != 0
    assert 0 < failed < CASES // 4  # both kinds were there


def test_stopped_commands(bin_dir, tmp_path):
    """A command that stands still holds up the tree, and can be ended all the same."""
    for case in range(40 if LONG else 4):
        rng = random.Random(f"{SEED} stop {case}")
        folder = tmp_path / str(case)
        folder.mkdir()
        nodes = [n for n in make_tree(rng, folder)]
        for n in nodes:
            n.fault = "none"
        victim = rng.choice([n for n in nodes if not n.is_side])
        victim.fault, victim.at = "stop", 0
        mark = f"pipetree-stop-{SEED}-{case}-{os.getpid()}"
        before = time.monotonic()
        status = run(bin_dir, folder, nodes, mark, kill_after=0.3)
        where = f"SEED={SEED} case {case}\n" + (folder / "tree").read_text()
        assert status == -signal.SIGTERM, where
        assert time.monotonic() - before < 5, where
        assert marked(mark) == [], where
        assert not list(folder.glob("out.*")) and not list(folder.glob(".*.new")), where


@pytest.mark.parametrize("victim", ["pipetree", "node", "caller", "group"])
def test_kill(bin_dir, tmp_path, victim):
    """kill -9 at a random moment: all is gone within a second, and no cut stream has shown its end."""
    landed = 0
    for case in range(50 if LONG else 5):
        rng = random.Random(f"{SEED} {victim} {case}")
        folder = tmp_path / str(case)
        folder.mkdir()
        nodes = make_tree(rng, folder)
        for n in nodes:
            n.fault = "none"
        nodes[0].role, nodes[0].how = "make:400000", "b"
        tree = folder / "tree"
        tree.write_text("".join(n.line(bin_dir.parent / "tests" / "node", folder) for n in in_order(nodes[0])))
        mark = f"pipetree-kill-{SEED}-{victim}-{case}-{os.getpid()}"
        where = f"SEED={SEED} case {case}\n" + tree.read_text()
        caller = subprocess.Popen(
            ["bash", "-c", '"$0" --die-with-parent $$ "$1" & wait $!', bin_dir / "pipetree", tree],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {"MARK": mark}, start_new_session=True)
        time.sleep(rng.random() * 0.3)
        if victim == "group":
            os.killpg(caller.pid, signal.SIGKILL)
        elif victim == "caller":
            caller.kill()
        else:
            pids = [pid for pid, name, _ in marked(mark) if name == victim]
            if pids:
                try:
                    os.kill(rng.choice(pids), signal.SIGKILL)
                except ProcessLookupError:
                    pass
        caller.wait(20)
        end = time.monotonic() + 1  # who was killed cannot wait for what is ended in its place
        while marked(mark) and time.monotonic() < end:
            time.sleep(0.02)
        assert marked(mark) == [], where
        logs = {n: n.log(folder) for n in nodes}
        landed += any("wrote" not in log for log in logs.values())
        for n in nodes:
            if n.parent and "eof" in logs[n]:
                assert "wrote" in logs[n.parent], f"{where}: {n.number} saw the end of what was cut"
    assert landed > 0
