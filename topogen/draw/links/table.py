"""Links as a table, one below the other: what carries the light, the port, the line, and the far end."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from topogen.draw.links.said import (
    NAMES,
    far_optics,
    is_dark,
    link_length,
    outside,
    piece_words,
    port_words,
    row_kind,
    shared_place,
)
from topogen.draw.picture import Cell, Panel
from topogen.draw.shown.strokes import stroke_of_link

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.draw.links.rows import Outage, Row
    from topogen.draw.picture import CellKind
    from topogen.model.fabric import Fabric

FEW = 3
"""Rows up to which each says everything; of more, what all have in common stands above them."""


def table_panel(
    fabric: Fabric, rows: Sequence[Row], lines: Sequence[str], dark: Outage | None, *, far: bool
) -> Panel:
    """Return links as a panel; what is known of none of them has no column."""
    lines = [line for line in lines if any(row.near.by(line) for row in rows)]
    kinds = [row_kind(row, dark) for row in rows]
    strokes = [stroke_of_link(fabric, row.link, a_first=row.a_first) for row in rows]
    shared = shared_place(rows) if len(rows) > FEW else ""
    columns = {NAMES[line]: _piece_cells(rows, line, dark) for line in lines} | {
        "port": [Cell(port_words(row, kind), kind) for row, kind in zip(rows, kinds, strict=True)],
        "": [Cell("", kind, stroke=stroke) for stroke, kind in zip(strokes, kinds, strict=True)],
    }
    if far:
        columns[f"far end in {shared}" if shared else "far end"] = _far(rows, kinds, lines, shared)
    lengths = [Cell(link_length(row), kind) for row, kind in zip(rows, kinds, strict=True)]
    light = [Cell(far_optics(row.far), kind) for row, kind in zip(rows, kinds, strict=True)]
    for name, cells in (("length", lengths), ("far-end optics", light)):
        if any(cell.text for cell in cells):
            columns[name] = cells
    same = _same_in_all(columns) if len(rows) > FEW else {}
    columns = {name: cells for name, cells in columns.items() if name not in same}
    head = tuple(Cell(name, "head") for name in columns)
    body = (tuple(cell for cell in row if cell.rows) for row in zip(*columns.values(), strict=True))
    return Panel(rows[0].near.name, tuple(f"{name}: {text}" for name, text in same.items()), (head, *body))


def _same_in_all(columns: Mapping[str, Sequence[Cell]]) -> dict[str, str]:
    """Return what is the same in every row of the columns behind the line."""
    after = list(columns.items())[list(columns).index("") + 1 :]
    return {name: cells[0].text for name, cells in after if len({cell.text for cell in cells}) == 1}


def _piece_cells(rows: Sequence[Row], line: str, dark: Outage | None) -> list[Cell]:
    """Return a cell for each row, of no height where the piece above reaches down over it."""
    cells = []
    pieces = [row.near.by(line) for row in rows]
    for row, piece, reach in zip(rows, pieces, _reach(pieces), strict=True):
        kind: CellKind = "dark" if is_dark(row.near, dark) else "plain"
        cells.append(Cell(piece_words(row.near, piece), kind, reach))
    return cells


def _far(rows: Sequence[Row], kinds: Sequence[CellKind], lines: Sequence[str], shared: str) -> list[Cell]:
    """Return the far ends; links of one piece that leave the model share a cell."""
    keys = [
        (row.link.outside, row.near.by(lines[0]) if lines else None) if row.far is None else number
        for number, row in enumerate(rows)
    ]
    return [
        Cell(
            f"{row.far.name.removeprefix(f'{shared}/')} {row.far.port}" if row.far else outside(row),
            kind,
            reach,
        )
        for row, kind, reach in zip(rows, kinds, _reach(keys), strict=True)
    ]


def _reach(values: Sequence[object]) -> list[int]:
    """Return how many rows the cell of each value takes, 0 where an equal one above reaches down.

    >>> _reach(["a", "a", "b"])
    [2, 0, 1]
    """
    rows: list[int] = []
    for _, run in groupby(values):
        size = len(list(run))
        rows += [size, *([0] * (size - 1))]
    return rows
