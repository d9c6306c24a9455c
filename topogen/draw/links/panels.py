"""Links in columns: what carries the light, the port, the line, and the far end."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from topogen.draw.links.rows import ORDER
from topogen.draw.picture import Cell, Panel
from topogen.draw.shown.shelves import PAGE, width_of
from topogen.draw.shown.strokes import stroke_of_link
from topogen.draw.shown.words import medium_name, span
from topogen.units import format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.links.rows import Carrier, End, Outage, Row
    from topogen.draw.picture import CellKind
    from topogen.model.fabric import Fabric

NAMES = {"els": "ELS", "engine": "engine", "module": "cage"}
"""What a piece of a recipe line is called; modules go by the cage they sit in."""

TALL = 50
"""Links per column, if the page has room for another."""


def panels_of(fabric: Fabric, rows: Sequence[Row], dark: Outage | None) -> Iterator[Panel]:
    """Yield the links of one device after the other, in columns of about equal height."""
    for _, run in groupby(rows, key=lambda row: row.near.device):
        own = list(run)
        lines = [line for line in ORDER if any(row.near.by(line) for row in own)]
        whole = _links_panel(fabric, own, lines, dark)
        columns = _columns(own, lines, min(-(-len(own) // TALL), max(1, PAGE // width_of(whole))))
        said = tuple(_link_and_piece_words(own))
        for number, part in enumerate(columns):
            one = replace(_links_panel(fabric, part, lines, dark), lines=said if number == 0 else ())
            title = f"{one.title} ({number + 1} of {len(columns)})"
            yield replace(one, title=title) if len(columns) > 1 else one


def _columns(rows: list[Row], lines: list[str], count: int) -> list[list[Row]]:
    """Return rows in so many columns; what one piece carries stays together."""
    blocks = [list(run) for _, run in groupby(rows, key=lambda row: (lines and row.near.by(lines[0])) or row)]
    height = -(-len(rows) // count)
    columns: list[list[Row]] = [[]]
    for block in blocks:
        if columns[-1] and len(columns[-1]) + len(block) > height and len(columns) < count:
            columns.append([])
        columns[-1] += block
    return columns


def _link_and_piece_words(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what each link group has at a device, and how its pieces are numbered."""
    for _, run in groupby(sorted(rows, key=lambda row: row.link.name), key=lambda row: row.link.name):
        own = list(run)
        link = own[0].link
        yield f"{format_count(len(own))} x {format_rate(link.rate)} {medium_name(link)} ({link.name})"
    carriers = [one for row in rows for one in row.near.carriers]
    kinds = dict.fromkeys((one.line, one.part, one.level) for one in carriers)
    for line, part, level in kinds:
        yield f"{NAMES[line]}: {part}, numbered per {level}"


def _links_panel(fabric: Fabric, rows: Sequence[Row], lines: Sequence[str], dark: Outage | None) -> Panel:
    """Return links as a panel; what is known of none of them has no column."""
    lines = [line for line in lines if any(row.near.by(line) for row in rows)]
    kinds = [_row_kind(row, dark) for row in rows]
    strokes = [stroke_of_link(fabric, row.link, a_first=row.a_first) for row in rows]
    columns = {NAMES[line]: _piece_cells(rows, line, dark) for line in lines} | {
        "port": [Cell(row.near.port, kind) for row, kind in zip(rows, kinds, strict=True)],
        "": [Cell("", kind, stroke=stroke) for stroke, kind in zip(strokes, kinds, strict=True)],
        "far end": _far(rows, kinds, lines),
    }
    lengths = [Cell(_link_length(row), kind) for row, kind in zip(rows, kinds, strict=True)]
    light = [Cell(_far_optics(row.far), kind) for row, kind in zip(rows, kinds, strict=True)]
    for name, cells in (("length", lengths), ("far-end optics", light)):
        if any(cell.text for cell in cells):
            columns[name] = cells
    head = tuple(Cell(name, "head") for name in columns)
    body = (tuple(cell for cell in row if cell.rows) for row in zip(*columns.values(), strict=True))
    return Panel(rows[0].near.name, (), (head, *body))


def _row_kind(row: Row, dark: Outage | None) -> CellKind:
    return "dark" if _is_dark(row.near, dark) or _is_dark(row.far, dark) else "plain"


def _piece_cells(rows: Sequence[Row], line: str, dark: Outage | None) -> list[Cell]:
    """Return a cell for each row, of no height where the piece above reaches down over it."""
    cells = []
    pieces = [row.near.by(line) for row in rows]
    for row, piece, reach in zip(rows, pieces, _reach(pieces), strict=True):
        kind: CellKind = "dark" if _is_dark(row.near, dark) else "switch" if piece else "plain"
        cells.append(Cell(_piece_words(piece), kind, reach))
    return cells


def _far(rows: Sequence[Row], kinds: Sequence[CellKind], lines: Sequence[str]) -> list[Cell]:
    """Return the far ends; links of one piece that leave the model share a cell."""
    keys = [
        (row.link.outside, row.near.by(lines[0]) if lines else None) if row.far is None else number
        for number, row in enumerate(rows)
    ]
    return [
        Cell(f"{row.far.name} {row.far.port}" if row.far else f"outside: {row.link.outside}", kind, reach)
        for row, kind, reach in zip(rows, kinds, _reach(keys), strict=True)
    ]


def _link_length(row: Row) -> str:
    return span(row.length_mm, row.length_mm) if row.length_mm else ""


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


def _piece_words(carrier: Carrier | None) -> str:
    if carrier is None:
        return ""
    last = f"-{carrier.last}" if carrier.last > carrier.first else ""
    return f"{NAMES[carrier.line]} {carrier.first}{last}"


def _far_optics(end: End | None) -> str:
    """Return what carries a link at its far end."""
    return ", ".join(_piece_words(end.by(line)) for line in ORDER if end.by(line)) if end else ""


def _is_dark(end: End | None, dark: Outage | None) -> bool:
    """Return whether the piece that fails carries an end."""
    return bool(end and dark and any(one.has(dark.piece) for one in end.carriers))
