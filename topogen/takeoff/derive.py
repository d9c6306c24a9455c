"""Derivations of quantities, built on request from the same classes that the take-off counts.

`derive` is a separate pass, so that a build that explains nothing does not pay for it. A property test holds
every derivation against its quantity.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link
from topogen.model.expand import expand
from topogen.records import dataclass
from topogen.takeoff.derivation import Ceiling, Leaf, Product, Ratio, Sum, evaluate, sum_of
from topogen.takeoff.link_ends import end_rows, fibres_value, free_rows, lane_rows, pairs_value
from topogen.takeoff.patched import PatchQuantity
from topogen.takeoff.quantities import EndQuantity, PoolQuantity
from topogen.takeoff.take_off import networks_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.catalog.model import Line, Medium
    from topogen.errors import Path
    from topogen.model.devices import DeviceGroup, PlaceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.model.path import Steps
    from topogen.takeoff.derivation import Value
    from topogen.takeoff.link_ends import LaneRow, SideIndex
    from topogen.takeoff.pools import DemandClass
    from topogen.takeoff.quantities import Quantity


def derive(fabric: Fabric, rows: Sequence[Quantity]) -> Value:
    """Return the derivation of quantities of one part, recipe line and owner; it evaluates to their sum.

    Rows belong together where `owner_key` is the same.
    """
    first = rows[0]
    if isinstance(first, PoolQuantity | PatchQuantity):
        return patched_value(rows) if isinstance(first, PatchQuantity) else pool_value(fabric, first)
    if not first.medium:
        return bought_value(fabric, rows)
    if first.per == "link":
        return times(cables_value(fabric, rows), first.classes[0].pieces)
    if first.per == "lane":
        one = first.classes[0]
        return Product((strands_value(fabric, first), Leaf(one.pieces // one.demand)))
    if first.per == "end":
        return sum_of([one.value for one in cages_of(fabric, rows)])
    return media_devices_value(rows)


def owner_key(row: Quantity) -> tuple[str, ...]:
    """Return what quantities have in common that are derived together."""
    groups = row.groups if row.per in ("link", "lane") else ()
    return (row.per, row.medium, row.network if row.medium else "", row.line, row.part or "", *groups)


def together(rows: Sequence[Quantity]) -> list[list[Quantity]]:
    """Return quantities by `owner_key`, in order."""
    found: dict[tuple[str, ...], list[Quantity]] = {}
    for row in rows:
        found.setdefault(owner_key(row), []).append(row)
    return list(found.values())


def name_of(row: Quantity) -> str:
    """Return the part of a quantity, or the recipe line where no part is named."""
    return row.part or row.line


def times(value: Value, pieces: int, source: Path = ()) -> Value:
    """Return a value times the pieces for each, as it is where that is one."""
    return value if pieces == 1 else Product((value, Leaf(pieces, source=source)))


def _link(fabric: Fabric, name: str) -> LinkGroup:
    return next(link for link in fabric.links if link.name == name)


def _recipe(row: Quantity, key: str) -> Path:
    return ("catalog", "media", row.medium, "recipe", row.line, key)


# What links and their lanes own


def cables_value(fabric: Fabric, rows: Sequence[Quantity]) -> Value:
    """Return the cables of a link group: links / links per cable, or cables by how many links they hold."""
    link = _link(fabric, rows[0].groups[0])
    cables = sum(one.scopes for row in rows for one in row.classes)
    if cables * link.links_per_cable != link.count:
        return Sum(tuple(Leaf(count) for _, count in cable_sizes(fabric, link)))
    what = name_of(rows[0]) if rows[0].classes[0].pieces == 1 else "cable"
    return Ratio(Leaf(link.count, unit="link"), Leaf(link.links_per_cable, f"per {what}", "link"))


def cable_sizes(fabric: Fabric, link: LinkGroup) -> list[tuple[int, int]]:
    """Return (links, cables that hold so many), for cages that are not filled by whole cables."""
    sizes = Counter(np.bincount(cable_of_link(fabric, link, expand(fabric, link))).tolist())
    return sorted(sizes.items())


def strands_value(fabric: Fabric, row: Quantity) -> Value:
    """Return the fibre strands or differential pairs of a quantity that lanes own."""
    link = _link(fabric, row.groups[0])
    value = fibres_value(fabric, link) or pairs_value(fabric, link)
    assert value is not None  # noqa: S101 - lanes own strands or pairs
    return value


def patched_value(rows: Sequence[Quantity]) -> Value:
    """Return cords as their number, and trunks as positions / positions per trunk, rounded up."""
    return sum_of([_patched(row) for row in rows])


def _patched(row: Quantity) -> Value:
    one = row.classes[0]
    if not isinstance(row, PatchQuantity) or row.unit != "trunk":
        return Leaf(row.qty, unit=row.unit)
    capacity = Leaf(row.capacity, "per trunk", row.demand_unit)
    return Ceiling(Ratio(Leaf(one.demand, unit=row.demand_unit), capacity))


# What ends own


@dataclass(frozen=True)
class Cages:
    """The modules at one end of a link group: its ``links`` end in cages of ``per_cage``."""

    link: str
    host: str
    links: int
    per_cage: int
    filled: bool
    value: Value


def cages_of(fabric: Fabric, rows: Sequence[Quantity]) -> list[Cages]:
    """Return the modules of quantities end by end: link ends / links per cage, or cages not all full."""
    ends: dict[tuple[str, str, str], list[Quantity]] = {}
    for row in rows:
        side = row.side if isinstance(row, EndQuantity) else "a"
        ends.setdefault((row.groups[0], side, row.classes[0].host), []).append(row)
    return [_cages(fabric, side, here) for (_, side, _), here in ends.items()]


def _cages(fabric: Fabric, side: str, rows: Sequence[Quantity]) -> Cages:
    link, one = _link(fabric, rows[0].groups[0]), rows[0].classes[0]
    cages = sum(row.classes[0].scopes for row in rows)
    sides: tuple[SideIndex, ...] = (0, 1) if link.joins_alike else (1,) if side == "b" else (0,)
    links = sum(end.total for end in end_rows(fabric, link, sides) if end.device == one.host)
    filled = links == cages * one.demand
    count: Value = Leaf(cages, unit="cage")
    if filled:
        count = Ratio(Leaf(links, unit="link end"), Leaf(one.demand, "a cage", "link"))
    value = times(count, one.pieces, _recipe(rows[0], "qty"))
    return Cages(link.name, one.host, links, one.demand, filled, value)


# What devices own


def media_devices_value(rows: Sequence[Quantity]) -> Value:
    """Return what a medium needs once per device: devices x pieces."""
    classes = [(row, one) for row in rows for one in row.classes]
    return sum_of(
        [
            Product((Leaf(one.scopes, one.host), Leaf(one.pieces, source=_recipe(row, "qty"))))
            for row, one in classes
        ]
    )


def bought_value(fabric: Fabric, rows: Sequence[Quantity]) -> Value:
    """Return the devices and places that are bought as a part, as products down the tree of places."""
    groups, places = bought_as(fabric, rows)
    return sum_of([*(group_value(group) for group in groups), *(path_value(place.path) for place in places)])


def bought_as(fabric: Fabric, rows: Sequence[Quantity]) -> tuple[list[DeviceGroup], list[PlaceGroup]]:
    """Return the device groups and place groups behind quantities that no medium owns."""
    part = rows[0].part
    wanted = {(row.classes[0].host, row.network) for row in rows}
    hosts = {host for host, _ in wanted}
    groups = [
        group
        for index, group in enumerate(fabric.groups)
        if group.type.part == part and (group.label, "+".join(networks_at(fabric, index))) in wanted
    ]
    return groups, [place for place in fabric.places if place.template in hosts and place.part == part]


def group_value(group: DeviceGroup) -> Value:
    """Return the devices of a group: a path down the tree, or a number where a fabric makes them."""
    return Leaf(group.count, group.label) if group.role else path_value(group.path)


def path_value(path: Steps) -> Value:
    """Return the places or devices that a path makes: ``4 nvl72 x 18 compute_tray x 4 nic``."""
    return Product(tuple(Leaf(step.count, step.type) for step in path))


# What pools own


def pool_value(fabric: Fabric, row: PoolQuantity, *, spare: bool = True) -> Value:
    """Return a pooled quantity: the sum over classes of places x ceil(demand / capacity), and spares."""
    return _pooled(fabric, row, row.classes, row.spare if spare else 0)


def buildable_value(fabric: Fabric, row: PoolQuantity, *, spare: bool = True) -> Value:
    """Return what can really be fitted of a pooled quantity, in the places where its pieces are fitted."""
    pieces = sum(one.scopes * one.pieces for one in row.buildable_classes)
    return _pooled(fabric, row, row.buildable_classes, row.buildable - pieces if spare else 0)


def _pooled(fabric: Fabric, row: PoolQuantity, classes: Sequence[DemandClass], spare: int) -> Value:
    line = fabric.catalog.media[row.medium].recipe[row.line]
    terms: list[Value] = [
        Product(
            (
                Leaf(one.scopes, one.host),
                times(Ceiling(Ratio(_asked(row, one), _capacity(line, row))), line.qty, _recipe(row, "qty")),
            )
        )
        for one in classes
    ]
    return sum_of([*terms, *([Leaf(spare, "spare", source=_recipe(row, "spare"))] if spare else [])])


def _asked(row: PoolQuantity, one: DemandClass) -> Leaf:
    return Leaf(one.demand, unit="lane") if row.unit == "lane" else Leaf(one.demand, row.unit)


def _capacity(line: Line, row: PoolQuantity) -> Leaf:
    each, unit = line.serves or (1, "lanes")
    source = _recipe(row, "serves") if line.serves else ()
    if unit == "lanes":
        return Leaf(each, f"per {name_of(row)}", "lane", source)
    return Leaf(each, f"{unit} per {name_of(row)}", source=source)


def lanes_of(fabric: Fabric, row: PoolQuantity) -> list[LaneRow]:
    """Return the lanes that a pool serves, in the end: those of links, then of free ports that count."""
    medium = fabric.catalog.media[row.medium]
    free = counts_all_ports(medium, medium.recipe[row.line])
    found = lane_rows(fabric, medium, row.network)
    return [*found, *(free_rows(fabric, medium, row.network) if free else [])]


def counts_all_ports(medium: Medium, line: Line) -> bool:
    """Return whether the lanes behind a recipe line include those of free ports."""
    while line.serves and line.serves[1] in medium.recipe:
        line = medium.recipe[line.serves[1]]
    return line.demand == "all_ports"


def as_number(value: Value, unit: str) -> Leaf:
    """Return what a derivation comes to as one number, to go on from there."""
    return Leaf(evaluate(value), unit=unit)
