"""What the money of a page rests on: its prices, and each source once, under the key that tables name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.page.tables import PageTable, of_report
from topogen.report.footnotes import with_footnotes
from topogen.report.table import Report, Table, money, number, percent, text, words
from topogen.takeoff.rests_on import footnotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.model.fabric import Fabric
    from topogen.takeoff.rests_on import Footnote
    from topogen.takeoff.roll_up import RollUp

OF_THE_FILE = "this file"
"""The key of the sources that the topology itself names."""


def what_money_rests_on(fabric: Fabric, roll_up: RollUp, shown: Sequence[PageTable]) -> list[PageTable]:
    """Return the prices behind the money, and the sources that these and the tables ``shown`` name."""
    found = footnotes(fabric, roll_up)
    prices = _prices(fabric, found)
    named = [*shown, prices]
    rows = [
        *_of_catalog(fabric, found, named),
        *((OF_THE_FILE, one, None, None) for one in fabric.spec.sources),
    ]
    columns = (
        text("key"),
        words("source", "states"),
        number("amount USD", "usd", money),
        number("share", "share_pct", percent),
    )
    sources = of_report(Table("sources", columns, rows, "Sources"))
    return [one for one in (prices, sources) if one.rows]


def source_ids(shown: Iterable[PageTable]) -> dict[str, str]:
    """Return the id of each source on a page by its key."""
    rows = next((table.rows for table in shown if table.id == "sources"), ())
    return {row[0]: f"source-{at}" for at, row in enumerate(rows) if row[0] != OF_THE_FILE}


def _prices(fabric: Fabric, found: Sequence[Footnote]) -> PageTable:
    """Return every price that the money rests on, with the key of its source and its share of the whole."""
    (table,) = with_footnotes(Report([]), found, "", programs=True).tables
    keys = {said: key for key, said in fabric.catalog.sources.items()}
    table = replace(table, title="What the money rests on")
    return _with_keys(of_report(table), keys)


def _with_keys(prices: PageTable, keys: dict[str, str]) -> PageTable:
    at = [head.name for head in prices.heads].index("source")
    rows = ((*row[:at], keys.get(row[at], row[at]), *row[at + 1 :]) for row in prices.rows)
    return prices._replace(rows=tuple(rows))


def _of_catalog(
    fabric: Fabric, found: Sequence[Footnote], named: Iterable[PageTable]
) -> Iterator[tuple[str, str, Fraction | None, Fraction | None]]:
    """Yield the sources of the catalog that tables name, the one with the largest share first."""
    said = fabric.catalog.sources
    usd = dict.fromkeys((key for table in named for key in _keys(table) if key in said), Fraction(0))
    whole = sum((one.usd for one in found), Fraction(0))
    by_text = {said[key]: key for key in usd}
    for one in found:
        if key := by_text.get(one.stated.says.source or ""):
            usd[key] += one.usd
    for key, amount in sorted(usd.items(), key=lambda one: -one[1]):
        yield key, said[key], amount or None, 100 * amount / whole if amount else None


def _keys(table: PageTable) -> Iterator[str]:
    columns = [at for at, head in enumerate(table.heads) if head.leads_to == "source"]
    return (row[at] for row in table.rows for at in columns)
