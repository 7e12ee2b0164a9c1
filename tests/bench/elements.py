"""Cells that hold a list of elements with an id and a name, in Python's notation: the people of
credits, the companies of a movie, its keywords. A copy of a cell gets other people: some
real, the rest invented, as many as the dataset's size wants."""
import re

from chance import mix

NAME = r"""(?P<name>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CREDIT = re.compile(r"'credit_id': '\w{8}(?P<credit>\w{8})\w{8}'[^{}]*?'id': (?P<id>\d+)"
                    r"[^{}]*?'name': " + NAME)
KEYWORD = re.compile(r"{'id': (?P<id>\d+), 'name': " + NAME)
COMPANY = re.compile(r"{'name': " + NAME + r", 'id': (?P<id>\d+)")
SPREAD = 1 << 16


class Population:
    """Everybody that the real rows mention, and invented namesakes of each."""

    def __init__(self, variants):
        self.ids, self.names, self.index = [], [], {}
        # Squared: the real one turns up oftener than any namesake of his.
        self.variant = [int(variants * (i / SPREAD) ** 2) for i in range(SPREAD)]

    def add(self, ident, name):
        if ident not in self.index:
            self.index[ident] = len(self.ids)
            self.ids.append(ident)
            self.names.append(name)
        return self.index[ident]

    def close(self):
        """Nobody comes any more: the ids of the invented follow the largest real one."""
        self.first = max(map(int, self.ids)) + 1
        plain = [n[1:-1].partition(" ") for n in self.names if not re.search(r"['\"\\]", n[1:-1])]
        self.heads = [head for head, _, _ in plain]
        self.tails = [tail for _, _, tail in plain if tail]

    def choose(self, chance, i):
        """The id and the name, as a literal, that one of the real becomes for a given chance."""
        v = self.variant[(chance + i * 0x9E3779B1 >> 8) % SPREAD]
        if not v:
            return self.ids[i], self.names[i]
        head = self.heads[i % len(self.heads)]
        tail = self.tails[(i * 31 + v * 7919) % len(self.tails)]
        return str(self.first + (v - 1) * len(self.ids) + i), f"'{head} {tail}'"


class Cell:
    """A real cell, cut where its copies differ."""

    def __init__(self, text, pattern, population):
        self.text, self.population = text, population
        self.pieces, self.elements, self.credits = [], [], []
        end = 0
        for m in pattern.finditer(text):
            slot = {}
            for group in sorted(m.groupdict(), key=m.start):
                self.pieces += text[end:m.start(group)], m[group]
                slot[group] = len(self.pieces) - 1
                end = m.end(group)
            self.elements.append((slot["id"], slot["name"], population.add(m["id"], m["name"])))
            if "credit" in slot:
                self.credits.append(slot["credit"])
        self.pieces.append(text[end:])

    def copy(self, seed, number):
        """The text for another movie. A credit_id stays unique: the movie's number is in it."""
        pieces, choose, chance = self.pieces[:], self.population.choose, mix(seed, number)
        for ident, name, i in self.elements:
            pieces[ident], pieces[name] = choose(chance, i)
        credit = f"{number:08x}"
        for slot in self.credits:
            pieces[slot] = credit
        return "".join(pieces)


def appended(text, element):
    """A list's text with one more element."""
    return text[:-1] + (", " if len(text) > 2 else "") + repr(element) + "]"
