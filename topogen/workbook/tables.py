"""Sheets of plain rows: per GPU, cables, pull sheet, expectations, gaps and sources, as in the CSV files."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from topogen.columns.cables import CABLE_SCHEDULE, PULL_SHEET
from topogen.columns.parts import BOM_GAPS
from topogen.columns.totals import PER_GPU
from topogen.export import export_bytes
from topogen.export.to_cable_schedule import schedule_lines
from topogen.workbook.cells import Book, Head

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.columns.column import Column
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MOST_LINES = 50_000
"""Lines of the cable schedule that a sheet takes; above it the pull sheet stands alone."""

STYLES = {"count": "count", "USD": "usd", "text": "text", "id": "text", "date": "text", "true/false": "text"}
"""Formats of cells by unit; other units are plain numbers."""

WIDTHS = {"text": 20, "id": 16}
SOURCES = (Head("key", 22), Head("source", 110))
EXPECTATIONS = (Head("figure", 32), Head("kind", 12), Head("stated", 18), Head("found", 18), Head("holds", 8))


def write_tables(book: Book, fabric: Fabric, rollup: RollUp, options: Options) -> None:
    """Write the sheets that no formula leads to, in reading order."""
    _write_csv(book, "Per GPU", "per_gpu.csv", PER_GPU, (fabric, rollup, options))
    if schedule_lines(fabric, options) <= MOST_LINES:
        _write_csv(book, "Cables", "cable_schedule.csv", CABLE_SCHEDULE, (fabric, rollup, options))
    _write_csv(book, "Pull sheet", "pull_sheet.csv", PULL_SHEET, (fabric, rollup, options))
    _write_expectations(book, options)
    _write_csv(book, "Gaps", "bom_gaps.csv", BOM_GAPS, (fabric, rollup, options))
    _write_rows(book, "Sources", SOURCES, fabric.catalog.sources.items())


def _write_csv(
    book: Book, name: str, file: str, columns: Sequence[Column], made_of: tuple[Fabric, RollUp, Options]
) -> None:
    """Write a table of the build as a sheet; ids stay texts."""
    text = b"".join(export_bytes(file, *made_of)).decode()
    heads, *rows = csv.reader(StringIO(text))
    units = {column.name: column.unit for column in columns}
    styles = [STYLES.get(units.get(head, "text"), "number") for head in heads]
    sheet = book.sheet(name)
    widths = (WIDTHS.get(units.get(head, "text"), 11) for head in heads)
    book.headings(sheet, 0, [Head(*one) for one in zip(heads, widths, styles, strict=True)])
    formats = [book.styles[style] for style in styles]
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell == "":
                continue
            if styles[column] == "text":
                sheet.write_string(number, column, cell.removeprefix("'"), formats[column])
            else:
                sheet.write_number(number, column, float(cell), formats[column])
    sheet.autofilter(0, 0, max(1, len(rows)), len(heads) - 1)


def _write_rows(book: Book, name: str, heads: Sequence[Head], rows: Iterable[Sequence[str]]) -> None:
    sheet = book.sheet(name)
    book.headings(sheet, 0, heads)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            book.put(sheet, (number, column), cell)


def _write_expectations(book: Book, options: Options) -> None:
    """Write what the file expects and quotes beside what was found."""
    rows = [
        (one.key, kind, str(one.expected), str(one.found), "yes" if one.holds else "no")
        for kind, lines in (("expected", options.expect), ("published", options.quoted))
        for one in lines or ()
    ]
    if rows:
        _write_rows(book, "Expectations", EXPECTATIONS, rows)
