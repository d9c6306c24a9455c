"""The bill of materials: one line for each part and length that a take-off names, with its price."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NOTHING, contents, plus, scaled, unit_price
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.catalog.model import Catalog
    from topogen.takeoff.quantities import Quantity
    from topogen.units import Triple


COST_SCOPES = ("interconnect", "network_device", "host", "system")
COUNTED = ("interconnect", "network_device")
"""Cost scopes that are summed. Hosts, and systems bought whole, have sums of their own."""


@dataclass(frozen=True)
class BomLine:
    """One orderable part (of one length), with all quantities of it added up.

    ``unit`` and ``extended`` are in US dollars; ``extended`` is None without a price, and for hosts.
    """

    part: str
    length_mm: int | None
    cost_scope: str
    qty: int
    unit: Triple | None
    extended: Triple | None
    networks: tuple[str, ...]
    media: tuple[str, ...]
    quantities: tuple[Quantity, ...]


def bom_lines(catalog: Catalog, quantities: Iterable[Quantity]) -> tuple[BomLine, ...]:
    """Return one line for each part and length, interconnect first, each scope by part id."""
    groups: dict[tuple[int, str, int, int | None], list[Quantity]] = {}
    for row in quantities:
        if row.part and row.qty:
            key = (COST_SCOPES.index(row.cost_scope), row.part, row.length_mm or 0, row.length_mm)
            groups.setdefault(key, []).append(row)
    return tuple(_line(catalog, rows) for _, rows in sorted(groups.items(), key=lambda item: item[0][:3]))


def _line(catalog: Catalog, rows: Sequence[Quantity]) -> BomLine:
    first = rows[0]
    assert first.part  # noqa: S101 - bom_lines keeps rows with a part
    qty = sum(row.qty for row in rows)
    unit = unit_price(catalog, first.part, first.length_mm).usd
    summed = unit is not None and first.cost_scope in COUNTED
    return BomLine(
        part=first.part,
        length_mm=first.length_mm,
        cost_scope=first.cost_scope,
        qty=qty,
        unit=unit,
        extended=scaled(unit, Fraction(qty)) if summed and unit else None,
        networks=tuple(dict.fromkeys(row.network for row in rows if row.network)),
        media=tuple(dict.fromkeys(row.medium for row in rows if row.medium)),
        quantities=tuple(rows),
    )


def content_counts(catalog: Catalog, lines: Iterable[BomLine]) -> dict[str, Fraction]:
    """Return how many of each part are contained in what is bought, by part id."""
    found: dict[str, Fraction] = {}
    for line in lines:
        for part, count in contents(catalog, line.part).items():
            found[part] = found.get(part, Fraction(0)) + count * line.qty
    return dict(sorted(found.items()))


def subtotal(lines: Iterable[BomLine], cost_scope: str) -> Triple:
    """Return the sum of the priced lines of a cost scope; a price without a range is its own low and high."""
    total = NOTHING
    for line in lines:
        if line.cost_scope == cost_scope and line.unit is not None:
            total = plus(total, line.unit, Fraction(line.qty))
    return total
