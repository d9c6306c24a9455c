"""Who earns the interconnect: by layer, and what is nobody's."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import (
    NO_MAKER,
    NOT_PRICED,
    candidates_text,
    high,
    low,
    market_basis,
    unpriced_contents,
)
from topogen.report.table import Note, Table, decimal, money, number, text, words
from topogen.takeoff.value_layers import unassigned_value, value_by_layer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.catalog.model import Catalog
    from topogen.takeoff.roll_up import RollUp
    from topogen.takeoff.value_layers import Unassigned

MAX_UNASSIGNED = 6
_REASONS = {NO_MAKER: "no maker published", NOT_PRICED: "content not priced"}
SCOPES = ("interconnect",)


MARKET = ("asp", "list")


def usd_by_basis(catalog: Catalog, rollup: RollUp) -> dict[str, Fraction]:
    """Return the cost of the interconnect by the basis of its prices, the largest first."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for line in rollup.lines:
        if line.extended and line.cost_scope in SCOPES:
            sums[market_basis(catalog, catalog.parts[line.part]) or "not stated"] += line.extended.base
    return dict(sorted(sums.items(), key=lambda one: -one[1]))


def mixes_markets(bases: Iterable[str]) -> bool:
    """Return whether prices are both a system maker's cost and market prices.

    >>> mixes_markets(["cost", "asp"]), mixes_markets(["asp", "list"])
    (True, False)
    """
    held = set(bases)
    return "cost" in held and not held.isdisjoint(MARKET)


def basis_note(catalog: Catalog, rollup: RollUp) -> list[Note]:
    """Return the market of the prices in the interconnect, and that a total adds cost to market prices."""
    sums = usd_by_basis(catalog, rollup)
    if not sums:
        return []
    listed = ", ".join(f"{basis} {money(usd)}" for basis, usd in sums.items())
    mixed = mixes_markets(sums)
    advice = "; the total adds parts at a system maker's cost to parts at market price" if mixed else ""
    advice = advice or ("; a buyer pays more than a system maker's cost" if "cost" in sums else "")
    return [Note(f"Price basis of the interconnect, USD: {listed}{advice}.")]


def layers_table(rollup: RollUp) -> Table:
    """Return the value of each layer of the interconnect; it adds up to its cost."""
    layers = value_by_layer(rollup.vendors, SCOPES)
    total, gpus = sum(value.base for value in layers.values()), rollup.totals.gpus
    columns = (
        text("layer"),
        number("low", "usd_low", money, drop=2, style="dim"),
        number("USD", "usd", money),
        number("high", "usd_high", money, drop=2, style="dim"),
        number("share", "share_pct", lambda value: f"{decimal(1)(value)}%"),
        number("USD per GPU", "usd_per_gpu", money, drop=1),
    )
    rows = [
        (
            layer or "none stated",
            low(value),
            value.base,
            high(value),
            100 * value.base / total,
            value.base / gpus if gpus else None,
        )
        for layer, value in (layers.items() if total else ())
    ]
    return Table("layers", columns, rows, "Interconnect by layer of the value chain")


def unassigned_table(catalog: Catalog, rollup: RollUp) -> list[Table | Note]:
    """Return the parts whose value is nobody's, with the reason and the makers named for it."""
    found = unassigned_value(catalog, rollup.vendors, SCOPES)
    total = sum(one.value.base for one in found)
    columns = (
        text("part", "part_id"),
        text("layer", drop=1),
        number("USD", "usd", money),
        number("share", "share_pct", lambda value: f"{decimal(1)(value)}%"),
        text("reason", show=_REASONS.__getitem__, drop=2),
        words("maker, contents", "why"),
    )
    rows = [
        (
            one.part,
            one.layer,
            one.value.base,
            100 * one.value.base / total if total else None,
            one.reason,
            _why(catalog, one),
        )
        for one in found
    ]
    more = len(rows) - MAX_UNASSIGNED
    title = "Unassigned value of the interconnect, content view"
    hidden = [Note(f"and {more} more: see per_vendor.csv of a build")] if more > 0 else []
    return [Table("unassigned", columns, rows, title, most=MAX_UNASSIGNED), *hidden]


def _why(catalog: Catalog, one: Unassigned) -> str:
    """Return the makers named for a part, and its contents that have no price."""
    maker = candidates_text(catalog.parts[one.part]) or "no maker named"
    if one.reason == NO_MAKER:
        return maker
    return f"{maker}; without a price: {', '.join(unpriced_contents(catalog, one.part))}"
