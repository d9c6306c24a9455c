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
FULL = 0.6
"""Lines without a gap at the end are worth things that are so much smaller."""


class Spots(NamedTuple):
    """Where the things of a block are drawn, and how large."""

    corners: tuple[tuple[float, float], ...]
    width: float
    height: float


def things(
    area: tuple[float, float, float, float], count: int, colour: str, tip: Tip, most: int, *, filled: bool
) -> Iterator[Mark]:
    """Yield squares to count, or one box with the number in it, as ``spots_of`` places them."""
    if not count:
        return
    spots = spots_of(area, count, most, filled=filled)
    if spots is not None:
        yield Squares(spots.corners, spots.width, spots.height, colour, *tip)
        return
    x, y, width, height = area
    yield Box(x, y, width, height, colour, "", 2, *tip)
    text = format_count(count)
    yield label(x + width / 2, y + height / 2 + 6, text, width, 18, bold=True, anchor="middle", on=colour)


def spots_of(area: tuple[float, float, float, float], count: int, most: int, *, filled: bool) -> Spots | None:
    """Return where so many things are drawn in an area, None where they would be too small to count.

    They are as large as in the fullest block of the row, which has ``most``; none are drawn without it.
    ``filled`` makes them as wide and high as their block has room for, so that bands end at them everywhere;
    else they are squares.

    >>> spots_of((0, 0, 600, 40), 2, 2, filled=True).corners
    ((0.0, 0.0), (301.5, 0.0))
    """
    x, y, width, height = area
    columns, step = _fit(most, width, height)
    if not count or not most or step < SMALLEST_STEP:
        return None
    gap = max(1.0, min(3.0, step * 0.2))
    if not filled:
        left = x + (width - min(columns, count) * step) / 2
        return Spots(grid(count, columns, (left, y), (step, step)), step - gap, step - gap)
    lines = min(count, _full_lines(most, step, width, height) or -(-most // columns))
    across, high = (width + gap) / -(-most // lines), (height + gap) / lines
    abreast = -(-count // lines)
    left = x + (width + gap - abreast * across) / 2
    return Spots(grid(count, abreast, (left, y), (across, high)), across - gap, high - gap)


def extent_of(
    block: tuple[float, float], count: int, most: int, height: float, *, filled: bool
) -> tuple[float, float]:
    """Return x and width of what is drawn in a block: where bands may end.

    >>> extent_of((0, 600), 1, 2, 40, filled=True)
    (150.75, 298.5)
    """
    x, width = block
    spots = spots_of((x, 0, width, height), count, most, filled=filled)
    if spots is None:
        return block
    left = min(one for one, _ in spots.corners)
    return left, max(one for one, _ in spots.corners) + spots.width - left


def _full_lines(count: int, step: float, width: float, height: float) -> int:
    """Return in how many full lines things fit not much smaller than ``step``, 0 where in none."""
    sizes = {
        lines: min(width * lines / count, height / lines)
        for lines in range(1, int(height // SMALLEST_STEP) + 1)
        if count % lines == 0
    }
    lines = max(sizes, key=sizes.__getitem__)
    return lines if sizes[lines] >= max(SMALLEST_STEP, FULL * step) else 0


def _fit(count: int, width: float, height: float) -> tuple[int, float]:
    """Return the columns and the step of the largest squares that fit an area."""
    best = (max(1, count), 0.0)
    for lines in range(1, max(2, int(height // SMALLEST_STEP) + 1)):
        columns = max(1, -(-count // lines))
        step = min(width / columns, height / lines)
        if step > best[1]:
            best = (columns, step)
    return best
