"""A report in the four formats of ``--format``: text, JSON, CSV, Markdown."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

import click

from topogen.catalog.pricing import high, low
from topogen.columns.cells import cell_text
from topogen.report.table import EmptyCell, Ends, Note, Table
from topogen.report.terminal import harmless, print_report
from topogen.units import Triple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from topogen.report.table import Report, Value


def write_report(report: Report, shape: str) -> None:
    """Print a report as text, json, csv or md."""
    if shape == "text":
        print_report(report)
    else:
        click.echo(WRITERS[shape](report), nl=False)


def report_json(report: Report) -> str:
    """Return facts and tables as a JSON object, or a single table without facts as an array.

    Numbers are exact to six decimals, as in the files of a build.
    """
    from topogen.export.cells.json_text import json_text  # noqa: PLC0415 - with all writers of files

    tables = {table.name: rows_as_json(table) for table in report.tables}
    if len(tables) == 1 and not report.facts:
        return json_text(next(iter(tables.values()))) + "\n"
    return json_text({**report.facts, **tables}) + "\n"


def rows_as_json(table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table as objects; a value with a range is an object of low, base and high."""
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, map(_json_value, row), strict=True)) for row in table.rows]


def _json_value(value: Value) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Triple):
        return {"low": low(value), "base": value.base, "high": high(value)}
    if isinstance(value, Ends):
        return {"min": value.least, "max": value.most}
    return None if isinstance(value, EmptyCell) else value


def report_csv(report: Report) -> str:
    """Return the tables that CSV has; where there are several, the first column names the table."""
    chosen = [table for table in report.tables if not report.csv or table.name in report.csv]
    named = len(chosen) > 1
    rows = [
        ({"table": table.name} if named else {}) | _csv_row(table, row)
        for table in chosen
        for row in table.rows
    ]
    columns = dict.fromkeys(["table"] if named else [])
    for table in chosen:
        columns |= dict.fromkeys(_csv_columns(table))
    stream = StringIO()
    writer = csv.DictWriter(stream, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _csv_columns(table: Table) -> list[str]:
    """Return the columns of a table; ends of a range are columns of their own."""
    columns: list[str] = []
    for i, column in enumerate(table.columns):
        cells = [list(_csv_cells(column.key, row[i])) for row in table.rows]
        widest: list[str] = max(cells, key=len, default=[column.key])
        columns += widest
    return columns


def _csv_row(table: Table, row: Sequence[Value]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for column, value in zip(table.columns, row, strict=True):
        cells |= _csv_cells(column.key, value) if not isinstance(value, EmptyCell | None) else {}
    return cells


def _csv_cells(key: str, value: Value) -> dict[str, str]:
    """Return the cells of one value, by column."""
    if isinstance(value, Triple):
        ends = {"": value.base, "_low": low(value), "_high": high(value)}
    elif isinstance(value, Ends):
        ends = {"_min": value.least, "_max": value.most}
    elif isinstance(value, tuple):
        return {key: ";".join(value)}
    else:
        return {key: cell_text(None if isinstance(value, EmptyCell) else value)}
    return {key + suffix: cell_text(end) for suffix, end in ends.items()}


def report_md(report: Report) -> str:
    """Return tables and notes as Markdown, with the words of the terminal."""
    return "\n\n".join(block for item in report.items if (block := _md_block(item))) + "\n"


def _md_block(item: Table | Note) -> str:
    if isinstance(item, Note):
        heading = "# " if item.style == "bold" else ""
        return heading + _md_text(item.text)
    if not item.shown:
        return ""
    lines = [
        _md_row([column.heading for column in item.columns]),
        _md_row(["--:" if column.number else "---" for column in item.columns]),
        *map(_md_row, item.texts),
    ]
    return "\n".join([f"## {item.title}\n", *lines] if item.title else lines)


def _md_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_md_text, cells))} |"


def _md_text(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    return harmless(text).replace("|", r"\|").replace("<", "&lt;").replace("\n", "<br>").replace("*", r"\*")


WRITERS: Mapping[str, Callable[[Report], str]] = {
    "json": report_json,
    "csv": report_csv,
    "md": report_md,
}
"""Formats for programs and documents; text is written by ``terminal``."""
