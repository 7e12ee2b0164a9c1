"""What was measured, as a table in Markdown; for a terminal the same without the machine."""
from pathlib import Path
from statistics import median

from machine import machine, tools

PEERS = Path(__file__).resolve().parent / "peers"
EXPLAINED = """\
Each row is a series of pairs: ours, the other, ours, the other, and so on, one at a time. Seconds and CPU seconds are
medians; the ratio is the median of the ratios of the pairs, ours / theirs (of CPU seconds where it says so), with the
smallest and the largest. Below 1 ours is faster. CPU seconds are those of the command and its descendants, and behind
the + the server's. Memory is the peak of the largest process of a side, not their sum, and not the server's. What a
peer lost is by rows (or lines) against ours; values are not compared, though some differ: DuckDB's cast makes None the
text 'None', Miller and xan guess which strings are numbers, jq's recipe splits quoted fields, keeps the CR of a line.
"""
WRITTEN = """\
Written by `make bench`; `make bench-quick` is small and prints only. Where the time goes, and what stops the goals that \
are not met, is in [profiles.md](profiles.md)."""
LOADED = """\
The server is the one that `movies-db` makes; commits are durable, those of both sides of each pair alike. Before each
run, outside of the clock, come a checkpoint and a sync, and both sides find empty tables of the same definitions, below
(of the whole zip: an empty database; ours has its schema already, with more indexes and tables than the peers make).
Rows are copied, frozen, in the transaction that truncates or makes their table, so that they do not go to the log.
"""
COLUMNS = "against", "ours s", "theirs s", "ratio (min-max)", "goal", "met", "ours CPU s", "theirs CPU s", \
    "ours MiB", "theirs MiB", "what it lost"


def values(result):
    """A comparison in numbers."""
    above, below = zip(*result["rounds"])
    ratios = [a[result["measure"]] / max(b[result["measure"]], 1e-9) for a, b in zip(above, below)]
    return {"ratio": median(ratios), "least": min(ratios), "most": max(ratios), "sides": [
        {k: median(r[k] for r in side) for k in ("seconds", "cpu", "server_cpu", "peak_mib")}
        for side in (above, below)]}


def met(result, ratio):
    if result["goal"] is None:
        return "-"
    return "yes" if ratio <= result["goal"] else "**no**"


def lost(result):
    """The differences between what ours made and what the other did."""
    mine, theirs = result["counts"]
    if "digest" in mine and mine["digest"] == theirs.get("digest"):
        return "nothing: the same bytes"
    names = ["lines"] if "lines" in mine else mine
    found = [f"{name} {theirs.get(name, 0) - mine[name]:+,} of {mine[name]:,}"
             for name in names if theirs.get(name, 0) != mine[name]]
    if "stopped" in theirs:
        found.append(f"stops: {theirs['stopped']}".replace("|", "\\|"))
    return "; ".join(found) or ("nothing" if theirs else "-")


def row(result):
    if result["missing"]:
        return [result["title"]] + [""] * (len(COLUMNS) - 2) + [f"not installed: {', '.join(result['missing'])}"]
    v = values(result)
    a, b = v["sides"]
    return [result["title"] + (" (CPU)" if result["measure"] == "cpu" else ""),
            f"{a['seconds']:.2f}", f"{b['seconds']:.2f}", f"**{v['ratio']:.3g}** ({v['least']:.3g}-{v['most']:.3g})",
            "-" if result["goal"] is None else f"{result['goal']:g}", met(result, v["ratio"]),
            *(f"{s['cpu']:.2f}" + (f" + {s['server_cpu']:.2f}" if s["server_cpu"] >= 0.01 else "") for s in (a, b)),
            *(f"{s['peak_mib']:.0f}" for s in (a, b)), lost(result)]


def table(results):
    """Aligned, so that it can be read as text too."""
    rows = [list(COLUMNS), ["-" * len(c) for c in COLUMNS]] + [row(r) for r in results]
    widths = [max(len(r[i]) for r in rows) for i in range(len(COLUMNS) - 1)] + [0]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(r, widths)) + " |" for r in rows)


def tables(works, measured):
    parts = []
    for work in works:
        if work.name in measured:
            m = measured[work.name]
            pairs = max(len(r.get("rounds", ())) for r in m["results"])
            parts += [f"## {work.title}", f"{m['date']}, version {m['version']}, {pairs} pairs; "
                      f"load of the machine before: {m['load']:.1f}.", table(m["results"])]
    return "\n\n".join(parts)


def summary(works, measured):
    """How many goals are met, and which are not."""
    asked = [(w.name, r) for w in works if w.name in measured for r in measured[w.name]["results"]
             if r["goal"] is not None and not r["missing"]]
    missed = [f"{name}: {r['title']}" for name, r in asked if values(r)["ratio"] > r["goal"]]
    return f"Goals met: {len(asked) - len(missed)} of {len(asked)}." + (f" Not: {'; '.join(missed)}." if missed else "")


def definitions():
    """The tables that both sides load into."""
    for path in sorted(PEERS.glob("*.tables.sql")) + sorted(PEERS.glob("*.keys.sql")):
        yield f"{path.name}:\n\n```sql\n{path.read_text()}```"


def page(works, measured, options, settings):
    facts = machine() | tools() | {
        "data": f"scale {options.scale:g} of the dataset's size, seed {options.seed}",
        "server": ", ".join(f"{k} = {v}" for k, v in settings.items())}
    return "\n\n".join([
        "# Side by side with other tools", WRITTEN,
        EXPLAINED.rstrip(), "![The ratios](bench.svg)", summary(works, measured), tables(works, measured),
        "## The machine", "\n".join(f"- {name}: {fact}" for name, fact in facts.items()), LOADED.rstrip(),
        "## The tables", *definitions()]) + "\n"
