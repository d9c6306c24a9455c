"""Pieces of a pool that are bought and partly stay idle."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import contents
from topogen.records import dataclass
from topogen.takeoff.quantities import PoolQuantity
from topogen.units import format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.errors import Problems
    from topogen.model.fabric import Fabric
    from topogen.takeoff.pools import DemandClass
    from topogen.takeoff.quantities import Quantity

IDLE = {"engine": "W306", "els": "W307"}
"""The recipe lines that are looked at, and the code of what is found."""


@dataclass(frozen=True)
class _Fill:
    """What places ask of their pieces, and what those could serve."""

    asked: int
    offered: int

    @property
    def percent(self) -> Fraction:
        return Fraction(100 * self.asked, self.offered)


def warn_of_idle_pieces(fabric: Fabric, quantities: Iterable[Quantity], problems: Problems) -> None:
    """Note engines and external light sources that are not filled, unless the file expects their number."""
    rows = tuple(quantities)
    expected = {key.split()[0] for key in fabric.spec.expect.parts}
    for row in rows:
        if not isinstance(row, PoolQuantity) or row.line not in IDLE or row.part in {None, *expected}:
            continue
        each = Fraction(row.serves, fabric.catalog.media[row.medium].recipe[row.line].qty)
        fills = {one: _fill(one, each) for one in row.classes}
        total = _Fill(sum(one.asked for one in fills.values()), sum(one.offered for one in fills.values()))
        if total.asked < total.offered:
            path = ("catalog", "media", row.medium, "recipe", row.line)
            count = format_decimal(sum((_pieces(fabric, one, row) for one in rows), Fraction(0)), 6)
            hint = (
                "share them over a larger level (round_per); to accept this, "
                f"add expect: {{parts: {{{row.part} in {row.network}: {count}}}}}"
            )
            problems.add(IDLE[row.line], _words(row, total, fills), path, hint)


def _pieces(fabric: Fabric, row: Quantity, of: PoolQuantity) -> Fraction:
    """Return how many of a pool's part a row brings to the same network, those inside other parts too."""
    if row.part is None or of.part is None or of.network not in row.network.split("+"):
        return Fraction(0)
    inside = contents(fabric.catalog, row.part).get(of.part, Fraction(0))
    return row.qty * (inside + int(row.part == of.part))


def _fill(one: DemandClass, each: Fraction) -> _Fill:
    return _Fill(one.scopes * one.demand, int(one.scopes * one.pieces * each))


def _words(row: PoolQuantity, total: _Fill, fills: dict[DemandClass, _Fill]) -> str:
    """Return how far the pieces are filled, and where the least."""
    worst = min(fills, key=lambda one: fills[one].percent)
    filled, idle = format_decimal(total.percent, 1), format_count(total.offered - total.asked)
    return (
        f"{format_count(row.qty)} {row.part} in {row.network} are {filled}% used: "
        f"{idle} of {format_count(total.offered)} {row.unit}s are idle ({format_count(worst.scopes)} "
        f"{worst.host}: {format_count(worst.pieces)} each for {format_count(worst.demand)} of "
        f"{format_count(fills[worst].offered // worst.scopes)})"
    )
