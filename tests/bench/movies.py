"""Records of movies_metadata, credits and keywords. Movie number n has the n-th id of links.csv
(the three broken ones first), its real row where the fixtures have it, and else a copy of another's
that differs in ids, titles, dates, sums and people."""
import re

from chance import Changes, mix
from elements import COMPANY, CREDIT, KEYWORD, Cell, Population, appended

COPY = 1000000  # ids of the second and later rounds through the links are shifted by this
(BUDGET, GENRES, IDENT, IMDB, ORIGINAL_TITLE, POPULARITY, COMPANIES, DATE, REVENUE, TITLE,
 VOTES) = 2, 3, 5, 6, 8, 10, 12, 14, 15, 20, 23
# At scale 1: records with another's id, and how many of those contradict it.
REPEATED = {"movies_metadata.csv": (30, 13), "credits.csv": (44, 7), "keywords.csv": (987, 0)}
# At scale 1, invented namesakes of each, found by trial: 200,000 people, 23,000 companies.
PEOPLE, NAMED_COMPANIES, KEYWORDS = 19, 13, 16


def extra(name, scale):
    return max(2, round(REPEATED[name][0] * scale))


def scaled(number, factor):
    """A decimal as the dataset writes them, times a factor."""
    return repr(round(float(number or 0) * factor + 0.000001, 6))


class Ids:
    """The movies' ids in order, and their imdb ids."""

    def __init__(self, source):
        links = {tmdb: imdb for _, imdb, tmdb in source.rows["links.csv"] if tmdb}
        ids = dict.fromkeys([ident for ident, _ in source.broken] + list(links))
        self.all = [(int(ident), links[ident]) for ident in ids]

    def __getitem__(self, number):
        ident, imdb = self.all[number % len(self.all)]
        rounds = number // len(self.all)
        return (str(ident + rounds * COPY), f"tt{int(imdb) + rounds * 10 * COPY:07d}")


class Member:
    """Records of one member, each a function of the seed and its movie's number."""

    def __init__(self, source, name, key, options):
        self.rows = source.rows[name]
        self.ids, self.key, self.seed = Ids(source), key, options.seed
        self.changes = Changes(options.seed, name, options.changed)
        self.real = {r[key]: i for i, r in enumerate(self.rows)}
        self.extra, conflicting = extra(name, options.scale), REPEATED[name][1]
        self.conflicting = conflicting and max(1, round(conflicting * options.scale))

    def records(self, first, end):
        """The movies' records in order; among them, evenly spread, those that repeat one."""
        at = [first + (e + 1) * (end - first) // (self.extra + 1) for e in range(self.extra)]
        again = [first + (n - first) // 2 for n in at]
        if self.extra > 2:
            again[-1] = again[-2]  # one movie has three records
        e = 0
        for number in range(first, end):
            yield self.record(number)
            while e < self.extra and at[e] == number:
                row = self.record(again[e])
                if e < self.conflicting:
                    self.contradict(row)
                yield row
                e += 1

    def record(self, number):
        ident, imdb = self.ids[number]
        own = self.real.get(ident)
        row = self.rows[number % len(self.rows) if own is None else own][:]
        if own is None:
            row[self.key] = ident
            self.vary(row, number, imdb)
        if self.changes.hit(number):
            self.change(row, number)
        return row


class Metadata(Member):
    def __init__(self, source, options):
        super().__init__(source, "movies_metadata.csv", IDENT, options)
        self.broken = [raw for _, raw in source.broken]
        companies = Population(max(1, NAMED_COMPANIES * options.scale))
        self.companies = [Cell(r[COMPANIES], COMPANY, companies) for r in self.rows]
        companies.close()

    def vary(self, row, number, imdb):
        copy = number // len(self.rows) + 2
        row[IMDB] = imdb
        row[TITLE] += f" {copy}"
        row[ORIGINAL_TITLE] += f" {copy}"
        row[COMPANIES] = self.companies[number % len(self.rows)].copy(self.seed, number)
        chance = mix(self.seed, number)
        row[POPULARITY] = scaled(row[POPULARITY], 0.8 + chance % 4096 / 10240)
        for sum_of_money in BUDGET, REVENUE:
            if len(row[sum_of_money]) > 4:
                row[sum_of_money] = str(int(row[sum_of_money]) + chance % 997 * 1000)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", row[DATE]):
            year = max(1900, int(row[DATE][:4]) - chance % 12)
            row[DATE] = f"{year}{row[DATE][4:]}".replace("-02-29", "-02-28")

    @staticmethod
    def contradict(row):
        row[POPULARITY] = scaled(row[POPULARITY], 1.5)

    @staticmethod
    def change(row, number):
        row[POPULARITY] = scaled(row[POPULARITY], 1.1)
        row[VOTES] = str(int(row[VOTES] or 0) + 1)
        if number % 4 == 0:  # a set that changes, too
            row[GENRES] = re.sub(r", {[^{}]*}]$", "]", row[GENRES])


class Credits(Member):
    def __init__(self, source, options):
        super().__init__(source, "credits.csv", 2, options)
        people = Population(max(1, PEOPLE * options.scale))
        self.cells = [[Cell(text, CREDIT, people) for text in r[:2]] for r in self.rows]
        people.close()

    def vary(self, row, number, _):
        row[:2] = [c.copy(self.seed, number) for c in self.cells[number % len(self.rows)]]

    @staticmethod
    def thank(row, credit):
        row[1] = appended(row[1], {
            "credit_id": f"{credit}{int(row[2]):016x}", "department": "Crew", "gender": 0,
            "id": 1, "job": "Thanks", "name": "George Lucas", "profile_path": None})

    def contradict(self, row):
        self.thank(row, "c0000000")

    def change(self, row, _):
        self.thank(row, "d0000000")


class Keywords(Member):
    def __init__(self, source, options):
        super().__init__(source, "keywords.csv", 0, options)
        keywords = Population(max(1, KEYWORDS * options.scale))
        self.cells = [Cell(r[1], KEYWORD, keywords) for r in self.rows]
        keywords.close()

    def vary(self, row, number, _):
        row[1] = self.cells[number % len(self.rows)].copy(self.seed, number)

    @staticmethod
    def change(row, _):
        row[1] = appended(row[1], {"id": 1, "name": "changed"})


MEMBERS = {"movies_metadata.csv": Metadata, "credits.csv": Credits, "keywords.csv": Keywords}
