"""Value by layer of the value chain, and the value that is nobody's, with the reason."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.earnings import earnings
from topogen.catalog.pricing import NOTHING, UNASSIGNED, plus, why_unassigned
from topogen.records import dataclass
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.take_off import network_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topogen.catalog.model import Catalog
    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.roll_up import VendorRow
    from topogen.units import Triple

FIBRE_LAYERS = ("fibre", "fibre_cord", "fibre_panel", "fibre_shuffle", "pm_fibre")
"""Layers of passive fibre: cords, panel connectors, shuffles and the fibre of light sources."""


@dataclass(frozen=True)
class Unassigned:
    """Value of one layer of one part that is nobody's; ``reason`` is no_maker or content_not_priced."""

    part: str
    layer: str
    reason: str
    value: Triple


def unassigned_value(
    catalog: Catalog, rows: Iterable[VendorRow], scopes: Iterable[str] = COUNTED
) -> list[Unassigned]:
    """Return what nobody earns in the content view, the largest first."""
    found = [
        Unassigned(row.part, row.layer, why_unassigned(catalog, row.part), row.value)
        for row in _content(rows, scopes)
        if row.vendor == UNASSIGNED and row.value
    ]
    return sorted(found, key=lambda one: (-one.value.base, one.part, one.layer))


def value_by_layer(rows: Iterable[VendorRow], scopes: Iterable[str] = COUNTED) -> Mapping[str, Triple]:
    """Return the value of each layer in the content view, the largest first; the sum is exactly what is paid.

    Value of parts without a layer stands under the empty name, a stated margin under ``margin``.
    """
    found: dict[str, Triple] = {}
    for row in _content(rows, scopes):
        if row.value:
            found[row.layer] = plus(found.get(row.layer, NOTHING), row.value)
    return dict(sorted(found.items(), key=lambda item: (-item[1].base, item[0])))


def value_by_network(
    catalog: Catalog, lines: Iterable[BomLine], scopes: Iterable[str] = COUNTED
) -> dict[tuple[str, str], Fraction]:
    """Return the base value of each layer and network; the sum is exactly what is paid.

    What serves several networks, or none, stands under ``shared``.
    """
    wanted, found = tuple(scopes), dict[tuple[str, str], Fraction]()
    for line in lines:
        if line.unit is None or line.cost_scope not in wanted:
            continue
        networks: dict[str, int] = {}
        for row in line.quantities:
            networks[network_share(row)] = networks.get(network_share(row), 0) + row.qty
        for network, qty in networks.items():
            for earned in earnings(catalog, line.part, line.unit, Fraction(qty)):
                key = earned.layer, network
                found[key] = found.get(key, Fraction(0)) + earned.usd.base
    return found


def _content(rows: Iterable[VendorRow], scopes: Iterable[str]) -> list[VendorRow]:
    wanted = tuple(scopes)
    return [row for row in rows if row.view == "content" and row.cost_scope in wanted]
