"""What an order still lacks: part numbers, lengths that were assumed, spares that cannot be worked out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from topogen.catalog.pricing import unit_price
from topogen.ordering.inside import Inside
from topogen.ordering.spares import is_spared_by_tray, tray_named, trays_of
from topogen.takeoff.gaps import gap_of
from topogen.takeoff.quantities import LinkQuantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.fabric import Fabric
    from topogen.ordering.orders import OrderLine
    from topogen.takeoff.gaps import Gap
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp


def gaps_of_orders(fabric: Fabric, rollup: RollUp, lines: Sequence[OrderLine]) -> tuple[Gap, ...]:
    """Return what the order lacks beside the gaps of the design."""
    return (
        *_without_price(fabric, rollup, lines),
        *_at_another_price(fabric, rollup, lines),
        *_without_mpn(fabric, rollup, lines),
        *_with_default_length(fabric, rollup),
        *_without_spares(fabric, rollup, lines),
    )


def _rows_of(rollup: RollUp, line: OrderLine) -> list[Quantity]:
    """Return the quantities behind a line: its own, and those of the parts that it is an alternate of."""
    asked = {line.part, *line.alternate_of}
    return [
        row
        for one in rollup.lines
        if one.part in asked and one.length_mm == line.length_mm
        for row in one.quantities
    ]


def _without_price(fabric: Fabric, rollup: RollUp, lines: Sequence[OrderLine]) -> Iterator[Gap]:
    """Yield the parts without a price that are ordered for one that has a price: alternates."""
    lacking = {gap.part for gap in rollup.gaps if gap.lacks_price}
    found: dict[str, list[OrderLine]] = {}
    for line in lines:
        if line.order and line.unit is None and line.part not in lacking:
            found.setdefault(line.part, []).append(line)
    for part, some in found.items():
        rows = [row for line in some for row in _rows_of(rollup, line)]
        gap = gap_of(fabric, rows, "no_price", part, f"give {part} a price_usd: its order has no cost")
        yield replace(gap, qty=sum(line.design for line in some))


def _at_another_price(fabric: Fabric, rollup: RollUp, lines: Sequence[OrderLine]) -> Iterator[Gap]:
    """Yield the alternates whose own price is not the one that their id states and the design counts."""
    found: dict[tuple[str, str], list[OrderLine]] = {}
    for line in lines:
        for name in line.alternate_of:
            own, counted = (
                unit_price(fabric.catalog, part, line.length_mm).usd for part in (line.part, name)
            )
            stated = fabric.catalog.parts[name].price_usd or fabric.catalog.parts[name].terms.length_prices
            if stated and own and counted and own.base != counted.base:
                found.setdefault((line.part, name), []).append(line)
    for (part, name), some in found.items():
        words = f"{part} is ordered at its own price, the design counts that of {name}: give only one of them"
        gap = gap_of(
            fabric, [row for line in some for row in _rows_of(rollup, line)], "other_price", part, words
        )
        yield replace(gap, qty=sum(line.design for line in some))


def _without_mpn(fabric: Fabric, rollup: RollUp, lines: Sequence[OrderLine]) -> Iterator[Gap]:
    """Yield the parts that are ordered without a part number, each once for all such lengths."""
    found: dict[str, list[OrderLine]] = {}
    for line in lines:
        if line.order and not fabric.catalog.parts[line.part].mpn_of(line.length_mm):
            found.setdefault(line.part, []).append(line)
    for part, some in found.items():
        key = "lengths_m a part number each" if fabric.catalog.parts[part].lengths_mm else "an mpn"
        rows = [row for line in some for row in _rows_of(rollup, line)]
        gap = gap_of(fabric, rows, "no_mpn", part, f"give {part} {key}")
        yield replace(gap, qty=sum(line.design for line in some))


def _with_default_length(fabric: Fabric, rollup: RollUp) -> Iterator[Gap]:
    """Yield the cables some of whose lengths are not measured but assumed."""
    rows: dict[str, list[Quantity]] = {}
    for line in rollup.lines:
        assumed = [r for r in line.quantities if isinstance(r, LinkQuantity) and "default" in r.length_basis]
        if assumed:
            rows.setdefault(line.part, []).extend(assumed)
    for part, asked in rows.items():
        words = "some or all of these lengths are assumed: place the racks in layout, or give lengths"
        yield gap_of(fabric, asked, "default_length", part, words)


def _without_spares(fabric: Fabric, rollup: RollUp, lines: Sequence[OrderLine]) -> Iterator[Gap]:
    """Yield the parts whose spares cannot be worked out, each once for all lengths."""
    inside = Inside(fabric, rollup, open_systems=False)
    told: set[str] = set()
    for line in lines:
        words = _why_no_spares(fabric, inside, line)
        if words and line.part not in told:
            told.add(line.part)
            yield gap_of(fabric, _rows_of(rollup, line), "no_spares", line.part, words)


def _why_no_spares(fabric: Fabric, inside: Inside, line: OrderLine) -> str:
    if line.spares.pieces is None:
        return f"spares by service level need {line.spares.lacks} of {line.part}"
    parts = fabric.catalog.parts
    asked = parts[line.part].terms.spare or any(parts[part].terms.spare for part in line.alternate_of)
    if not asked or line.opened or not is_spared_by_tray(parts[line.part]):
        return ""
    trays = [tray_named(fabric, name) for part in (line.part, *line.alternate_of)
             for name in trays_of(fabric, part, inside)]  # fmt: skip
    nameless = [tray.name for tray in trays if tray.part is None]
    if nameless:
        return f"spared by {', '.join(nameless)}, which is not bought as one part: give it a part"
    return "" if trays else "not replaced in the field, and in no single tray: spare it by hand"
