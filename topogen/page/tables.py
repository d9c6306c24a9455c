"""The tables of a page: the rows of the files of a build, with the columns that people read."""

from __future__ import annotations

import csv
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from topogen.columns.tables import TABLES
from topogen.page.packed import packed
from topogen.report.findings import expectations, published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.catalog.model import Catalog
    from topogen.columns.column import Column
    from topogen.export.options import Options
    from topogen.page.packed import Packed
    from topogen.report.table import Table

NUMBERS = {"count", "number", "USD", "USD/(Tb/s)", "m", "W", "Gb/s", "Tb/s", "pJ/bit", "percent"}
SUMMED = "extended_cost"
"""The column whose sum stands beside the number of rows."""
KINDS = {"copper": "copper", "optical": "light", "board": "board"}
"""What carries the signal, by the kind of a medium."""
FIGURES = {"expected", "found", "difference"}
MOST_DRAWN = 200
"""Rows of a table that are drawn until more are asked for; the page holds the others beside."""
MOST_HELD = 20_000
"""Rows of a table that a page holds; the file of the build has all."""
SAID = {"m": "m", "percent": "pct", "Gb/s": "gbps", "Tb/s": "tbps", "W": "w", "kg": "kg", "mm": "mm"}
"""Units by the word with which a name says them already."""
LINKED = {
    "part_id": "part",
    "cable_part_id": "part",
    "part": "part",
    "price_source": "source",
    "source": "source",
}
"""Columns whose cells lead to the reasons of a part, or to a source."""

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
        "Vendors: procurement, content",
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

    @property
    def leads_to(self) -> str:
        """Return what its cells lead to: ``part``, ``source``, or nothing."""
        return LINKED.get(self.name, "")


class PageTable(NamedTuple):
    """A table as texts; ``left_out`` are the rows that only the file has, ``note`` stands above it."""

    id: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0
    note: str = ""

    @property
    def drawn(self) -> tuple[tuple[str, ...], ...]:
        """Return the rows that are drawn at first."""
        return self.rows[:MOST_DRAWN]

    @property
    def beside(self) -> Packed:
        """Return the rows that are not, for the script."""
        return packed(self.rows[MOST_DRAWN:])

    @property
    def total(self) -> str:
        """Return the sum of the column of money that adds up, as the script does; empty where there is none.

        A row without money makes it a lower bound.
        """
        at = next((at for at, head in enumerate(self.heads) if head.name == SUMMED), None)
        if at is None:
            return ""
        known = [Decimal(row[at].replace(",", "")) for row in self.rows if row[at]]
        least = "at least " if len(known) < len(self.rows) else ""
        return f"{least}USD {sum(known, Decimal(0)).quantize(Decimal(1), ROUND_HALF_UP):,}"


def tables(options: Options, read: Callable[[str], bytes]) -> list[PageTable]:
    """Return the tables of a build that have rows; ``read`` returns a file of the build."""
    found = [of_file(read, one) for one in SHOWN]
    return [one for one in (*found, *_of_reports(options)) if one.rows]


def of_file(read: Callable[[str], bytes], what: tuple[str, str, Sequence[str]]) -> PageTable:
    """Return some columns of a file of the build: its name, the heading, and the columns."""
    name, title, shown = what
    rows = list(csv.DictReader(StringIO(read(f"{name}.csv").decode())))
    known = {column.name: column for column in TABLES[name]}
    kept = [one for one in shown if one in known and any(row.get(one) for row in rows)]
    heads = tuple(
        Head(one, _unit(known[one]), known[one].meaning, known[one].unit in NUMBERS) for one in kept
    )
    cells = tuple(
        tuple(_cell(row[head.name], number=head.number) for head in heads) for row in rows[:MOST_HELD]
    )
    return PageTable(name, title, heads, cells, max(0, len(rows) - MOST_HELD))


def with_kinds(table: PageTable, catalog: Catalog) -> PageTable:
    """Return a table that says beside each medium whether it is copper or light."""
    names = [head.name for head in table.heads]
    if "medium" not in names:
        return table
    at = names.index("medium")
    head = Head("kind", "", "what carries the signal: copper, light, or the traces of a board", number=False)
    rows = tuple((*row[: at + 1], _kind(catalog, row[at]), *row[at + 1 :]) for row in table.rows)
    return table._replace(heads=(*table.heads[: at + 1], head, *table.heads[at + 1 :]), rows=rows)


def _kind(catalog: Catalog, medium: str) -> str:
    kinds = (KINDS[catalog.media[one].kind] for one in medium.split("+") if one in catalog.media)
    return "+".join(dict.fromkeys(kinds))


def _unit(column: Column) -> str:
    """Return the unit of a column whose name does not say it."""
    if column.unit in {"text", "count", "number", "id", "date", "true/false"}:
        return ""
    return "" if SAID.get(column.unit) in column.name.split("_") else column.unit


@cache
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
        yield of_report(expectations(options.expect))
    if options.quoted:
        yield of_report(published(options.quoted))


def of_report(table: Table) -> PageTable:
    """Return a table of a report; figures in its texts have thousands separators."""
    heads = tuple(Head(one.key, "", one.heading, one.number) for one in table.columns)
    rows = (
        tuple(_grouped(cell) if head.name in FIGURES else cell for head, cell in zip(heads, row, strict=True))
        for row in table.texts
    )
    return PageTable(table.name, table.title, heads, tuple(rows))


def _grouped(text: str) -> str:
    """Return a text whose figures have thousands separators.

    >>> _grouped("at most 10368 m"), _grouped("3123.488 m"), _grouped("tomahawk5 0.12345")
    ('at most 10,368 m', '3,123.488 m', 'tomahawk5 0.12345')
    """
    return re.sub(r"(?<![\w.,])\d{4,}\b", lambda found: f"{int(found[0]):,}", text)
