"""The footnotes of a study: the prices that its money rests on, with source and share."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.report.formats import write_report
from topogen.report.table import Note, Report, Table, money, number, percent, spans, text
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.report.table import Row
    from topogen.takeoff.rests_on import Footnote

MOST = 8
"""Prices that people are shown unless they ask for all."""
FOR = {"price_usd": "a piece", "price_per_m_usd": "a metre", "wafer_price_usd": "a wafer"}
_COLUMNS = (
    text("price of", "part"), text("for", "key", lambda key: FOR.get(key, key), drop=5),
    spans("USD", "value", unknown="mean"), text("basis", drop=1, unknown="not stated"),
    text("date", "as_of", drop=2, unknown="no date"), text("confidence", drop=3, unknown="not stated"),
    number("amount USD", "usd", money, drop=4), number("share", "share_pct", percent),
)  # fmt: skip
_SOURCE = text("source")


def write_study(report: Report, shape: str, found: Sequence[Footnote], of: str, *, every: bool) -> None:
    """Print the report of a study as text, json, csv or md; it ends with its footnotes.

    Parameters
    ----------
    found
        The prices that the money of the study rests on, the largest first.
    of
        What the shares are shares of, in words: ``interconnect and network devices``.
    every
        Whether people are shown every price, not only the largest.
    """
    write_report(with_footnotes(report, found, of, programs=shape in ("csv", "json"), every=every), shape)


def with_footnotes(
    report: Report, found: Sequence[Footnote], of: str, *, programs: bool, every: bool = False
) -> Report:
    """Return a report that ends with the prices its money rests on; CSV has the tables it had.

    Programs have the source in each row, people read the sources below.
    """
    csv = report.csv or tuple(one.name for one in report.tables)
    items: list[Table | Note] = []
    if programs:
        rows: list[Row] = [(*_row(one), one.stated.says.source) for one in found]
        items = [Table("footnotes", (*_COLUMNS, _SOURCE), rows)]
    elif found:
        shown = found if every else found[:MOST]
        items = [Table("footnotes", _COLUMNS, list(map(_row, shown)), f"Prices behind {of}")]
        if left := found[len(shown) :]:
            items.append(Note(_left_out(left)))
        items += [Note(f"{', '.join(parts)}: {source}.") for source, parts in _sources(shown).items()]
    return replace(report, items=[*report.items, *items], csv=csv)


def _row(one: Footnote) -> Row:
    stated, says = one.stated, one.stated.says
    return (
        stated.part, stated.key, stated.value, says.basis, says.as_of, says.confidence, one.usd,
        100 * one.share,
    )  # fmt: skip


def _sources(shown: Sequence[Footnote]) -> dict[str, list[str]]:
    """Return the sources with the parts whose prices they state, in the order of the table."""
    found: dict[str, dict[str, None]] = {}
    for one in shown:
        found.setdefault(one.stated.says.source or "no source stated", {})[one.stated.part] = None
    return {source: list(parts) for source, parts in found.items()}


def _left_out(left: Sequence[Footnote]) -> str:
    share = percent(100 * sum((one.share for one in left), Fraction(0)))
    prices = "1 more price is" if len(left) == 1 else f"{format_count(len(left))} more prices are"
    return f"{prices} behind {share} of it together; --footnotes shows them."
