"""Which types of GPU links and parts serve, and totals per GPU by type, where a fabric has several types."""

from __future__ import annotations

from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NOTHING, plus, unit_price
from topogen.language.device import SWITCH_ROLES
from topogen.records import dataclass
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.power import watts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.quantities import Quantity
    from topogen.units import Triple


@dataclass(frozen=True)
class TypeTotals:
    """Totals of what serves exactly these GPU types; ``gpus`` is the number of GPUs of these types.

    ``partial`` says that a price is not known, ``dark`` that watts are not known.
    """

    types: tuple[str, ...]
    gpus: int
    links: int
    cost_usd: Triple
    power_w: Triple
    partial: bool
    dark: bool


def gpus_by_type(fabric: Fabric) -> dict[str, int]:
    """Return the number of GPU packages of each type, in the order of the file."""
    found: dict[str, int] = {}
    for group in fabric.groups:
        if group.type.role == "gpu":
            found[group.type.name] = found.get(group.type.name, 0) + group.count
    return found


class GpuTypes:
    """The types of GPU of a fabric, and which of them each link group serves.

    A link group serves the GPUs that its network leads to. An endpoint that is no GPU, such as a NIC, leads
    to the GPUs on the same board, or else to those of its own tray, node or rack. Links that lead to no GPU
    serve all types.
    """

    def __init__(self, fabric: Fabric) -> None:
        """Find the types that each link group serves."""
        self.counts = gpus_by_type(fabric)
        self._fabric = fabric
        self._of_link = {}
        networks = {link.network for link in fabric.links}
        self._parts = {network: _connected(fabric, network) for network in networks}
        for link in fabric.links:
            at = next((block.a.group for block in link.blocks), None)
            self._of_link[link.name] = self._reached(link.network, at)

    @property
    def several(self) -> bool:
        """Return whether the fabric has several types of GPU."""
        return len(self.counts) > 1

    def served_by(self, links: Iterable[str]) -> tuple[str, ...]:
        """Return the types of GPU that some link groups serve together, in the order of the file."""
        found = {kind for link in links for kind in self._of_link[link]}
        return tuple(kind for kind in self.counts if kind in found or not found)

    def served_by_part(self, row: Quantity) -> tuple[str, ...]:
        """Return the types of GPU that the links of a quantity serve."""
        return self.served_by(row.groups or {one.group for one in row.affects})

    def number_of(self, types: Iterable[str]) -> int:
        """Return the number of GPUs of some types."""
        return sum(self.counts[kind] for kind in types)

    def _reached(self, network: str, at: int | None) -> set[str]:
        """Return the types of GPU at the links of a network that hang together with a device group."""
        if at is None:
            return set()
        whole = next(part for part in self._parts[network] if at in part)
        return {kind for index in whole for kind in self._behind(index)}

    def _behind(self, index: int) -> set[str]:
        """Return the types of GPU that a device group is or stands for."""
        groups = self._fabric.groups
        group = groups[index]
        if group.type.role == "gpu":
            return {group.type.name}
        if group.type.role in SWITCH_ROLES:
            return set()
        boards = [part for part in self._parts.get("board", ()) if index in part]
        near = {groups[one].type.name for part in boards for one in part if groups[one].type.role == "gpu"}
        return near or _types_beside(self._fabric, group)


def _connected(fabric: Fabric, network: str) -> list[set[int]]:
    """Return the device groups of a network that hang together, as sets of their numbers."""
    found: list[set[int]] = []
    for link in fabric.links:
        if link.network == network:
            linked = {end.group for block in link.blocks for end in (block.a, block.b) if end}
            apart = [part for part in found if part.isdisjoint(linked)]
            found = [*apart, linked.union(*(part for part in found if not part.isdisjoint(linked)))]
    return found


def _types_beside(fabric: Fabric, group: DeviceGroup) -> set[str]:
    """Return the types of GPU in the innermost place around a device group that has any."""
    depths = {one.type.name: _shared_depth(one, group) for one in fabric.groups if one.type.role == "gpu"}
    deepest = max(depths.values(), default=0)
    return {kind for kind, depth in depths.items() if depth == deepest and deepest}


def _shared_depth(one: DeviceGroup, other: DeviceGroup) -> int:
    """Return how many places two device groups have in common, from the outermost in."""
    pairs = zip(one.path[:-1], other.path[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def totals_by_type(fabric: Fabric, quantities: Iterable[Quantity]) -> list[TypeTotals]:
    """Return totals of what serves each type of GPU alone, then of what several types share.

    The totals add up to those of the fabric: interconnect and network devices, hosts left out. Empty where
    there are no two types.
    """
    kinds = GpuTypes(fabric)
    if not kinds.several:
        return []
    links: dict[tuple[str, ...], list[LinkGroup]] = {(kind,): [] for kind in kinds.counts}
    for link in fabric.links:
        links.setdefault(kinds.served_by([link.name]), []).append(link)
    rows: dict[tuple[str, ...], list[Quantity]] = {types: [] for types in links}
    for row in quantities:
        if row.cost_scope in COUNTED:
            rows.setdefault(kinds.served_by_part(row), []).append(row)
    return [
        _totals(fabric, (types, kinds.number_of(types)), links.get(types, []), mine)
        for types, mine in sorted(rows.items(), key=lambda item: len(item[0]))
    ]


def _totals(
    fabric: Fabric, of: tuple[tuple[str, ...], int], links: list[LinkGroup], rows: list[Quantity]
) -> TypeTotals:
    catalog, cost = fabric.catalog, NOTHING
    partial = dark = any(link.media is None for link in links)
    for row in rows:
        price = unit_price(catalog, row.part, row.length_mm) if row.part else None
        partial |= bool(row.qty) and (price is None or bool(price.gap))
        dark |= bool(row.qty_active) and (row.part is None or catalog.parts[row.part].power_w is None)
        if price and price.usd:
            cost = plus(cost, price.usd, Fraction(row.qty))
    n_links = sum(link.count for link in links)
    return TypeTotals(*of, n_links, cost, watts_of(catalog, rows), partial, dark)
