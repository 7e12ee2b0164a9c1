"""Chance that can be asked for again: what becomes of a record depends on the seed and on the
record's number alone, so that nothing has to be remembered and the next hour can be told from the
last one record by record."""
import zlib

MASK = (1 << 64) - 1


def mix(*numbers):
    """64 bits that depend on all the numbers (the finalizer of SplitMix64)."""
    h = 0
    for n in numbers:
        h = (h + n + 0x9E3779B97F4A7C15) & MASK
        h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9 & MASK
        h = (h ^ h >> 27) * 0x94D049BB133111EB & MASK
        h ^= h >> 31
    return h


class Changes:
    """Which of a member's records differ in the next hour: one, at a random place, in each run
    of 100 / percent records. Their share is therefore right in small members too."""

    def __init__(self, seed, member, percent):
        self.salt = mix(seed, zlib.crc32(member.encode()))
        self.share = round(percent * 10000)  # in millionths

    def pick(self, run):
        """The record that changes in a run."""
        first, end = (-(-r * 1000000 // self.share) for r in (run, run + 1))
        return first + mix(self.salt, run) % (end - first)

    def hit(self, record):
        return self.share > 0 and record == self.pick(record * self.share // 1000000)
