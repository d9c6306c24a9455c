"""Rows of a table as CSV text that no spreadsheet runs or rounds."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

from topogen.units import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topogen.columns.column import Column

Cell: TypeAlias = str | int | Fraction | None
Row: TypeAlias = dict[str, Cell]
"""Cells by column; a missing column is unknown."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_decimal = lru_cache(maxsize=4_096)(format_decimal)
"""A table has few different numbers, and a number takes longer to divide out than to look up."""
_LIKE_A_NUMBER = re.compile(r"0\d+|\d+(\.\d+)?[eE][+-]?\d+|\d{12,}")


def csv_text(table: tuple[Column, ...], rows: Iterable[Mapping[str, Cell]]) -> str:
    """Return a table as CSV: header, one line feed per row, quotes only where needed."""
    text = StringIO()
    names = [column.name for column in table]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell_text(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue()


def cell_text(cell: Cell) -> str:
    """Return the text of a cell: plain numbers with at most 6 decimals, ``true`` or ``false``.

    >>> cell_text(True), cell_text(Fraction(1, 3)), cell_text(None)
    ('true', '0.333333', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Fraction):
        return _decimal(cell)
    return inert(cell) if isinstance(cell, str) else str(cell)


def inert(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula or turns into a number.

    An apostrophe goes before ``=``, ``+``, ``-``, ``@`` and a tab at the start, and before an id such as
    ``1E10`` or ``00012345``; removing one apostrophe at the start gives the text again.

    >>> inert("=1+1"), inert("1E10"), inert("leaf 7"), inert("'quoted'")
    ("'=1+1", "'1E10", 'leaf 7', "''quoted'")
    """
    return f"'{text}" if text[:1] in FORMULA or _LIKE_A_NUMBER.fullmatch(text) else text


def quoted(text: str) -> str:
    """Return a text as a CSV cell, quoted where needed.

    >>> quoted("leaf 7, spare")
    '"leaf 7, spare"'
    """
    line = StringIO()
    csv.writer(line, lineterminator="").writerow([inert(text), ""])
    return line.getvalue()[:-1]
