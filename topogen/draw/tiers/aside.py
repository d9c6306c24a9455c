"""What stands beside the tiers: how long the optical links are, and where the interconnect money goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import link_lengths
from topogen.draw.sheet import BODY, FIGURES_X, MARGIN, WIDTH, Box, Label, Stroke, label
from topogen.graph.selection import rows_of
from topogen.palette import family_of
from topogen.units import count_words, format_count, format_decimal, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.sheet import Mark
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

ELECTRIC = {"copper", "board", "no_medium"}
HEAD = 50
"""Pixels of the heading of the curve, and free above it."""
HIGHEST_INSET, LOWEST_INSET, INSET_END = 440.0, 494.0, 590.0


def inset_below(figures: float) -> tuple[float, float, float, float]:
    """Return where the curve is drawn below figures of a height: x, y, width, height."""
    y = min(LOWEST_INSET, max(HIGHEST_INSET, BODY.y + figures + HEAD))
    return FIGURES_X + 46.0, y, WIDTH - MARGIN - FIGURES_X - 60.0, INSET_END - y


def optical_lengths(fabric: Fabric, touched: Selection | None) -> tuple[Ints, Ints]:
    """Return the lengths of the optical links in mm, -1 where unknown, ascending, and how many have each."""
    found = []
    for index, link in enumerate(fabric.links):
        if link.media is None or family_of(fabric.catalog.media[link.media[0]]) in ELECTRIC:
            continue
        if touched:
            columns = rows_of(touched.columns[index], np.flatnonzero(touched.links[index]))
            mm = link_lengths(fabric, link, columns)[0]
            found.append((mm, np.ones(len(mm), np.int64)))
        else:
            found.append((link.lengths.mm, link.lengths.links))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    mm, links = (np.concatenate(column) for column in zip(*found, strict=True))
    kinds, number = np.unique(mm, return_inverse=True)
    total = np.zeros(len(kinds), np.int64)
    np.add.at(total, number, links)
    return kinds, total


def length_marks(
    fabric: Fabric, touched: Selection | None, inset: tuple[float, float, float, float]
) -> Iterator[Mark]:
    """Yield the share of optical links that are no longer than a length, as a curve."""
    mm, links = optical_lengths(fabric, touched)
    total, unknown = int(links.sum()), int(links[mm < 0].sum())
    if not total:
        return
    x, y, width, height = inset
    room = WIDTH - MARGIN - FIGURES_X
    yield label(FIGURES_X, y - 32, "lengths of optical links", room, bold=True)
    if unknown == total:
        why = "" if fabric.sites.racks else "no floor plan; "
        yield label(FIGURES_X, y - 11, "routed lengths unknown", room, colour="soft")
        yield label(FIGURES_X, y + 9, f"{why}{count_words(total, 'link')}", room, colour="soft")
        return
    counted = f"{count_words(total, 'link')}"
    if unknown:
        counted = f"{format_count(total - unknown)}; {format_count(unknown)} unknown"
    yield label(FIGURES_X, y - 11, counted, room, colour="soft")
    known = mm >= 0
    end = _round_up(int(mm[known].max()))
    share = np.cumsum(links[known]) / (total - unknown)
    points = [(x, y + height)]
    before = 0.0
    keep = np.unique(np.linspace(0, len(share) - 1, 200).astype(np.int64))
    for at, part in zip(mm[known][keep].tolist(), share[keep].tolist(), strict=True):
        across = x + width * at / end
        points += [(across, y + height * (1 - before)), (across, y + height * (1 - part))]
        before = part
    yield Box(x, y, width, height, line="rule")
    yield Stroke(((x, y + height / 2), (x + width, y + height / 2)), "rule", 1, dash="3 3")
    yield Stroke(tuple(points), "module", 3, tip="share of optical links up to a length")
    for part, text in ((0.0, "100 %"), (0.5, "50 %"), (1.0, "0 %")):
        yield Label(x - 4, y + height * part + 5, text, anchor="end", colour="soft")
    for part in (0.0, 0.5, 1.0):
        text = f"{format_decimal(to_metres(round(end * part)), 1)}{' m' if part == 1 else ''}"
        yield Label(x + width * part, y + height + 20, text, anchor="middle", colour="soft")


def _round_up(mm: int) -> int:
    """Return the next round length in mm, at least 1 m.

    >>> _round_up(24636), _round_up(78816)
    (30000, 80000)
    """
    step = 1000
    while mm > 10 * step:
        step *= 10
    return max(1, -(-mm // step)) * step
