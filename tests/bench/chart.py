"""The ratios as an SVG: a bar from 1 to each, on a log scale. One grey for the text and two colours that can be
read on white and on black."""
import math
from xml.sax.saxutils import escape

from report import values

LEFT, WIDTH, RIGHT, ROW, HEAD = 330, 460, 130, 20, 30
TEXT, FASTER, SLOWER = "#808890", "#2f9e77", "#d9822b"
OPEN = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img"
     aria-label="Our time divided by the other's" font-family="sans-serif" font-size="12" fill="{c}">"""


class Scale:
    def __init__(self, ratios):
        self.low = math.floor(math.log10(min([0.1, *ratios])))
        self.high = max(0.5, math.log10(max([1, *ratios])) + 0.1)

    def x(self, ratio):
        part = (math.log10(max(ratio, 1e-9)) - self.low) / (self.high - self.low)
        return round(LEFT + WIDTH * min(max(part, 0), 1), 1)

    def marks(self):
        for power in range(self.low, math.ceil(self.high)):
            yield from (m * 10 ** power for m in (1, 2, 5) if math.log10(m) + power <= self.high)


def line(x, y, height, extra=""):
    return f'<line x1="{x}" x2="{x}" y1="{y}" y2="{y + height}" stroke="{TEXT}" {extra}/>'


def text(x, y, words, extra=""):
    return f'<text x="{x}" y="{y}" {extra}>{escape(words)}</text>'


def bar(result, v, y, scale):
    """A bar, a thin line from the smallest to the largest ratio, and where there is one, the goal."""
    at, one = scale.x(v["ratio"]), scale.x(1)
    colour = FASTER if v["ratio"] <= 1 else SLOWER
    yield text(LEFT - 8, y + 13, result["title"], 'text-anchor="end"')
    yield f'<rect x="{min(at, one)}" y="{y + 4}" width="{abs(at - one):.1f}" height="11" fill="{colour}"/>'
    yield f'<line x1="{scale.x(v["least"])}" x2="{scale.x(v["most"])}" y1="{y + 9.5}" y2="{y + 9.5}" stroke="{TEXT}"/>'
    goal = ""
    if result["goal"] is not None:
        goal = f" (goal {result['goal']:g})"
        yield line(scale.x(result["goal"]), y + 1, 17, 'stroke-width="2.5"')
    yield text(LEFT + WIDTH + 8, y + 13, f"{v['ratio']:.3g}{goal}")


def chart(works, measured):
    groups = [(w.title, [(r, values(r)) for r in measured[w.name]["results"] if not r["missing"]])
              for w in works if w.name in measured]
    scale = Scale([v["ratio"] for _, group in groups for _, v in group])
    parts, y = [], 46
    for title, group in groups:
        parts.append(text(8, y + 20, title, 'font-weight="bold"'))
        y += HEAD
        for result, v in group:
            parts += bar(result, v, y, scale)
            y += ROW
    grid = [text(8, 16, "Our time / theirs, log scale: to the left of 1 ours is faster; | is the goal.")]
    for mark in scale.marks():
        grid.append(line(scale.x(mark), 40, y - 36, f'stroke-opacity="{0.9 if mark == 1 else 0.25}"'))
        grid.append(text(scale.x(mark), 34, f"{mark:g}", 'text-anchor="middle" font-size="10"'))
    size = OPEN.format(w=LEFT + WIDTH + RIGHT, h=y + 10, c=TEXT)
    return "\n".join([size, *grid, *parts, "</svg>"]) + "\n"
