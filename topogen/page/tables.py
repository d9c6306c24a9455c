"""The tables of a page: the rows of the files of a build, with the columns that people read."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from topogen.columns.tables import TABLES
from topogen.export import export_bytes
from topogen.report.findings import expectations, published
from topogen.report.footnotes import with_footnotes
from topogen.report.table import Report
from topogen.takeoff.rests_on import footnotes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.report.table import Table
    from topogen.takeoff.roll_up import RollUp

NUMBERS = {"count", "number", "USD", "USD/(Tb/s)", "m", "W", "Gb/s", "Tb/s", "pJ/bit", "percent"}
MOST_ROWS = 500
"""Rows of a table on a page; the file of the build has all."""

SHOWN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "bom_flat",
        "Bill of materials",
        (
            "part_id", "description", "cost_scope", "network", "length_m", "qty_design",
            "unit_cost", "unit_cost_low", "unit_cost_high", "extended_cost", "basis", "price_date",
            "confidence", "price_source",
        ),
    ),
    (
        "per_layer",
        "Value by layer",
        ("cost_scope", "layer", "value_total", "value_total_low", "value_total_high", "value_per_gpu",
         "value_pct_of_scope", "value_assigned", "value_no_maker", "value_content_not_priced"),
    ),
    (
        "per_vendor",
        "Vendors",
        ("view", "vendor", "layer", "part_id", "cost_scope", "qty", "value_total", "value_per_gpu",
         "value_pct_of_scope", "value_basis", "candidates", "confidence", "source"),
    ),
    (
        "link_classes",
        "Links by length",
        ("network", "tier", "link_group", "a_type", "b_type", "links", "rate_gbps", "length_m", "reach_m",
         "margin_m", "medium"),
    ),
    (
        "pull_sheet",
        "Pull sheet",
        ("network", "link_group", "a_rack", "b_rack", "medium", "cable_part_id", "length_order_m", "cables",
         "links", "notes"),
    ),
    ("bom_gaps", "Gaps", ("reason", "part_id", "qty_design", "links_affected", "what_to_do")),
)  # fmt: skip
"""Each table by its file: heading, and the columns shown."""


class Head(NamedTuple):
    """A column: ``unit`` is empty for texts, ``about`` shows under the pointer."""

    name: str
    unit: str
    about: str
    number: bool


class PageTable(NamedTuple):
    """A table as texts; ``left_out`` are the rows that only the file has."""

    id: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


def tables(fabric: Fabric, roll_up: RollUp, options: Options) -> list[PageTable]:
    """Return the tables of a build that have rows."""
    found = [_of_file(fabric, roll_up, options, *one) for one in SHOWN]
    return [one for one in (*found, *_of_reports(options), _sources(fabric, roll_up)) if one.rows]


def _of_file(
    fabric: Fabric, roll_up: RollUp, options: Options, name: str, title: str, shown: Sequence[str]
) -> PageTable:
    content = b"".join(export_bytes(f"{name}.csv", fabric, roll_up, options)).decode()
    rows = list(csv.DictReader(StringIO(content)))
    known = {column.name: column for column in TABLES[name]}
    kept = [one for one in shown if one in known and any(row[one] for row in rows)]
    heads = tuple(
        Head(one, _unit(known[one].unit), known[one].meaning, known[one].unit in NUMBERS) for one in kept
    )
    cells = tuple(
        tuple(_cell(row[head.name], number=head.number) for head in heads) for row in rows[:MOST_ROWS]
    )
    return PageTable(name, title, heads, cells, max(0, len(rows) - MOST_ROWS))


def _unit(unit: str) -> str:
    return "" if unit in {"text", "count", "number", "id", "date", "true/false"} else unit


def _cell(value: str, *, number: bool) -> str:
    """Return a value with thousands separators and at most two decimals; what is unknown stays empty.

    >>> _cell("1234567.125", number=True), _cell("0.244", number=True), _cell("", number=True)
    ('1,234,567.12', '0.244', '')
    """
    if not number or not value:
        return value
    exact = Decimal(value)
    places = 2 if abs(exact) >= 1 else 4
    text = f"{exact:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _of_reports(options: Options) -> Iterator[PageTable]:
    if options.expect:
        yield _of_report(expectations(options.expect))
    if options.quoted:
        yield _of_report(published(options.quoted))


def _sources(fabric: Fabric, roll_up: RollUp) -> PageTable:
    """Return every price that the money rests on, with its source and its share of the whole."""
    report = with_footnotes(Report([]), footnotes(fabric, roll_up), "", programs=True)
    (table,) = report.tables
    return _of_report(replace(table, title="What the money rests on"))


def _of_report(table: Table) -> PageTable:
    heads = tuple(Head(one.key, "", one.heading, one.number) for one in table.columns)
    return PageTable(table.name, table.title, heads, tuple(tuple(row) for row in table.texts))
