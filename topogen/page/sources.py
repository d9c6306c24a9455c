"""What the money of a page rests on: its prices, and each source once, under the key that tables name."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.page.tables import PageTable, of_report
from topogen.report.footnotes import FOR
from topogen.report.table import Table, money, number, percent, text, words
from topogen.takeoff.rests_on import footnotes
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from topogen.model.fabric import Fabric
    from topogen.report.table import Row
    from topogen.takeoff.rests_on import Footnote
    from topogen.takeoff.roll_up import RollUp

OF = "interconnect and network devices"
PRICE = (
    text("price of", "part"),
    text("for", "key", lambda key: FOR.get(key, key)),
    number("base price, USD", "value", money, unknown="mean"),
    number("lowest price, USD", "value_low", money),
    number("highest price, USD", "value_high", money),
    text("basis", unknown="not stated"),
    text("date", "as_of", unknown="no date"),
    text("confidence", unknown="not stated"),
    number("amount at the base price, USD", "usd", money),
    number("amount at the highest price less that at the lowest, USD", "spread_usd", money),
    number("share of the amount", "share_pct", percent),
    text("source"),
)
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
    keys = {said: key for key, said in fabric.catalog.sources.items()}
    rows = [_price(one, keys) for one in found]
    whole = sum((one.usd for one in found), Fraction(0))
    note = f"Shares are of USD {format_count(round(whole))}: {OF} at base prices, as far as they are known."
    return of_report(Table("footnotes", PRICE, rows, "What the money rests on"))._replace(note=note)


def _price(one: Footnote, keys: Mapping[str, str]) -> Row:
    value, says = one.stated.value, one.stated.says
    base, least, most = (value.base, value.low, value.high) if value else (None, None, None)
    source = keys.get(says.source or "", says.source)
    return (
        one.stated.part, one.stated.key, base, least, most, says.basis, says.as_of, says.confidence, one.usd,
        _spread(one), 100 * one.share, source,
    )  # fmt: skip


def _spread(one: Footnote) -> Fraction | None:
    """Return the amount at the highest price less that at the lowest, None where these are not stated."""
    value = one.stated.value
    if not value or not value.base or value.low is None or value.high is None:
        return None
    return one.usd * (value.high - value.low) / value.base


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
