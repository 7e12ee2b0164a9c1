"""Lines of links and ratings. A link is a real one, in later rounds with its ids shifted. Ratings are
invented: a user rates each movie once at most, most users a few dozen, and few movies get most of
the ratings, though not as few as in MovieLens. Users come in order, and each one's movies."""
import math
import random
from itertools import accumulate

from chance import Changes, mix

COPY = 1000000
MEDIAN, SIGMA = 32, 1.525   # of the movies that a user picks; 95 different ones on average
BUSY = 400                  # who rates more looks beyond what is popular
SLOTS, POOL, MOST = 1 << 21, 1 << 18, 20000
VALUES = [f"{v / 2}," for v in range(1, 11)]
WEIGHTS = 16, 33, 16, 70, 50, 200, 120, 270, 85, 140
OTHER = dict(zip(VALUES, VALUES[1:] + [VALUES[-2]]))
EPOCH = 78966, 150182       # ten thousand seconds each: January 1995 to August 2017


def links(base, count, changes):
    for i in range(count):
        movie, imdb, tmdb = base[i % len(base)]
        rounds = i // len(base)
        if rounds:
            movie, imdb = int(movie) + rounds * COPY, str(int(imdb) + rounds * 10 * COPY)
            tmdb = tmdb and int(tmdb) + rounds * COPY
        if changes.hit(i):
            imdb = f"{int(imdb) + 1:07d}"
        yield f"{movie},{imdb},{tmdb}\r\n"


def slots(count, steepness, rng):
    """Numbers below count, each as often as it is popular; no order."""
    weights = list(accumulate((rank + 285) ** -steepness for rank in range(count)))
    ranks = list(range(count))
    rng.shuffle(ranks)
    size, total, rank, out = min(SLOTS, 64 * count), weights[-1], 0, []
    for slot in range(size):
        while weights[rank] * size < slot * total:
            rank += 1
        out.append(ranks[rank])
    return out + ranks      # nobody's share is nothing


class Ratings:
    def __init__(self, movies, rounds, seed, name, percent):
        self.movies, self.rounds = movies, rounds
        self.names = [f"{m}," for m in movies]
        self.changes = Changes(seed, name, percent)
        rng = self.rng = random.Random(mix(seed, len(movies)))
        self.popular = slots(len(movies), 2, rng)
        self.wide = slots(len(movies), 1, rng)
        self.values = rng.choices(VALUES, WEIGHTS, k=POOL + MOST)
        self.seconds = [f"{rng.randrange(10000):04d}\r\n" for _ in range(POOL + MOST)]

    def lines(self, count):
        """The lines of one user after another, as one string each."""
        user = row = run = 0
        change = self.changes.pick(run) if self.changes.share else count
        while row < count:
            user += 1
            columns = self.user(count - row)
            n = len(columns[0])
            while change < row + n:
                self.change(columns, change - row)
                run += 1
                change = self.changes.pick(run)
            parts = [f"{user},"] * (5 * n)
            for i, column in enumerate(columns, 1):
                parts[i::5] = column
            row += n
            yield "".join(parts)

    def user(self, most):
        """Columns of a user's ratings: movie, rating, the seconds but four digits, those."""
        rng, n = self.rng, min(MOST, int(self.rng.lognormvariate(math.log(MEDIAN), SIGMA)) + 1)
        chosen = sorted(set(rng.choices(self.wide if n > BUSY else self.popular, k=n)))
        n = min(len(chosen), most)
        del chosen[n:]
        sittings = [str(rng.randint(*EPOCH)) for _ in range(1 + n // 100)]
        at = rng.randrange(POOL)
        return (self.named(chosen), self.values[at:at + n],
                sittings * n if len(sittings) == 1 else rng.choices(sittings, k=n),
                self.seconds[at:at + n])

    def named(self, chosen):
        shift = int(self.rounds * self.rng.random()) * COPY
        if shift:
            return [f"{self.movies[i] + shift}," for i in chosen]
        return list(map(self.names.__getitem__, chosen))

    @staticmethod
    def change(columns, i):
        _, values, sittings, seconds = columns
        values[i] = OTHER[values[i]]
        sittings[i] = str(int(sittings[i]) + 1)
