"""Sheets of suppliers as rows of text: CSV with any usual delimiter, and workbooks."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING

from topogen.columns.prices import PRICE_TEMPLATE
from topogen.errors import InputError, Mark, Problem
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEEDED = ("part_id", "unit_price", "currency")
KNOWN = tuple(column.name for column in PRICE_TEMPLATE)
DELIMITERS = (",", ";", "\t")
DIGITS_OF_A_SPREADSHEET = 15


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet: its number from 1, and its cells by column; ``extra`` are cells beyond the header."""

    sheet: str
    row: int
    cells: dict[str, str]
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """Rows below the header, and those above it, which nothing is read of."""

    name: str
    lines: tuple[Line, ...]
    ignored: tuple[Line, ...]


def csv_sheet(text: str, name: str) -> Sheet:
    """Return a CSV table; the delimiter is the one that finds most columns.

    Raises
    ------
    InputError
        E785, without a header or a needed column, with a column twice, or with a quote that is never closed.
    """
    best: tuple[int, list[list[str]]] | None = None
    failed = ""
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error as error:
            failed = str(error)
            continue
        found = next((count for row in rows if (count := _known_columns(row))), 0)
        if best is None or found > best[0]:
            best = found, rows
    if best is None or (not best[0] and failed):
        hint = "close every quote, or save it as CSV again"
        raise _refused(name, 1, f"the table cannot be read: {failed}", hint)
    return _sheet(best[1], name, must=True)


def _known_columns(row: Sequence[str]) -> int:
    if len(row) < len(NEEDED):
        return 0
    names = {_column(cell) for cell in row}
    return len(names.intersection(KNOWN)) if "part_id" in names else 0


def _column(cell: str) -> str:
    return re.sub(r"[\s_]+", "_", cell.strip().lower())


def _sheet(rows: Sequence[Sequence[str]], name: str, *, must: bool) -> Sheet:
    """Return rows below their header; ``must`` refuses a table without one."""
    at = next((number for number, row in enumerate(rows) if _known_columns(row)), None)
    if at is None:
        if must:
            hint = "the header has to name part_id, unit_price and currency, as the template does"
            raise _refused(name, 1, "no row is a header: none has a cell part_id", hint)
        return Sheet(name, (), tuple(_plain_lines(rows, name)))
    header = [_column(cell) for cell in rows[at]]
    if missing := [one for one in NEEDED if one not in header]:
        hint = f"the header needs {', '.join(NEEDED)}; topogen price template writes all of them"
        raise _refused(name, at + 1, f"no column {', '.join(missing)}", hint)
    if twice := [one for one in KNOWN if header.count(one) > 1]:
        raise _refused(name, at + 1, f"column {twice[0]} is there twice", "keep one of them")
    return Sheet(name, tuple(_lines(rows, at, header, name)), tuple(_plain_lines(rows[:at], name)))


def _lines(rows: Sequence[Sequence[str]], at: int, header: Sequence[str], name: str) -> Iterable[Line]:
    width = len(header)
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        if any(cell.strip() for cell in row):
            cells = {column: cell.strip() for column, cell in zip(header, row, strict=False)}
            yield Line(name, number, cells, tuple(cell for cell in row[width:] if cell.strip()))


def _plain_lines(rows: Sequence[Sequence[str]], name: str) -> Iterable[Line]:
    for number, row in enumerate(rows, start=1):
        if any(cell.strip() for cell in row):
            yield Line(name, number, {"remark": " ".join(cell for cell in row if cell.strip())})


def _refused(name: str, row: int, message: str, hint: str) -> InputError:
    return InputError([Problem("E785", message, mark=Mark(name, row, 1), hint=hint)])


# Workbooks


def cell_of(value: object) -> str:
    """Return the text of a cell of a workbook: numbers as a spreadsheet shows them, days as 2026-12-31.

    >>> cell_of(24.5), cell_of(0.1 + 0.2), cell_of(None), cell_of(datetime(2026, 12, 31))
    ('24.5', '0.3', '', '2026-12-31')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        shown = format(Decimal(format(value, f".{DIGITS_OF_A_SPREADSHEET}g")), "f")
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def sheets_of_workbook(tables: Sequence[tuple[str, Sequence[Sequence[str]]]], name: str) -> list[Sheet]:
    """Return the worksheets that hold anything; at least one needs a header."""
    filled = [(title, rows) for title, rows in tables if any(any(row) for row in rows)]
    if not any(_known_columns(row) for _, rows in filled for row in rows):
        hint = "the header has to name part_id, unit_price and currency, as the template does"
        raise _refused(name, 1, "no row is a header: none has a cell part_id", hint)
    named = len(filled) > 1
    return [_sheet(rows, f"{name}[{title}]" if named else name, must=False) for title, rows in filled]
