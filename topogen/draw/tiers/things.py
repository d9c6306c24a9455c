"""Equal things of a block of a row: squares to count, or one box with their number."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.sheet import Box, Squares, grid, label
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tip

SMALLEST_STEP = 4
"""Squares closer than this cannot be counted."""


class Spots(NamedTuple):
    """Where the squares of a block are drawn, and how large."""

    corners: tuple[tuple[float, float], ...]
    side: float


def things(
    area: tuple[float, float, float, float], count: int, colour: str, tip: Tip, most: int
) -> Iterator[Mark]:
    """Yield squares to count, or one box with the number in it.

    Squares are as large as in the fullest block of the row, which has ``most``; none are drawn without it.
    """
    spots = spots_of(area, count, most)
    if spots is not None:
        yield Squares(spots.corners, spots.side, spots.side, colour, *tip)
        return
    x, y, width, height = area
    yield Box(x, y, width, height, colour, "", 2, *tip)
    text = format_count(count)
    yield label(x + width / 2, y + height / 2 + 6, text, width, 18, bold=True, anchor="middle", back=True)


def spots_of(area: tuple[float, float, float, float], count: int, most: int) -> Spots | None:
    """Return where so many squares are drawn in an area, None where they would be too small to count."""
    x, y, width, height = area
    columns, step = _fit(most, width, height)
    if not most or step < SMALLEST_STEP:
        return None
    side = step - max(1.0, min(3.0, step * 0.2))
    left = x + (width - min(columns, count) * step) / 2
    top = y + (height - -(-count // columns) * step) / 2
    return Spots(grid(count, columns, (left, top), (step, step)), side)


def _fit(count: int, width: float, height: float) -> tuple[int, float]:
    """Return the columns and the step of the largest squares that fit an area."""
    best = (max(1, count), 0.0)
    for lines in range(1, max(2, int(height // SMALLEST_STEP) + 1)):
        columns = max(1, -(-count // lines))
        step = min(width / columns, height / lines)
        if step > best[1]:
            best = (columns, step)
    return best
