"""Panels set side by side and shelf below shelf, so that a page can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.lettering import PAGE, SMALLEST
from topogen.draw.lettering import width_of as width_of_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.picture import Cell, Panel

AROUND_TEXT = 10
"""Points that a column is wider than its text."""

LINE = 54
"""Points of a column that holds lines."""

AROUND_PANEL = 16
"""Points that a panel is wider than its columns."""

ABOVE_CELLS = 1
"""Rows that the title of a panel takes."""


def shelved(panels: Sequence[Panel]) -> tuple[tuple[Panel, ...], ...]:
    """Return panels on as few shelves as a page allows, about equally many on each."""
    beside = next((many for many in range(len(panels), 1, -1) if _fit(panels, many)), 1)
    shelves = -(-len(panels) // beside)
    each = -(-len(panels) // max(1, shelves))
    return tuple(tuple(panels[start : start + each]) for start in range(0, len(panels), each))


def _fit(panels: Sequence[Panel], beside: int) -> bool:
    """Return whether so many panels of each shelf fit side by side: Graphviz aligns them in columns."""
    return sum(max(map(width_of, panels[at::beside])) for at in range(beside)) <= PAGE


def width_of(panel: Panel) -> int:
    """Return the width of a panel in points: that of its columns, or of its longest line."""
    full = max((len(row) for row in panel.rows), default=0)
    rows = [row for row in panel.rows if len(row) == full]  # no cell from above reaches into these
    columns = [max(_width_of_cell(row[at]) for row in rows) for at in range(full)]
    title = width_of_text(panel.title, SMALLEST + 1, bold=True)
    lines = max((width_of_text(line, SMALLEST) for line in panel.lines), default=0)
    return round(max(sum(columns), title, lines)) + AROUND_PANEL


def _width_of_cell(cell: Cell) -> float:
    lines = cell.text.splitlines()
    text = max((width_of_text(line, SMALLEST) for line in lines), default=0)
    return max(text + AROUND_TEXT, LINE if cell.stroke else 0)


def height_of(shelves: Sequence[Sequence[Panel]]) -> int:
    """Return how many rows shelves are high."""
    return sum(
        max(len(panel.lines) for panel in shelf) + max(len(panel.rows) for panel in shelf) + ABOVE_CELLS
        for shelf in shelves
    )
