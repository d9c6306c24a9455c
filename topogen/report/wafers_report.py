"""Wafers for the dies of builds, for people and for programs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import scaled
from topogen.report.table import (
    Note,
    Report,
    Table,
    decimal,
    money,
    number,
    percent,
    quantity,
    revision_line,
    span,
    spans,
    text,
)
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric
    from topogen.report.demand_report import Scope
    from topogen.report.table import Row
    from topogen.study.wafers import Wafers, WafersOfBuilds

BASIS = (
    "Units: dies of all builds with spares, divided by the yield after the wafer (--yield). Good dies are "
    "whole dies; wafers are whole wafers of each die."
)


def wafers_report(
    fabric: Fabric, found: WafersOfBuilds, revision: tuple[str, str], scope: Scope, *, programs: bool = False
) -> Report:
    """Return one row per kind of die; for people also the answer, the source of each die, and what lacks."""
    columns = (
        text("part", "part_id"),
        text("wafer", drop=4),
        number("die mm2", "die_area_mm2"),
        number("gross dies", "gross_dies_per_wafer", decimal(1), drop=3),
        number("yield", "yield_pct", percent),
        number("good dies", "good_dies_per_wafer"),
        number("units", show=format_count),
        number("wafers", show=format_count),
        spans("USD per wafer", "wafer_price_usd", drop=2),
        spans("USD", "wafer_spend_usd"),
    )
    rows: list[Row] = [
        (
            row.part, row.wafer or None, row.area_mm2, row.gross.dies if row.gross else None,
            None if row.yield_share is None else 100 * row.yield_share, row.good, row.units, row.wafers,
            row.wafer_price_usd, row.spend_usd,
        )
        for row in found.rows
    ]  # fmt: skip
    facts: dict[str, str | None] = {
        "name": fabric.name, "scenario": fabric.scenario or None, "builds": str(found.builds),
        **scope.facts, "at_least": "yes" if found.unknown else "no",
        "unknown": ", ".join(found.unknown) or None, "topology_rev": revision[0], "catalog_rev": revision[1],
    }  # fmt: skip
    if programs:
        return Report([Table("wafers", columns, rows)], facts)
    title = f"Wafers for {format_count(found.builds)} x {fabric.name}"
    said = [*_answer(found), *map(_source, found.rows), f"{scope.basis} {BASIS}"]
    said.append(revision_line(*revision))
    return Report([Table("wafers", columns, rows, title), *(Note(one) for one in said if one)], facts)


def _answer(found: WafersOfBuilds) -> Iterator[str]:
    """Yield what all wafers cost, and what that leaves out."""
    known = [row for row in found.rows if row.spend_usd is not None]
    if not found.rows:
        yield "The interconnect has no die of its own: its parts are bought whole, without stated contents."
    if known:
        bound = "at least " if found.unknown else ""
        packages = found.gpus * found.builds
        each = f", {span(scaled(found.spend_usd, Fraction(1, packages)))} per GPU package" if packages else ""
        count = sum(row.wafers or 0 for row in known)
        yield f"{format_count(count)} wafers for {bound}{span(found.spend_usd)} USD{each}."
    if found.unknown:
        yield f"Not known, because the catalog has no die, yield or wafer price: {', '.join(found.unknown)}."


def _source(row: Wafers) -> str:
    """Return the basis of the yield and price of a die."""
    if row.area_mm2 is None and row.good is None:
        return ""
    how = "good dies stated" if row.is_implied or row.yield_share is None else "yield stated"
    gross = ""
    if row.gross and row.yield_share is not None:
        word = "implied yield" if row.is_implied else "yield"
        gross = f", {word} {percent(100 * row.yield_share)} of {quantity(row.gross.dies)} {row.gross.how}"
    price = f"; wafer {row.wafer} at {money(row.wafer_price_usd.base)} USD" if row.wafer_price_usd else ""
    said = ", ".join(one for one in (row.said.source, row.said.as_of, row.said.confidence) if one)
    return f"{row.part}: {how}{gross}{price}{f' ({said})' if said else ''}."
