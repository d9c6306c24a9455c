"""Panels set side by side and shelf below shelf, so that a page can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.picture import Panel

PAGE = 120
"""Characters of panel text that a page is wide."""

EDGE = 4
"""Characters that a column needs beside its text, and a panel beside its columns."""


def shelved(panels: Sequence[Panel]) -> tuple[tuple[Panel, ...], ...]:
    """Return panels on as few shelves as a page allows, about equally many on each."""
    widest = max((width_of(panel) for panel in panels), default=1)
    beside = max(1, PAGE // widest)
    shelves = -(-len(panels) // beside)
    each = -(-len(panels) // max(1, shelves))
    return tuple(tuple(panels[start : start + each]) for start in range(0, len(panels), each))


def width_of(panel: Panel) -> int:
    """Return the width of a panel in characters: that of its columns, or of its longest line."""
    full = max((len(row) for row in panel.rows), default=0)
    rows = [row for row in panel.rows if len(row) == full]  # no cell from above reaches into these
    columns = [max(len(row[at].text) for row in rows) for at in range(full)]
    lines = max((len(line) for line in (panel.title, *panel.lines)), default=0)
    return max(sum(columns) + EDGE * full, lines) + EDGE
