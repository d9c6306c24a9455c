"""Where rows of devices, their blocks and the bands between them stand on the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.sheet import BODY
from topogen.draw.tiers.lateral import ROOM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.tiers.tower import Row, Tower

GUTTER = 236
"""Room at the left for what the tiers and links are."""
LINE = 19
SWITCHES, ENDS = 40, 62
"""How high a row of switches and the row of ends are."""
CROSSED = 1.6
"""How much longer the way up is where bands cross."""


def row_tops(tower: Tower, *, below: int, free: float) -> Iterator[float]:
    """Yield the top of each row, the ends first: ``below`` lines of text stand under these, over ``free``.

    Where bands cross the way to the next row is longer.
    """
    y = BODY.y + BODY.height - free - below * LINE - 18 - ENDS
    shares = [CROSSED if _crosses(tower, level) else 1.0 for level in range(len(tower.roles))]
    room = (y - BODY.y) / sum(shares)
    yield y
    for share in shares:
        y -= share * room
        yield y


def _crosses(tower: Tower, level: int) -> bool:
    """Return whether several blocks of a row are each joined to several blocks of the next."""
    joined = [band.links > 0 for band in tower.bands if band.below == level]
    return any(bool(((one.sum(axis=1) > 1).sum() > 1) and ((one.sum(axis=0) > 1).any())) for one in joined)


def blocks_of(row: Row) -> list[tuple[float, float]]:
    """Return x and width of each block of a row."""
    left, room = BODY.x + GUTTER, BODY.width - GUTTER
    step = room / max(1, len(row.names))
    gap = min(14, step * 0.12)
    return [(left + step * number + gap / 2, step - gap) for number in range(len(row.names))]


def top_of(tower: Tower, rows: list[float], number: int) -> float:
    """Return where the bands above a row begin: higher where it has arcs."""
    return rows[number] - (ROOM if any(one.row == number for one in tower.lateral) else 0)
