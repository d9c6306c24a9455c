"""Links between switches of one tier, such as the peer links of MLAG pairs: arcs above their row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.sheet import BODY, Stroke, label
from topogen.draw.shown.strokes import family_of_link
from topogen.draw.tiers.things import spots_of
from topogen.graph.contract import device_names
from topogen.units import count_words, format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.draw.tiers.tower import Lateral, Row

ROOM = 18
"""Pixels above a row for its arcs."""
RISE = 22
"""How far the handles of an arc are above its ends: the arc itself rises three quarters of that."""
MOST_ARCS = 64
"""With more pairs than this each block has one arc, which stands for all of its pairs."""


def lateral_marks(
    tips: Tips,
    found: Sequence[Lateral],
    row: Row,
    areas: Sequence[tuple[float, float, float, float]],
    most: int,
) -> Iterator[Mark]:
    """Yield an arc for each pair of switches of a row, or of blocks where the switches are too many to show.

    ``areas`` are those of the blocks; ``most`` is how many switches the fullest has, 0 where none are shown.
    """
    places = _switch_places(row, areas, most)
    for one in found:
        link = tips.fabric.links[one.group]
        colour = family_of_link(tips.fabric, link)
        if places is not None and len(one.pairs) <= MOST_ARCS:
            names = device_names(tips.fabric, np.unique(one.pairs))
            at = np.searchsorted(np.unique(one.pairs), one.pairs).tolist()
            where = [f"{names[a]} to {names[b]}" for a, b in at]
            ends, links = places[one.pairs], one.links
        else:
            blocks, number = np.unique(np.sort(row.block[one.pairs], axis=1), axis=0, return_inverse=True)
            links = np.zeros(len(blocks), np.int64)
            np.add.at(links, number.ravel(), one.links)
            pairs = np.bincount(number.ravel(), minlength=len(blocks)).tolist()
            where = [f"between {count_words(count, 'pair')} of switches" for count in pairs]
            ends = np.array([_block_ends(areas, a, b) for a, b in blocks.tolist()])
        for (left, right), count, words in zip(ends.tolist(), links.tolist(), where, strict=True):
            y = areas[0][1] - 1
            arc = ((left, y), (left, y - RISE), (right, y - RISE), (right, y))
            yield Stroke(arc, colour, 3, curved=True, **tips.links(link, count, words)._asdict())


def lateral_words(tips: Tips, found: Sequence[Lateral], y: float, room: float) -> Iterator[Mark]:
    """Yield what the arcs of a row are, at the left of them."""
    if not found:
        return
    pairs, links = sum(len(one.pairs) for one in found), sum(int(one.links.sum()) for one in found)
    rates = {tips.fabric.links[one.group].rate for one in found}
    rate = f" x {format_rate(rates.pop())}" if len(rates) == 1 else " links"
    text = f"{format_count(links)}{rate} in {count_words(pairs, 'pair')}"
    yield label(BODY.x, y, text, room, bold=True, colour="soft")


def _switch_places(
    row: Row, areas: Sequence[tuple[float, float, float, float]], most: int
) -> np.ndarray | None:
    """Return the middle of the square of each device, None where squares are not drawn in one line."""
    middles = np.zeros(len(row.block))
    for block, area in enumerate(areas):
        devices = np.flatnonzero(row.block == block)
        spots = spots_of(area, len(devices), most, filled=True)
        if spots is None or len({y for _, y in spots.corners}) > 1:
            return None
        middles[devices] = [x + spots.width / 2 for x, _ in spots.corners]
    return middles


def _block_ends(
    areas: Sequence[tuple[float, float, float, float]], one: int, other: int
) -> tuple[float, float]:
    """Return where the arc of some blocks begins and ends: over one block, or from middle to middle."""
    x, _, width, _ = areas[one]
    if one == other:
        return x + width / 4, x + width * 3 / 4
    to_x, _, to_width, _ = areas[other]
    return x + width / 2, to_x + to_width / 2
