"""Cells of a part that several tables share: identity, price and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.catalog.model import Provenance
from topogen.takeoff.bill import COUNTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.catalog.model import Catalog, Part
    from topogen.columns.cells import Row
    from topogen.model.fabric import Fabric
    from topogen.takeoff.quantities import Quantity
    from topogen.units import Triple


def identity(part: Part, length_mm: int | None = None) -> Row:
    """Return what a part is called and who makes it."""
    return {
        "part_id": part.id,
        "mpn": part.mpn_of(length_mm),
        "manufacturer": ";".join(part.made_by),
        "description": part.description,
    }


def price_basis(part: Part, unit: Triple | None) -> str | None:
    """Return how the price of a part came about, None without a price."""
    if unit is None:
        return None
    if part.terms.length_prices:
        return "price"
    if part.price_usd is None:
        return "mean_of_alternates"
    if part.price_per_m_usd is not None:
        return "price_and_metres"
    return "wafer_over_good_dies" if part.die else "price"


def price_provenance(catalog: Catalog, part: Part, unit: Triple | None) -> Provenance:
    """Return who says the price, nobody without one; a mean is as its first alternate says."""
    if unit is None:
        return Provenance(None, None, None)
    if part.price_usd is None and part.alternates:
        return catalog.parts[next(iter(part.alternates))].says("price_usd")
    return part.says("price_usd")


def is_counted(cost_scope: str) -> bool:
    """Return whether costs of this scope are summed; those of hosts are only shown."""
    return cost_scope in COUNTED


def categories(quantities: Iterable[Quantity]) -> str:
    """Return the recipe lines of some quantities, ``device`` for what devices are bought as."""
    return ";".join(dict.fromkeys(row.line for row in quantities))


def n_racks(fabric: Fabric) -> int:
    """Return the number of places of level rack."""
    return sum(place.count for place in fabric.places if place.level == "rack")
