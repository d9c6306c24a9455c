"""Power by cost scope: the watts of the parts bought, their sum, and what the sum lacks."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NOTHING, plus
from topogen.records import dataclass
from topogen.takeoff.take_off import NETWORK_ROLES, is_inside, scope_of_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.catalog.model import Catalog
    from topogen.model.fabric import Fabric
    from topogen.takeoff.quantities import Quantity
    from topogen.units import Triple

POWERED = ("interconnect", "network_device", "host")
"""Cost scopes whose power is summed; a system bought whole contains devices that are counted already."""


@dataclass(frozen=True)
class ScopePower:
    """The power of the parts of one cost scope; ``unknown`` names the parts and devices without watts."""

    cost_scope: str
    watts: Triple
    unknown: tuple[str, ...]


def power_by_scope(fabric: Fabric, quantities: Sequence[Quantity]) -> tuple[ScopePower, ...]:
    """Return the power of each cost scope that has parts or devices."""
    missing = list(_unknown(fabric, quantities))
    found = []
    for scope in (*POWERED, "system"):
        rows = [row for row in quantities if row.cost_scope == scope]
        unknown = tuple(dict.fromkeys(name for where, name in missing if where == scope))
        if rows or unknown:
            found.append(ScopePower(scope, watts_of(fabric.catalog, rows), unknown))
    return tuple(found)


def total_power(scopes: Iterable[ScopePower], only: Iterable[str] = POWERED) -> ScopePower:
    """Return the power of several cost scopes together."""
    total, unknown = NOTHING, dict[str, None]()
    for one in scopes:
        if one.cost_scope in only:
            total = plus(total, one.watts)
            unknown |= dict.fromkeys(one.unknown)
    return ScopePower("total", total, tuple(unknown))


def watts_of(catalog: Catalog, quantities: Iterable[Quantity]) -> Triple:
    """Return the power of the pieces whose watts are known. Spares are fitted dark and draw none."""
    total = NOTHING
    for row in quantities:
        watts = catalog.parts[row.part].power_w if row.part else None
        if watts is not None:
            total = plus(total, watts, Fraction(row.qty_active))
    return total


def _unknown(fabric: Fabric, quantities: Iterable[Quantity]) -> Iterator[tuple[str, str]]:
    """Yield the cost scope and name of everything in the model whose watts are not known."""
    for link in fabric.links:
        if link.media is None:
            yield "interconnect", f'links "{link.name}"'
    for row in quantities:
        if not row.qty_active or (row.part is None and row.line == "device"):
            continue  # devices without a part are named below, those that are not bought among them
        if row.part is None:
            yield row.cost_scope, f'{row.line} of "{row.medium}"'
        elif fabric.catalog.parts[row.part].power_w is None:
            yield row.cost_scope, row.part
    whole = [place.path for place in fabric.places if place.part and scope_of_place(fabric, place) in POWERED]
    for group in fabric.groups:
        if not group.type.part and not any(is_inside(group.path, path) for path in whole):
            yield "network_device" if group.type.role in NETWORK_ROLES else "host", group.label
