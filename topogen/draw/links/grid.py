"""Links as a grid: a row for what carries the most of them, with all its ports side by side."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from topogen.draw.lettering import PAGE
from topogen.draw.links.said import NAMES, one_outside, piece_words, row_kind
from topogen.draw.picture import Cell, Panel
from topogen.draw.shown.shelves import width_of
from topogen.draw.shown.strokes import stroke_of_link
from topogen.units import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from topogen.draw.links.rows import Outage, Row
    from topogen.model.fabric import Fabric

    Block: TypeAlias = list[list[Row]]
    """The links of the outer piece, in runs of those of one inner piece."""

EMPTY = Cell("", "head")

LINES = (1, 2)
"""Of so many kinds of pieces, one inside the other, a grid can be made."""

FEWEST = 8
"""Links up to which a table is short enough."""


def stands_in_a_grid(rows: Sequence[Row], lines: Sequence[str]) -> bool:
    """Return whether links differ in nothing but their port and what carries it."""
    carried = all(row.near.by(line) for row in rows for line in lines)
    alike = len({(row.link.name, row.length_mm) for row in rows}) == 1 and rows[0].length_mm is None
    return len(rows) > FEWEST and len(lines) in LINES and carried and alike and one_outside(rows)


def grid_panel(fabric: Fabric, rows: Sequence[Row], lines: Sequence[str], dark: Outage | None) -> Panel:
    """Return links as a grid, as many inner pieces in a row as the page has room for."""
    blocks = [
        _inner_runs(list(run), lines) for _, run in groupby(rows, key=lambda row: row.near.by(lines[0]))
    ]
    panel = _grid(fabric, blocks, lines, dark, 1)
    for beside in range(max(map(len, blocks)), 1, -1):
        wider = _grid(fabric, blocks, lines, dark, beside)
        if width_of(wider) <= PAGE:
            return wider
    return panel


def _inner_runs(rows: list[Row], lines: Sequence[str]) -> Block:
    if len(lines) == 1:
        return [rows]
    return [list(run) for _, run in groupby(rows, key=lambda row: row.near.by(lines[1]))]


def _grid(
    fabric: Fabric, blocks: Sequence[Block], lines: Sequence[str], dark: Outage | None, beside: int
) -> Panel:
    """Return a grid with so many inner pieces side by side; the last row of a piece may be shorter."""
    ports = max(len(run) for block in blocks for run in block)
    head = [Cell(NAMES[lines[0]], "head")]
    for _ in range(beside):
        head += [Cell(NAMES[line], "head") for line in lines[1:]] + [Cell("ports", "head", columns=ports)]
    head.append(Cell("medium", "head"))
    body = (row for block in blocks for row in _block_rows(fabric, block, lines, dark, (beside, ports)))
    return Panel(blocks[0][0][0].near.name, (), (tuple(head), *map(tuple, body)))


def _block_rows(
    fabric: Fabric, block: Block, lines: Sequence[str], dark: Outage | None, size: tuple[int, int]
) -> list[list[Cell]]:
    """Return the rows of an outer piece; what is lost with it is counted behind them."""
    beside, ports = size
    high = -(-len(block) // beside)
    first = block[0][0]
    kind = row_kind(first, dark)
    line = Cell("", kind, stroke=stroke_of_link(fabric, first.link, a_first=first.a_first))
    rows = []
    for start in range(0, len(block), beside):
        runs = block[start : start + beside]
        missing = (beside - len(runs)) * (ports + len(lines) - 1)
        held = [cell for run in runs for cell in _run_cells(run, lines, dark, ports)]
        rows.append([*held, *[EMPTY] * missing, line])
    lost = sum(row_kind(row, dark) == "dark" for run in block for row in run)
    said = Cell(f"{count_words(lost, 'link')} lost", "dark", high) if lost else replace(EMPTY, rows=high)
    rows[0] = [Cell(piece_words(first.near, first.near.by(lines[0])), kind, high), *rows[0]]
    rows[0] += [said] if dark else []
    return rows


def _run_cells(run: Sequence[Row], lines: Sequence[str], dark: Outage | None, ports: int) -> list[Cell]:
    """Return the cells of an inner piece and its ports, of one that has fewer ports with empty ones."""
    end, kind = run[0].near, row_kind(run[0], dark)
    piece = [Cell(piece_words(end, end.by(line)), kind) for line in lines[1:]]
    return [*piece, *(Cell(row.near.port, kind) for row in run), *[EMPTY] * (ports - len(run))]
