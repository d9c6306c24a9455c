"""Check prices of a BOM as of a date: missing, outdated or with incomplete shares."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.errors import Problems
from topogen.takeoff.bill import COUNTED
from topogen.units import format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.errors import Problem
    from topogen.model.fabric import Fabric
    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.roll_up import RollUp

MAX_AGE = timedelta(days=180)
SHOWN_PARTS = 4
PARTS = ("catalog", "parts")


def check_prices(fabric: Fabric, rollup: RollUp, at: date) -> tuple[Problem, ...]:
    """Return missing and outdated prices and incomplete shares in a BOM, without hosts and systems.

    A price is old where it is dated more than 180 days before ``at``; a month or a year counts from its
    last day.
    """
    problems = Problems(fabric.marks)
    lines = [line for line in rollup.lines if line.cost_scope in COUNTED]
    _note_missing(lines, problems)
    _note_old(fabric, lines, at, problems)
    _note_open_shares(fabric, rollup, problems)
    return problems.warnings


def _note_missing(lines: list[BomLine], problems: Problems) -> None:
    unpriced = [line for line in lines if line.unit is None]
    if unpriced:
        parts = list(dict.fromkeys(line.part for line in unpriced))
        pieces, of_pieces = (format_count(sum(line.qty for line in some)) for some in (unpriced, lines))
        of_parts = format_count(len({line.part for line in lines}))
        message = (
            f"no price for {format_count(len(parts))} of {of_parts} parts ({_first(parts)}), "
            f"{pieces} of {of_pieces} pieces: totals are lower bounds"
        )
        hint = "add price_usd in your own catalog: --catalog DIR"
        problems.add("W502", message, (*PARTS, parts[0]), hint)


def _note_old(fabric: Fabric, lines: list[BomLine], at: date, problems: Problems) -> None:
    dated = {part: as_of for line in lines for part, as_of in _dates(fabric, line.part)}
    old = sorted(
        (as_of or "no date", part)
        for part, as_of in dated.items()
        if as_of is None or last_day(as_of) + MAX_AGE < at
    )
    if old:
        named = _first([f"{part}: {as_of}" for as_of, part in old])
        count, of_parts = format_count(len(old)), format_count(len(dated))
        message = f"{count} of {of_parts} prices are older than {MAX_AGE.days} days on {at} ({named})"
        problems.add(
            "W503", message, (*PARTS, old[0][1], "as_of"), "get a new quote; update price_usd and as_of"
        )


def _dates(fabric: Fabric, part: str) -> Iterator[tuple[str, str | None]]:
    """Yield the parts whose prices make the price of a part, and when each was known."""
    entry = fabric.catalog.parts[part]
    if entry.price_usd is None:
        for name in entry.alternates:
            yield from _dates(fabric, name)
    else:
        yield part, entry.says("price_usd").as_of


def last_day(as_of: str) -> date:
    """Return the last day that a date means.

    >>> [str(last_day(text)) for text in ("2026-11-23", "2026-02", "2025")]
    ['2026-11-23', '2026-02-28', '2025-12-31']
    """
    year, month, day = ([int(word) for word in as_of.split("-")] + [0, 0])[:3]
    if day:
        return date(year, month, day)
    first_after = date(year, month + 1, 1) if 0 < month < 12 else date(year + 1, 1, 1)  # noqa: PLR2004
    return first_after - timedelta(days=1)


def _note_open_shares(fabric: Fabric, rollup: RollUp, problems: Problems) -> None:
    """Note shares of a bought or contained part that are given, but not up to the whole."""
    used = dict.fromkeys([*(line.part for line in rollup.lines), *rollup.content])
    for part in used:
        for key, shares in (
            ("made_by", fabric.catalog.parts[part].made_by),
            ("alternates", fabric.catalog.parts[part].alternates),
        ):
            total = sum(shares.values(), Fraction(0))
            if 0 < total < 1:
                given, rest = format_decimal(100 * total, 1), format_decimal(100 * (1 - total), 1)
                message = f"{key} of {part} sums to {given}%: {rest}% of its value is unassigned"
                problems.add("W505", message, (*PARTS, part, key), "add the missing shares, if known")


def _first(parts: list[str]) -> str:
    """Return the first of some parts, separated by commas."""
    return ", ".join(parts[:SHOWN_PARTS]) + (", ..." if len(parts) > SHOWN_PARTS else "")
