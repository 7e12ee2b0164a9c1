"""What the database must hold after a set of files, whatever their order: the rules of
docs/DESIGN.md, worked out in Python over the records of hours.py. Of each id the record of the newest
file wins, within it the last; names are those that most current sets give; of the
ratings the latest counts, of those the highest, under the earliest file that has it.

Everything is returned as sets of tuples of texts, null being None."""
from collections import Counter, defaultdict


def texts(*values):
    return tuple(None if value is None else str(value) for value in values)


def least(names):
    """The smallest in byte order, null only where there is nothing else."""
    return min((n for n in names if n is not None), key=lambda n: n.encode(), default=None)


def elected(votes):
    """The name with the most votes, ties the smallest in byte order; null only without another."""
    count = Counter(vote for vote in votes if vote is not None)
    return min(count, key=lambda name: (-count[name], name.encode()), default=None)


def winners(files, family):
    """Of each id the record that counts, over all files, which are in the order of their keys."""
    return {record["id"]: record for file in files for record in file.held(family) or [] if record}


def one_set(record, column, key):
    """A list as a set: each id once, under its smallest name."""
    said = defaultdict(list)
    for element in record[column]:
        said[element[key]].append(element["name"])
    return {value: least(names) for value, names in said.items()}


def derived(relation):
    """The names that stand for the ids of a relation, rows of (movie, id, name)."""
    votes = defaultdict(list)
    for _, value, name in relation:
        votes[value].append(name)
    return {(value, elected(names)) for value, names in votes.items()}


def sets(records, column, key, relation, names):
    rows = {texts(movie, value, name) for movie, record in records.items()
            for value, name in one_set(record, column, key).items()}
    return {relation: rows, names: derived(rows)}


def movies(files):
    records = winners(files, "movies")
    collections = defaultdict(list)
    for record in records.values():
        if record["collection"]:
            collections[record["collection"]["id"]].append(record["collection"])
    return {
        "movies": {texts(r["id"], r["title"], r["budget"], r["revenue"], r["popularity"], r["date"],
                         r["collection"] and r["collection"]["id"]) for r in records.values()},
        **sets(records, "genres", "id", "movie_genres", "genres"),
        **sets(records, "production_companies", "id", "movie_companies", "production_companies"),
        **sets(records, "production_countries", "iso_3166_1", "movie_countries", "countries"),
        **sets(records, "spoken_languages", "iso_639_1", "movie_languages", "languages"),
        "collections": {texts(value, *(elected(c[a] for c in said) for a in ("name", "poster_path", "backdrop_path")))
                        for value, said in collections.items()}}


def credit_rows(files):
    records = winners(files, "credits")
    cast = {texts(r["id"], *(e[k] for k in ("id", "cast_id", "order", "gender", "character", "credit_id", "name",
                                            "profile_path"))) for r in records.values() for e in r["cast"]}
    crew = {texts(r["id"], *(e[k] for k in ("id", "gender", "credit_id", "department", "job", "name",
                                            "profile_path"))) for r in records.values() for e in r["crew"]}
    people = defaultdict(list)
    for row in cast:
        people[row[1]].append((row[7], row[4], row[8]))
    for row in crew:
        people[row[1]].append((row[6], row[2], row[7]))
    return {"cast_members": cast, "crew_members": crew,
            "people": {(person, *map(elected, zip(*rows))) for person, rows in people.items()}}


def ratings(files):
    """What is said of each user and movie: times, ratings, sources."""
    said = defaultdict(list)
    for file in files:
        for record in filter(None, file.held("ratings") or []):
            said[record["user"], record["movie"]].append((record["time"], float(record["rating"]), file.source))
    best, conflicts = set(), set()
    for pair, entries in said.items():
        time = max(entries)[0]
        sources = {}
        for _, rating, source in (e for e in entries if e[0] == time):
            sources[rating] = min(source, sources.get(rating, source))
        top = max(sources)
        best.add(texts(*pair, top, time, sources[top]))
        conflicts |= {texts(*pair, rating, source) for rating, source in sources.items() if rating != top}
    return {"ratings": best, "rating_conflicts": conflicts}


def snapshots(files, horizon=0):
    """What each file says of each movie; of what lies before the horizon only the newest."""
    rows = {}
    for file in files:
        for record in winners([file], "movies").values():
            if file.source < horizon:
                for old in [k for k in rows if k[0] == record["id"]]:
                    del rows[old]
            rows[record["id"], file.source] = texts(
                record["id"], file.source, record["budget"], record["revenue"], record["date"], record["popularity"],
                sorted({e["id"] for e in record["genres"]}), sorted({e["id"] for e in record["production_companies"]}))
    return {"movie_snapshots": set(rows.values())}


def expected(files):
    """All tables; files in the order of their keys."""
    return {
        **movies(files), **credit_rows(files), **ratings(files), **snapshots(files),
        **sets(winners(files, "keywords"), "keywords", "id", "movie_keywords", "keywords"),
        "links": {texts(r["id"], r["imdb"], r["tmdb"]) for r in winners(files, "links").values()}}


# The same from the database. Lists look as Python prints them.
QUERIES = {
    "movies": "select movie_id, title, budget, revenue, popularity, release_date, collection_id from movies.movies",
    "cast_members": 'select movie_id, person_id, cast_id, "order", gender, "character", credit_id, name, profile_path'
                    " from movies.cast_members",
    "crew_members": "select movie_id, person_id, gender, credit_id, department, job, name, profile_path"
                    " from movies.crew_members",
    "ratings": "select user_id, movie_id, rating, extract(epoch from rated_at)::bigint, source from movies.ratings",
    "rating_conflicts": "select user_id, movie_id, rating, source from ops.rating_conflicts",
    "movie_snapshots": """select movie_id, source, budget, revenue, release_date, popularity,
        '[' || array_to_string(genre_ids, ', ') || ']', '[' || array_to_string(company_ids, ', ') || ']'
        from movies.movie_snapshots""",
}


def query(table):
    return QUERIES.get(table, f"select * from movies.{table}")
