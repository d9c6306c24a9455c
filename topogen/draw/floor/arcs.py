"""Bundles of links as arcs over the floor: side by side where they end, and in one row with their lengths."""

from __future__ import annotations

import math
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, wrapped_to
from topogen.draw.sheet import BODY, Label, Stroke
from topogen.draw.shown.words import span
from topogen.units import count_words, format_count, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from topogen.draw.floor.marks import Scale
    from topogen.draw.floor.plan import Bundle, Plan
    from topogen.draw.shown.tips import Tips

    Point = tuple[float, float]

THICKEST, THINNEST = 18, 1.2
EDGE = 1.5
"""Pixels of paper beside an arc, so that arcs which cross can be told apart in full colour."""
ABREAST = 0.75
"""How much of the way to the next rack or row the ends of arcs take side by side."""
LINE, BESIDE, STEP, TWO_LINES = 19, 7, 6, 60
"""Pixels from line to line, between an arc and its words, from a place of words to the next, and how wide
words are at most in two lines."""
NEARER = BESIDE + 5
"""How far a number is from other arcs than its own, beside which it stands."""
NUMBERS = "; number: links"
"""What a legend says of numbers at arcs."""
SAMPLES = 256
"""Points along an arc at which words keep clear of it."""


def arcs(
    plan: Plan, scale: Scale, bundles: Sequence[Bundle], names: Sequence[str], tips: Tips
) -> Iterator[Stroke | Label]:
    """Yield an arc a bundle: as wide as its bandwidth, the farther its ends the farther it reaches."""
    drawn = between_areas(bundles)
    middles = _ends(plan, scale)
    ordered = sorted(drawn, key=lambda one: -math.dist(middles[one.a], middles[one.b]))
    widths = _widths(ordered, middles, along=0 if plan.block else 1)
    ends = _abreast(ordered, widths, middles, along=0 if plan.block else 1)
    far = max((math.dist(middles[one.a], middles[one.b]) for one in drawn), default=1)
    lines: list[Stroke] = []
    for one, width, (a, b) in zip(ordered, widths, ends, strict=True):
        bulge = math.dist(middles[one.a], middles[one.b]) / far
        points = _over_racks(a, b, bulge) if plan.block else _beside_rows(a, b, bulge, middles)
        where = f"{names[one.a]} and {names[one.b]}: {count_words(one.links, 'link')}"
        tip = tips.several(one.groups, f"{where}, {format_rate_long(one.rate)} per direction")
        if width > 2 * EDGE:
            yield Stroke(points, "paper", width + 2 * EDGE, curved=True)
        lines.append(Stroke(points, one.family, width, curved=True, tip=tip.tip, key=tip.key))
        yield lines[-1]
    if plan.block:
        yield from _length_words(ordered, lines, min(y for _, y in middles.values()))
    elif len({one.links for one in drawn}) > 1:
        yield from _count_words(ordered, lines)


def between_areas(bundles: Sequence[Bundle]) -> list[Bundle]:
    """Return the bundles that are drawn as arcs."""
    return [one for one in bundles if one.a >= 0 and one.b >= 0 and one.a != one.b]


def count_key(plan: Plan, bundles: Sequence[Bundle]) -> str:
    """Return what a legend says of the number of links of arcs: their number, or what numbers at arcs are."""
    counts = {one.links for one in between_areas(bundles)}
    if len(counts) == 1:
        return f"; {count_words(counts.pop(), 'link')} an arc"
    return NUMBERS if counts and not plan.block else ""


def _over_racks(a: Point, b: Point, bulge: float) -> tuple[Point, ...]:
    height = (a[1] - BODY.y - 36) * 4 / 3 * (0.25 + 0.75 * bulge)
    return (a, (a[0], a[1] - height), (b[0], b[1] - height), b)


def _beside_rows(a: Point, b: Point, bulge: float, middles: Mapping[int, Point]) -> tuple[Point, ...]:
    right = max(x for x, _ in middles.values())
    handle = right + (BODY.x + BODY.width - right - 14) * 4 / 3 * (0.12 + 0.88 * bulge)
    return (a, (handle, a[1]), (handle, b[1]), b)


def _ends(plan: Plan, scale: Scale) -> dict[int, Point]:
    """Return where the arcs of each area end: above a rack, at the right of a row."""
    areas = plan.area[plan.rack]
    x, y = scale.middles(plan).T
    found = {}
    for area in np.unique(areas).tolist():
        here = areas == area
        if plan.block:
            found[area] = (float(x[here].mean()), float(y[here].min() - scale.depth / 2))
        else:
            found[area] = (float(x[here].max() + scale.rack / 2 + 5), float(y[here].mean()))
    return found


def _widths(bundles: Sequence[Bundle], middles: Mapping[int, Point], along: int) -> list[float]:
    """Return widths in proportion to bandwidth; the ends at one area have room side by side."""
    most = max((one.rate for one in bundles), default=1)
    places = sorted(point[along] for point in middles.values())
    gap = min((after - before for before, after in pairwise(places)), default=BODY.height)
    total = dict.fromkeys(middles, 0)
    for one in bundles:
        total[one.a] += one.rate
        total[one.b] += one.rate
    widest = min(THICKEST, ABREAST * gap * most / max([*total.values(), 1]))
    return [max(THINNEST, widest * one.rate / most) for one in bundles]


def _abreast(
    bundles: Sequence[Bundle], widths: Sequence[float], middles: Mapping[int, Point], along: int
) -> list[tuple[Point, Point]]:
    """Return both ends of each arc, side by side: those to near areas outside, those to far ones inside."""
    ends: dict[tuple[int, int], Point] = {}
    for area, middle in middles.items():
        mine = [number for number, one in enumerate(bundles) if area in {one.a, one.b}]
        ways = {
            number: middles[bundles[number].a + bundles[number].b - area][along] - middle[along]
            for number in mine
        }
        at = middle[along] - sum(widths[number] for number in mine) / 2
        for number in sorted(mine, key=lambda one: (ways[one] > 0, -ways[one])):
            here = at + widths[number] / 2
            ends[number, area] = (here, middle[1]) if along == 0 else (middle[0], here)
            at += widths[number]
    return [(ends[number, one.a], ends[number, one.b]) for number, one in enumerate(bundles)]


def _length_words(bundles: Sequence[Bundle], drawn: Sequence[Stroke], bottom: float) -> Iterator[Label]:
    """Yield how long the links of an arc are, at its top or between its ends: never on a line or a word."""
    lines = [(_sampled(one.points), one.width / 2) for one in drawn]
    said: list[Label] = []
    for one, (points, half) in zip(bundles, lines, strict=True):
        if one.low_mm <= 0:
            continue
        x, y = (points[0, 0] + points[-1, 0]) / 2, points[:, 1].min()
        places = _places(span(one.low_mm, one.high_mm), (float(x), float(y)), half, bottom)
        free = (words for words in places if _is_free(words, lines, said))
        said += next(free, [])
    yield from said


def _count_words(bundles: Sequence[Bundle], drawn: Sequence[Stroke]) -> Iterator[Label]:
    """Yield how many links an arc beside rows has, those of short arcs first: never on another arc."""
    lines = [(_sampled(one.points), one.width / 2) for one in drawn]
    said: list[Label] = []
    for number in reversed(range(len(bundles))):
        mine, others = lines[number], lines[:number] + lines[number + 1 :]
        text = format_count(bundles[number].links)
        beside = (one for one in _at_top(text, mine) if _is_free([one], [mine], said))
        near = (one for one in beside if _fits([one]) and _is_free([one], others, said, NEARER))
        on = (one for one in _on_arc(text, mine[0]) if _is_free([one], others, said))
        said += islice(chain(near, on), 1)
    yield from said


def _at_top(text: str, arc: tuple[NDArray[np.float64], float]) -> Iterator[Label]:
    """Yield the places of a number beside the top of an arc: outside, then inside, as far out as can be."""
    points, half = arc
    x, y = points[points[:, 0].argmax()].tolist()
    yield Label(x + half + BESIDE, y + 5, text, back=True)
    for right in np.arange(x - half - BESIDE, points[:, 0].min() + TWO_LINES, -STEP).tolist():
        yield Label(right, y + 5, text, anchor="end", back=True)


def _on_arc(text: str, points: NDArray[np.float64]) -> Iterator[Label]:
    """Yield the places of a number on an arc, from its top to both ends, but not near these."""
    top = int(points[:, 0].argmax())
    for step in range(len(points) // 4):
        for x, y in points[sorted({top - step, top + step})].tolist():
            yield Label(x, y + 5, text, anchor="middle", back=True)


def _fits(words: Sequence[Label]) -> bool:
    return all(one.left + one.width <= BODY.x + BODY.width for one in words)


def _places(text: str, top: Point, half: float, bottom: float) -> Iterator[list[Label]]:
    """Yield where the words of an arc may stand: above its top, then below it, in one line or in two."""
    x, y = top
    for room in (BODY.width, TWO_LINES):
        lines = wrapped_to(text, SMALLEST, room)
        above = y - half - BESIDE - LINE * (len(lines) - 1)
        below = np.arange(y + half + LINE, bottom - BESIDE - LINE * (len(lines) - 1), STEP).tolist()
        for at in (above, *below):
            yield [Label(x, at + LINE * turn, line, anchor="middle") for turn, line in enumerate(lines)]


def _sampled(points: Sequence[Point]) -> NDArray[np.float64]:
    """Return points along an arc, shape (points, 2)."""
    t = np.linspace(0, 1, SAMPLES)[:, None]
    a, b, c, d = (np.array(one) for one in points)
    along: NDArray[np.float64] = (
        a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3
    )
    return along


def _is_free(
    words: Sequence[Label],
    lines: Sequence[tuple[NDArray[np.float64], float]],
    said: Sequence[Label],
    clear: float = BESIDE / 2,
) -> bool:
    """Return whether words keep so clear of lines, in pixels, and keep apart from other words."""
    if not all(_apart(word, other) for word in words for other in said):
        return False
    left = min(word.left for word in words)
    right = max(word.left + word.width for word in words)
    low, high = words[0].y - 0.8 * SMALLEST, words[-1].y + 0.2 * SMALLEST
    for points, half in lines:
        x, y = points.T
        dx = np.maximum(0, np.maximum(left - x, x - right))
        dy = np.maximum(0, np.maximum(low - y, y - high))
        if float(np.hypot(dx, dy).min()) < half + clear:
            return False
    return True


def _apart(one: Label, other: Label) -> bool:
    beside = one.left + one.width <= other.left - 4 or other.left + other.width <= one.left - 4
    return beside or abs(one.y - other.y) >= LINE
