"""The links between tiers as bands of their bandwidth, each with a rim of paper where they cross."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.sheet import FAINT, FOLLOWED, Box, Stroke
from topogen.draw.tiers.places import SWITCHES, top_of
from topogen.palette import family_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.draw.tiers.devices import Shown
    from topogen.draw.tiers.tower import Band, Row, Tower
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

    Point: TypeAlias = tuple[float, float]

SHORTEST = 8.0
"""Pixels of a piece of a bar, with the gap after it."""
RIM = 1.5
"""Pixels of paper at both sides of a band."""
BAR, CLEAR, FREE = 5, 5, 4
"""How high a bar along switches is, and the paper between it and them, and between a band and the ends."""
FOOT = 0.15
"""How much of the way up a band of two colours has that of its lower end."""


def band_marks(
    tips: Tips, tower: Tower, rows: list[float], extents: Sequence[Sequence[Point]]
) -> Iterator[Mark]:
    """Yield a band for each pair of blocks that links join, in the colours of its ends.

    ``extents`` has x and width of what is drawn in each block of each row.
    """
    fabric = tips.fabric
    widest = pixels_per_rate(fabric, tower, extents)
    for band in tower.bands:
        link = fabric.links[band.group]
        below, above = extents[band.below], extents[band.below + 1]
        y_low, y_high = top_of(tower, rows, band.below), rows[band.below + 1] + SWITCHES + CLEAR
        colours = colours_of(fabric, link, tower.roles[band.below])
        for low, high in sorted(np.argwhere(band.links).tolist(), key=_turn):
            links = int(band.links[low, high])
            start = (_anchor(below[low], band.links[low], high), y_low - (CLEAR if band.below else FREE))
            end = (_anchor(above[high], band.links[:, high], low), y_high)
            ends = (_named(tower.rows[band.below], low), _named(tower.rows[band.below + 1], high))
            tip = tips.links(link, links, " to ".join(dict.fromkeys(filter(None, ends))))
            wide = max(1.0, widest * links * link.rate)
            parts = _parts(start, end, len(colours))
            opacity = FAINT if low and crossed(band) else 1
            yield Stroke(parts[-1], "paper", wide + 2 * RIM, curved=True)
            for colour, points in zip(colours, parts, strict=True):
                yield Stroke(points, colour, wide, curved=True, opacity=opacity, **tip._asdict())


def crossed(band: Band) -> bool:
    """Return whether so many bands cross that only those of the first block can be followed."""
    pairs = band.links > 0
    several = bool((pairs.sum(axis=1) > 1).sum() > 1 and (pairs.sum(axis=0) > 1).any())
    return several and int(pairs.sum()) > FOLLOWED


def _turn(pair: list[int]) -> tuple[bool, int]:
    """Return when a band is drawn, so that each crosses over some and under others; the first block last."""
    low, high = pair
    return not low, (low * 5 + high * 3) % 7


def bar_marks(
    tips: Tips, tower: Tower, rows: list[float], shown: Sequence[Shown], extents: Sequence[Sequence[Point]]
) -> Iterator[Mark]:
    """Yield a bar along the switches of each block that are drawn one by one: bands end at all of them."""
    for band in tower.bands:
        link = tips.fabric.links[band.group]
        colours = colours_of(tips.fabric, link, tower.roles[band.below])
        above = (band.below + 1, band.links.sum(axis=0), rows[band.below + 1] + SWITCHES + CLEAR, colours[-1])
        below = (
            band.below,
            band.links.sum(axis=1),
            top_of(tower, rows, band.below) - CLEAR - BAR,
            colours[0],
        )
        for row, links, y, colour in (above, below):
            if row and shown[row].most:
                for block, (x, width) in enumerate(extents[row]):
                    if links[block] and shown[row].counts[block] > 1:
                        yield from _bar(x, y, width, colour, tower.rails if row == 1 else 0)


def _bar(x: float, y: float, width: float, colour: str, rails: int) -> Iterator[Mark]:
    """Yield a bar along switches; in pieces where each is a rail of its own, since none joins two rails."""
    if not rails:
        yield Box(x, y, width, BAR, colour)
        return
    step = max(SHORTEST, width / rails)
    middle = y + BAR / 2
    yield Stroke(((x, middle), (x + width, middle)), colour, BAR, dash=f"{0.6 * step:.2f} {0.4 * step:.2f}")


def _named(row: Row, block: int) -> str:
    return row.names[block].partition(" to ")[0]


def media_of(fabric: Fabric, link: LinkGroup, upper: str) -> tuple[str, ...]:
    """Return the media of a group, that of the lower end first."""
    media = tuple(link.media or ())
    ends = (block.b for block in link.blocks)
    up = any(end is not None and fabric.groups[end.group].role == upper for end in ends)
    return media if up else media[::-1]


def colours_of(fabric: Fabric, link: LinkGroup, upper: str) -> tuple[str, ...]:
    """Return the colour of a band, or of its foot and of what is above where the ends differ."""
    found = tuple(family_of(fabric.catalog.media[one]) for one in media_of(fabric, link, upper))
    return found if len(set(found)) > 1 else found[:1] or ("no_medium",)


def _parts(start: Point, end: Point, parts: int) -> list[tuple[Point, ...]]:
    """Return a curve between two rows, whole or above an upright foot: bands cross in one colour only.

    >>> _parts((0, 100), (50, 0), 2)[0][-1]
    (0, 85.0)
    """
    (x, y), (to_x, to_y) = start, end
    if parts == 1:
        return [(start, (x, (y + to_y) / 2), (to_x, (y + to_y) / 2), end)]
    knee = (x, y - FOOT * (y - to_y))
    return [(start, start, knee, knee), *_parts(knee, end, 1)]


def _anchor(block: Point, links: Ints, other: int) -> float:
    """Return where a band meets a block: its bands are spread over it in the order of the other blocks."""
    x, width = block
    before, every = int((links[:other] > 0).sum()), int((links > 0).sum())
    return x + width * (before + 0.5) / every


def pixels_per_rate(fabric: Fabric, tower: Tower, extents: Sequence[Sequence[Point]]) -> float:
    """Return the pixels of a Mb/s, so that bands take 0.7 of what is drawn in a block, and 90 at most."""
    least = float("inf")
    for level in range(len(tower.roles)):
        here = [band for band in tower.bands if band.below == level]
        for row, axis in ((level, 1), (level + 1, 0)) if here else ():
            total = sum(band.links.sum(axis=axis) * fabric.links[band.group].rate for band in here)
            widths = np.array([width for _, width in extents[row]])
            least = min(least, float(0.7 / np.max(total / widths)))
    most = max(int(band.links.max()) * fabric.links[band.group].rate for band in tower.bands)
    return min(least, 90 / most)
