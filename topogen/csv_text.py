"""Rows to CSV text: comma, one line feed a row, quotes only where they are needed, empty for unknown."""

from __future__ import annotations

import csv
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

from topogen.units import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topogen.columns import Column

Cell: TypeAlias = str | int | Fraction | None
Row: TypeAlias = dict[str, Cell]
"""Cells by column; a column that is left out is unknown."""


def csv_text(table: tuple[Column, ...], rows: Iterable[Mapping[str, Cell]]) -> str:
    """Return a header and one line a row."""
    text = StringIO()
    names = [column.name for column in table]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell_text(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue()


def cell_text(cell: Cell) -> str:
    """Return a cell as it is written: numbers plain, at most 6 decimals, ``true`` and ``false``.

    >>> cell_text(True), cell_text(Fraction(1, 3)), cell_text(None)
    ('true', '0.333333', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return format_decimal(cell) if isinstance(cell, Fraction) else str(cell)


def quoted(text: str) -> str:
    """Return a text as one cell of a row of several, in quotes where it needs them.

    >>> quoted("leaf 7, spare")
    '"leaf 7, spare"'
    """
    line = StringIO()
    csv.writer(line, lineterminator="").writerow([text, ""])
    return line.getvalue()[:-1]
