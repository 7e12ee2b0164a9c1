"""The real rows that everything is made of: those of the fixtures' first hour."""
import csv
import io
import re
import zipfile
from pathlib import Path

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "2026-11-20T13Z.zip"
WIDTH = 24  # columns of movies_metadata.csv
ID = 5      # and its id
csv.field_size_limit(1 << 24)


def to_csv(row, eol="\n"):
    out = io.StringIO()
    csv.writer(out, lineterminator=eol).writerow(row)
    return out.getvalue()


class Source:
    """Headers and rows, each a list of strings as csv.reader gives them."""

    def __init__(self):
        with zipfile.ZipFile(FIXTURE) as z:
            self.text = {n: z.read(n).decode() for n in z.namelist()}
        self.members = list(self.text)
        self.header = {n: t[:t.index("\n")].rstrip().split(",") for n, t in self.text.items()}
        self.rows = {n: self._rows(n) for n in self.members if not n.startswith("ratings")}
        physical = self.rows["movies_metadata.csv"]
        self.rows["movies_metadata.csv"] = [r for r in physical if len(r) == WIDTH]
        self.broken = [self._broken(a, b) for a, b in zip(physical, physical[1:])
                       if len(a) + len(b) == WIDTH + 1]

    def _rows(self, name):
        return list(csv.reader(io.StringIO(self.text[name], newline="")))[1:]

    def _broken(self, head, tail):
        """(id, raw text) of a movie whose record a line break cuts in two."""
        halves = [re.escape(to_csv(half, "")) for half in (head, tail)]
        found = re.search("(?:\r\n|\r|\n)".join(halves) + "\n", self.text["movies_metadata.csv"])
        return head[ID], found[0]
