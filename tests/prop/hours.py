"""Generated hourly files, tiny ones, full of what the rules of loading are about: few ids, so
that files and records collide; deltas and full snapshots; revisions and fixes; ids that come
twice in a file; names that go back and forth; empty sets and empty members; records that are
turned away; members that are missing, or byte for byte those of another hour.

A file is a File: its key, and for each member the bytes and the records that they hold, each a dict of
what the database is to make of it. A record that is to be turned away is None."""
import csv
import datetime
import io
import random
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

UTC = datetime.timezone.utc
FIRST = datetime.datetime(2026, 1, 5, tzinfo=UTC)  # a Monday: a week of snapshots begins
MOVIES, PEOPLE, WORDS = range(1, 6), range(1, 5), range(1, 5)
NAMES = ["Ab", "ab", "Äb", "b, 'c'", 'q"q', None]
NUMBERS = [("", None), ("0", "0"), ("1.5", "1.5"), ("1.50", "1.5"), ("1e-06", "0.000001"), ("12.0", "12")]
EMPTY_LISTS = ["[]", ""]
FAMILY = {"movies_metadata.csv": "movies", "credits.csv": "credits", "keywords.csv": "keywords",
          "links.csv": "links", "links_small.csv": "links", "ratings.csv": "ratings"}


@dataclass
class Member:
    text: str
    records: list


@dataclass
class File:
    hour: datetime.datetime
    revision: int
    fix: int
    members: dict = field(default_factory=dict)

    @property
    def source(self):
        return int(self.hour.timestamp()) // 3600 << 40 | self.revision << 20 | self.fix

    @property
    def hour_text(self):
        return self.hour.strftime("%Y-%m-%dT%HZ")

    @property
    def key(self):
        return (self.hour_text + (f".r{self.revision}" if self.revision > 1 else "")
                + (f".fix{self.fix}" if self.fix else ""))

    def held(self, family):
        """The records of a family, in the member that is loaded, or None if there is no such."""
        for name, member in self.members.items():
            if FAMILY[name] == family and not (name == "links_small.csv" and "links.csv" in self.members):
                return member.records
        return None

    def write(self, folder):
        path = folder / f"{self.key}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, member in self.members.items():
                archive.writestr(name, member.text)
        return path


def optional(rng, value, empty=""):
    """A text as it stands in a file, and what it means there."""
    return (empty, None) if rng.random() < 0.2 else (value, value)


def a_list(rng, ids, element):
    """The elements of a list, now and then none, or the same id twice."""
    return [element(rng, rng.choice(ids)) for _ in range(rng.choice([0, 1, 2, 2, 3]))]


def list_text(rng, elements):
    return repr(elements) if elements else rng.choice(EMPTY_LISTS)


def named(key):
    return lambda rng, value: {key: value, "name": rng.choice(NAMES)}


def a_movie(rng, movie_id, bad):
    title, budget, revenue = optional(rng, rng.choice(NAMES[:-1])), optional(rng, str(rng.randrange(4))), \
        optional(rng, str(rng.randrange(4)))
    popularity, date = rng.choice(NUMBERS), optional(rng, f"{rng.choice([1999, 2000])}-02-2{rng.randrange(9)}")
    sets = {"genres": a_list(rng, WORDS, named("id")), "production_companies": a_list(rng, WORDS, named("id")),
            "production_countries": a_list(rng, ["US", "DE", "FR"], named("iso_3166_1")),
            "spoken_languages": a_list(rng, ["en", "de", "fr"], named("iso_639_1"))}
    collection = rng.choice([None, None, {
        "id": rng.choice(WORDS), "name": rng.choice(NAMES), "poster_path": rng.choice(["/p", "/q", None]),
        "backdrop_path": rng.choice(["/b", "/a", None])}])
    row = {"id": movie_id, "title": title[0], "budget": budget[0], "revenue": revenue[0],
           "popularity": popularity[0], "release_date": date[0],
           "belongs_to_collection": repr(collection) if collection else "",
           **{column: list_text(rng, elements) for column, elements in sets.items()}}
    if bad:
        row.update(rng.choice([{"genres": "[{'id': 1, 'name'"}, {"release_date": "2001-02-29"},
                               {"budget": "9" * 19}, {"spoken_languages": "[{'name': 'x'}]"}]))
    return row, {"id": movie_id, "title": title[1], "budget": budget[1], "revenue": revenue[1],
                 "popularity": popularity[1], "date": date[1], "collection": collection, **sets}


def a_part(rng, person_id):
    return {"cast_id": rng.choice([1, 2]), "character": rng.choice(["X", "Y"]), "credit_id": rng.choice(["c1", "c2"]),
            "gender": rng.choice([0, 1, 2]), "id": person_id, "name": rng.choice(NAMES), "order": rng.choice([0, 1]),
            "profile_path": rng.choice(["/p", "/q", None])}


def a_job(rng, person_id):
    return {"credit_id": rng.choice(["c3", "c4"]), "department": rng.choice(["D", "E"]), "gender": rng.choice([0, 1]),
            "id": person_id, "job": "J", "name": rng.choice(NAMES), "profile_path": rng.choice(["/p", None])}


def a_credit(rng, movie_id, bad):
    cast, crew = a_list(rng, PEOPLE, a_part), a_list(rng, PEOPLE, a_job)
    if cast and rng.random() < 0.3:
        cast.append(dict(cast[0]))
    row = {"id": movie_id, "cast": list_text(rng, cast), "crew": list_text(rng, crew)}
    if bad:
        row[rng.choice(["cast", "crew"])] = "[{'id': None, 'name': 'x'}]"
    return row, {"id": movie_id, "cast": cast, "crew": crew}


def a_keyword_list(rng, movie_id, bad):
    words = a_list(rng, WORDS, named("id"))
    row = {"id": movie_id, "keywords": "{}" if bad else list_text(rng, words)}
    return row, {"id": movie_id, "keywords": words}


def a_link(rng, movie_id, bad):
    imdb, tmdb = optional(rng, f"000{rng.randrange(3)}"), optional(rng, str(rng.randrange(3)))
    row = {"movieId": movie_id, "imdbId": imdb[0], "tmdbId": "tt1" if bad else tmdb[0]}
    return row, {"id": movie_id, "imdb": imdb[1], "tmdb": tmdb[1]}


def a_rating(rng, movie_id, bad):
    user, rating, time = rng.choice([1, 2]), rng.choice(["0.5", "3.0", "5.0"]), rng.choice([100, 200, 200])
    row = {"userId": user, "movieId": movie_id, "rating": "good" if bad else rating, "timestamp": time}
    return row, {"user": user, "movie": movie_id, "rating": rating, "time": time}


RECORDS = {"movies_metadata.csv": a_movie, "credits.csv": a_credit, "keywords.csv": a_keyword_list,
           "links.csv": a_link, "links_small.csv": a_link, "ratings.csv": a_rating}
OTHER_COLUMNS = {"movies_metadata.csv": [
    "adult", "homepage", "imdb_id", "original_language", "original_title", "overview", "poster_path", "runtime",
    "status", "tagline", "video", "vote_average", "vote_count"]}


def a_member(rng, name):
    ids = list(MOVIES)
    most = 16 if name == "ratings.csv" else 5
    ids = ids + rng.sample(ids, 2) if rng.random() < 0.3 else rng.choices(ids, k=rng.randrange(most))
    pairs = []
    for movie_id in ids:
        bad = pairs != [] and rng.random() < 0.15  # of a member one record at least must be good
        row, record = RECORDS[name](rng, movie_id, bad)
        pairs.append((row, None if bad else record))
    rng.shuffle(pairs)
    columns = list(RECORDS[name](rng, 1, False)[0]) + OTHER_COLUMNS.get(name, []) + rng.choice([[], ["odd"]])
    rng.shuffle(columns)
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row, _ in pairs)
    return Member(out.getvalue(), [record for _, record in pairs])


def keys(rng, n):
    """n keys over three weeks, in order: few hours, so that revisions and fixes come about."""
    hours = [FIRST + datetime.timedelta(hours=h) for h in rng.sample(range(24 * 21), n)]
    found = {(hour, 1, 0) for hour in hours[:n // 2 + 1]}
    while len(found) < n:
        hour, revision, fix = rng.choice(sorted(found))
        found.add(rng.choice([(hours[len(found)], 1, 0), (hour, revision + 1, 0), (hour, revision, fix + 1)]))
    return sorted(found)


def generate(rng, n):
    """n files in the order of their keys. One member of the last is the same as in the one before."""
    files = []
    for key in keys(rng, n):
        file = File(*key)
        for name in FAMILY:
            holders = [f for f in files if name in f.members]
            if rng.random() < (0.8 if name.endswith("_small.csv") else 0.25):
                continue
            if holders and rng.random() < 0.4:
                file.members[name] = rng.choice([holders[-1], rng.choice(holders)]).members[name]
            else:
                file.members[name] = a_member(rng, name)
        if not file.members:
            file.members["keywords.csv"] = a_member(rng, "keywords.csv")
        files.append(file)
    name = next(iter(files[-2].members))
    files[-1].members[name] = files[-2].members[name]
    if name == "links_small.csv":
        files[-1].members.pop("links.csv", None)
    return files


def main():
    """usage: hours.py SEED N FOLDER -- writes N files into FOLDER, and their paths, in order, to stdout."""
    seed, n, folder = sys.argv[1:]
    for file in generate(random.Random(seed), int(n)):
        print(file.write(Path(folder)))


if __name__ == "__main__":
    main()
