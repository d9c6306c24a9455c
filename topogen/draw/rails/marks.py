"""The marks of the rails diagram: names of rows and leaves, units as shaded blocks, dots and rings."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of, wrapped_to
from topogen.draw.rails.grid import Row
from topogen.draw.rails.named import site_named_devices
from topogen.draw.sheet import (
    BODY,
    FIGURES_X,
    MANY_SQUARES,
    MARGIN,
    WIDTH,
    Box,
    Disc,
    Label,
    Stroke,
    crossed,
    label,
)
from topogen.draw.sheet import (
    grid as corners,
)
from topogen.draw.shown.tips import Tip
from topogen.model.path import path_name
from topogen.naming.rail_numbers import NOT
from topogen.palette import rail_colour
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.rails.grid import Cell, Grid
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.model.fabric import Fabric

GUTTER, HEAD, FOOT = 214, 46, 6
LARGEST, HIGH_BAR, LOWEST = 13, 24, 17
HIGHEST, WIDEST = 122, 180
"""No row or column is larger than this."""
LINE, MOST_LINES = 18, 3
"""The names of a row take at most so many lines."""
LEAST_STEP, LARGEST_STEP = 12, 24
"""Dots of a cell stand no closer and no further apart than this, else the cell has a number."""
CROSS = 6
"""How large the cross beside several links that are wrong is."""
BAR, RING = 2, "paper"
"""How round a bar without its number is, and what a ring around a number is filled with."""
BROKEN_Y, NAMED = 482, 5
"""Where the names of links that break the rule begin, and how many are written."""
MANY = 3
"""From so many names in a row on, only the first and the last are written."""


class Layout(NamedTuple):
    """How wide a column is, the lines of each row's names, where each row begins, and the end of the last."""

    wide: float
    lines: tuple[list[str], ...]
    tops: tuple[float, ...]

    def middle(self, row: int) -> float:
        """Return the middle of a row."""
        return (self.tops[row] + self.tops[row + 1]) / 2

    def high(self, row: int) -> float:
        """Return how high a row is."""
        return self.tops[row + 1] - self.tops[row]


def layout_of(grid: Grid, less: float = 0) -> Layout:
    """Return the places of rows and columns, so much lower than the body.

    A row is as high as its names need, the rest is shared out.
    """
    wide = (BODY.width - GUTTER) / max(1, len(grid.leaves))
    room = BODY.height - HEAD - FOOT - less
    lines = tuple(_row_lines(row) for row in grid.rows)
    if LINE * sum(map(len, lines)) > room:
        lines = tuple([row_words(row, GUTTER - 10)] for row in grid.rows)
    least = [LINE * len(some) for some in lines]
    even = room / max(1, len(least))
    if max(least, default=0) > even:
        low = [one for one in least if one <= LINE]
        even = max(float(LINE), (room - sum(one for one in least if one > LINE)) / max(1, len(low)))
    tops = [BODY.y + HEAD]
    for one in least:
        tops.append(tops[-1] + min(max(even, one), HIGHEST))
    return Layout(min(wide, WIDEST), lines, tuple(tops))


def _row_lines(row: Row) -> list[str]:
    lines = wrapped_to(_full_words(row), SMALLEST, GUTTER - 10)
    fit = all(width_of(line, SMALLEST) <= GUTTER - 10 for line in lines)
    return lines if fit and len(lines) <= MOST_LINES else [row_words(row, GUTTER - 10)]


def frame_marks(tips: Tips, grid: Grid, layout: Layout) -> Iterator[Mark]:
    """Yield the shaded blocks of the units, the lines of the rows, and the names."""
    left, top = BODY.x + GUTTER, layout.tops[0]
    yield from _unit_marks(grid, left, layout)
    for number, y in enumerate(layout.tops[:-1]):
        yield Stroke(((BODY.x, y), (left + layout.wide * len(grid.leaves), y)), "rule", 0.6)
        lines = layout.lines[number]
        first = layout.middle(number) + 5 - LINE * (len(lines) - 1) / 2
        for at, text in enumerate(lines):
            yield label(BODY.x, first + LINE * at, text, GUTTER - 10)
    yield label(BODY.x, top - 7, _counts(grid), GUTTER - 10, bold=True)
    yield from _column_names(tips, grid, left, layout.wide)


def _counts(grid: Grid) -> str:
    """Return how many places of each kind the rows stand for."""
    counts: dict[str, int] = {}
    for row in grid.rows:
        counts[row.noun] = counts.get(row.noun, 0) + len(row.names)
    return ", ".join(count_words(count, noun) for noun, count in counts.items())


def _unit_marks(grid: Grid, left: float, layout: Layout) -> Iterator[Mark]:
    units = grid.units.tolist()
    starts = [at for at, unit in enumerate(units) if not at or units[at - 1] != unit]
    for start, end in zip(starts, [*starts[1:], len(units)], strict=True):
        rows = {cell.row for cell in grid.cells if start <= cell.column < end}
        for low, high in _runs(sorted(rows)):
            x, y = left + start * layout.wide, layout.tops[low]
            wide, tall = (end - start) * layout.wide, layout.tops[high + 1] - y
            yield Box(x, y, wide, tall, "outside", "rule", round=3)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return runs of consecutive numbers by their ends.

    >>> _runs([1, 2, 4])
    [(1, 2), (4, 4)]
    """
    found: list[tuple[int, int]] = []
    for one in numbers:
        if found and found[-1][1] == one - 1:
            found[-1] = found[-1][0], one
        else:
            found.append((one, one))
    return found


def _column_names(tips: Tips, grid: Grid, left: float, wide: float) -> Iterator[Mark]:
    """Yield a bar in the colour of the rail above each leaf, and its name, or number, where it fits."""
    names = site_named_devices(tips.fabric, grid.leaves)
    short = [name.rpartition("/")[2] for name in names]
    stem = _stem(short)
    numbers = [name.removeprefix(stem) for name in short]
    texts = next(
        (some for some in (short, numbers) if max(width_of(one, SMALLEST) for one in some) <= wide - 3), None
    )
    rails = _rail_of_columns(grid)
    step = 1 if texts else -(-int(max(width_of(one, SMALLEST) for one in numbers) + 4) // max(1, int(wide)))
    for number, rail in enumerate(rails):
        x = left + number * wide
        tip = _tip_of_leaf(tips, int(grid.leaves[number]), names[number])
        yield Box(x + 1, BODY.y + HEAD - 9, wide - 2, 6, rail_colour(rail), "", 0, *tip)
        if number % step == 0:
            text = (texts or numbers)[number]
            yield Label(x + wide / 2, BODY.y + HEAD - 14, text, anchor="middle")
    first = (texts or numbers)[0]
    stands = f", {first} is {names[0]}" if first != names[0] else ""
    words = f"each column is a leaf switch{stands}"
    yield label(left, BODY.y + 10, words, BODY.width - GUTTER, colour="soft")


def _tip_of_leaf(tips: Tips, leaf: int, name: str) -> Tip:
    group = next(one for one in tips.fabric.groups if one.first <= leaf < one.first + one.count)
    found = tips.devices(group, 1, name)
    return found._replace(key=f"{path_name(group.path, leaf - group.first)}; {found.key}")


def leaf_words(fabric: Fabric, grid: Grid) -> str:
    """Return the names of the leaves that are drawn, in short."""
    row = Row(tuple(site_named_devices(fabric, grid.leaves)), "leaf")
    return _full_words(row, parent=False).rpartition(" (")[0] or row.names[0].rpartition("/")[2]


def _stem(names: Sequence[str]) -> str:
    """Return what all names begin with, without digits at its end.

    >>> _stem(["leaf0", "leaf1"])
    'leaf'
    >>> _stem(["MDC1-ACCESSA", "MDC1-ACCESSB"])
    'MDC1-ACCESS'
    """
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(min(names), max(names), strict=False))
    return "".join(one for one, _ in alike).rstrip("0123456789")


def _rail_of_columns(grid: Grid) -> list[int]:
    """Return the rail of most links of each leaf that are right, -1 where they have none."""
    found: list[dict[int, int]] = [{} for _ in grid.leaves]
    for cell in grid.cells:
        if not cell.wrong and cell.rail != NOT:
            found[cell.column][cell.rail] = found[cell.column].get(cell.rail, 0) + cell.links
    return [max(one, key=lambda rail: (one[rail], -rail)) if one else NOT for one in found]


def row_words(row: Row, room: float) -> str:
    """Return the names of a row: all, or runs of them, or first and last, whichever fits.

    >>> from topogen.draw.rails.grid import Row
    >>> row_words(Row(("r1", "r3", "r4", "r5"), "rack"), 200)
    'r1, r3 to r5 (4)'
    """
    name = row.names[0].rpartition("/")[2]
    if len(row.names) == 1:
        return _fitting([row.names[0], name], room)
    few = f"{name}, ... ({format_count(len(row.names))})"
    short = _full_words(row, parent=False)
    return _fitting([_full_words(row), short, short.rpartition(" (")[0], few], room)


def _full_words(row: Row, *, parent: bool = True) -> str:
    if len(row.names) == 1:
        return row.names[0]
    above = row.names[0].rpartition("/")[0]
    alike = bool(above) and all(name.startswith(f"{above}/") for name in row.names)
    inner = [name.removeprefix(f"{above}/") if alike else name for name in row.names]
    runs = ", ".join(_run_words(run) for run in _by_number(inner))
    return f"{f'{above}/' if alike and parent else ''}{runs} ({format_count(len(row.names))})"


def _fitting(texts: Sequence[str], room: float) -> str:
    return next((text for text in texts if width_of(text, SMALLEST) <= room), texts[-1])


def _by_number(names: Sequence[str]) -> Iterator[list[str]]:
    """Yield runs of names whose numbers follow each other."""
    run: list[str] = []
    for name in names:
        if run and _next_to(run[-1], name):
            run.append(name)
        else:
            if run:
                yield run
            run = [name]
    if run:
        yield run


def _next_to(one: str, other: str) -> bool:
    stem = one.rstrip("0123456789")
    ends = one.removeprefix(stem), other.removeprefix(stem)
    return all(end.isdecimal() for end in ends) and int(ends[1]) == int(ends[0]) + 1


def _run_words(run: Sequence[str]) -> str:
    return f"{run[0]} to {run[-1]}" if len(run) >= MANY else ", ".join(run)


def cell_marks(tips: Tips, grid: Grid, layout: Layout) -> Iterator[Mark]:
    """Yield a dot for each link where there is room, else the number of links; the wrong ones in red."""
    names = site_named_devices(tips.fabric, grid.leaves)
    places: dict[tuple[int, int], list[Cell]] = {}
    for cell in grid.cells:
        places.setdefault((cell.row, cell.column), []).append(cell)
    dots = sum(cell.links for cell in grid.cells) <= MANY_SQUARES and all(
        _dot_step(cell.links, layout.wide / len(cells), layout.high(row))[1] >= LEAST_STEP
        for (row, _), cells in places.items()
        for cell in cells
    )
    for (row, column), cells in places.items():
        wide = layout.wide / len(cells)
        for number, cell in enumerate(sorted(cells, key=lambda one: one.wrong)):
            middle = BODY.x + GUTTER + column * layout.wide + wide * (number + 0.5), layout.middle(row)
            words = row_words(grid.rows[row], 400)
            where = f"{count_words(cell.links, 'link')} from {words} to {names[column]}"
            tip = _tip_of_cell(tips, grid, cell, where)
            draw = _dots if dots or cell.links == 1 else _number
            yield from draw(cell, middle, (wide, layout.high(row)), tip)


def _tip_of_cell(tips: Tips, grid: Grid, cell: Cell, where: str) -> Tip:
    """Return the tip of the links of a cell, whole where all to its leaf are of one link group."""
    groups = [tips.fabric.links[one] for one in grid.groups[cell.column]]
    if len(groups) > 1:
        return Tip(where, " | ".join(one.name for one in groups))
    found = tips.links(groups[0], cell.links)
    return Tip(f"{where}\n{found.tip}", found.key)


def _dot_step(count: int, wide: float, high: float) -> tuple[int, float]:
    """Return in how many columns, and how far apart, so many dots fit best."""
    best = (1, 0.0)
    for columns in range(1, count + 1):
        step = min(wide * 0.92 / columns, high * 0.86 / -(-count // columns), LARGEST_STEP)
        if step > best[1]:
            best = (columns, step)
    return best


def _dots(cell: Cell, middle: tuple[float, float], room: tuple[float, float], tip: Tip) -> Iterator[Mark]:
    """Yield a dot for each link, a ring with a cross for those that are wrong."""
    columns, step = _dot_step(cell.links, *room)
    radius = min(LARGEST, step * 0.41) if cell.links > 1 else min(LARGEST, room[0] * 0.38, room[1] * 0.38)
    lines = -(-cell.links // columns)
    corner = middle[0] - step * (columns - 1) / 2, middle[1] - step * (lines - 1) / 2
    for x, y in corners(cell.links, columns, corner, (step, step)):
        if cell.wrong:
            yield from crossed(x, y, radius + 1, "alert", *tip)
        else:
            yield Disc(x, y, radius, rail_colour(cell.rail), "", *tip)


def _number(cell: Cell, middle: tuple[float, float], room: tuple[float, float], tip: Tip) -> Iterator[Mark]:
    """Yield the number of links in a ring, above a bar where the ring has no room, or a bar alone.

    Those that are wrong have a cross at their right.
    """
    colour = _colour(cell)
    (x, y), (wide, high) = middle, room
    if cell.wrong:
        yield from crossed(x + wide / 2 - CROSS - 3, y, CROSS, "alert")
        x, wide = x - CROSS - 2, wide - 2 * CROSS - 4
    text = format_count(cell.links)
    across = width_of(text, SMALLEST)
    if across > wide - 1 or high < LOWEST:
        tall = min(high * 0.8, HIGH_BAR)
        yield Box(x - wide * 0.35, y - tall / 2, wide * 0.7, tall, colour, "", BAR, *tip)
    elif high < SMALLEST + 7:
        yield Label(x, y + 4, text, anchor="middle")
        yield Box(x - wide * 0.4, y + 6, wide * 0.8, 3, colour, "", 0, *tip)
    elif across > wide - 10 or high < SMALLEST + 10:
        tall = max(5.0, min(high * 0.3, HIGH_BAR))
        top = y - (SMALLEST + 3 + tall) / 2
        yield Label(x, top + SMALLEST - 2, text, anchor="middle")
        yield Box(x - wide * 0.4, top + SMALLEST + 2, wide * 0.8, tall, colour, "", 0, *tip)
    else:
        side, tall = min(wide - 4, max(across + 10, min(wide * 0.7, 60))), min(high - 4, 36.0)
        yield Box(x - side / 2, y - tall / 2, side, tall, RING, colour, 9, *tip, thick=2.5)
        yield Label(x, y + 5, text, anchor="middle")


def _colour(cell: Cell) -> str:
    return "alert" if cell.wrong else rail_colour(cell.rail)


def broken_marks(fabric: Fabric, host: Sequence[int], leaf: Sequence[int]) -> Iterator[Mark]:
    """Yield the names of the first links that break the rule, below the figures."""
    room, y = WIDTH - MARGIN - FIGURES_X, BROKEN_Y
    if not host:
        return
    yield label(FIGURES_X, y, "break the rule:", room, bold=True, colour="alert")
    for number, one in enumerate(host[:NAMED], 1):
        near, far = site_named_devices(fabric, np.array([one, leaf[number - 1]]))
        texts = [f"{near} to {far}", f"{near} to {far.rpartition('/')[2]}"]
        yield label(FIGURES_X, y + 20 * number, _fitting(texts, room), room)
    if len(host) > NAMED:
        yield label(FIGURES_X, y + 20 * (NAMED + 1), f"and {format_count(len(host) - NAMED)} more", room)
