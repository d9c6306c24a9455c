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


def row_tops(tower: Tower, *, below: int, free: float) -> Iterator[float]:
    """Yield the top of each row, the ends first: ``below`` lines of text stand under these, over ``free``."""
    floor = BODY.y + BODY.height - free - below * LINE - 10
    step = (floor - ENDS - BODY.y) / len(tower.roles)
    yield floor - ENDS
    for number in range(1, len(tower.roles) + 1):
        yield floor - ENDS - number * step


def blocks_of(row: Row) -> list[tuple[float, float]]:
    """Return x and width of each block of a row."""
    left, room = BODY.x + GUTTER, BODY.width - GUTTER
    step = room / max(1, len(row.names))
    gap = min(14, step * 0.12)
    return [(left + step * number + gap / 2, step - gap) for number in range(len(row.names))]


def top_of(tower: Tower, rows: list[float], number: int) -> float:
    """Return where the bands above a row begin: higher where it has arcs."""
    return rows[number] - (ROOM if any(one.row == number for one in tower.lateral) else 0)
