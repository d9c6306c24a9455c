"""Where pooled and plugged parts stand: engines, light sources, modules, in the places that own them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.cabling.cages import cage_uses, side_of
from topogen.model.fabric import place_ids
from topogen.takeoff.pools import pools_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.cabling.cages import CageUse
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.takeoff.quantities import Quantity

NOWHERE = -1


class PlacedPart(NamedTuple):
    """Pieces of a part in each place of a level, shape (places,), for the devices of some groups."""

    part: str
    line: str
    network: str
    level: str
    groups: list[DeviceGroup]
    pieces: Ints


def placed_parts(
    fabric: Fabric, quantities: Iterable[Quantity], *, spares: bool = True
) -> Iterator[PlacedPart]:
    """Yield what is plugged in, then what is pooled, in the order of the take-off, fitted spares or not."""
    yield from _plugged_parts(fabric)
    yield from _pooled(fabric, quantities, spares=spares)


def _pooled(fabric: Fabric, quantities: Iterable[Quantity], *, spares: bool) -> Iterator[PlacedPart]:
    for row in quantities:
        if row.part and row.per == "pool":
            pools = pools_of(fabric, fabric.catalog.media[row.medium], row.network, every=True)
            pool = next(pool for pool in pools if pool.line.name == row.line)
            made = pool.placed.by_number()
            pieces = made + pool.line.spare * (made > 0) * spares
            groups = [fabric.groups[index] for index in pool.placed.owner]
            yield PlacedPart(row.part, row.line, row.network, pool.placed.level, groups, pieces)


def _plugged_parts(fabric: Fabric) -> Iterator[PlacedPart]:
    for use in cage_uses(fabric):
        kind = use.port
        for user in use.cages:
            link, side = side_of(user)
            media = fabric.links[link].media
            for line in fabric.catalog.media[media[side]].recipe.values() if media else ():
                part = line.part_for(kind.cage_links, kind.lanes, kind.lane_rate)
                if line.per == "end" and part:
                    level, groups, cages = _cages_of(fabric, use, user)
                    network = fabric.links[link].network
                    yield PlacedPart(part, line.name, network, level, groups, cages * line.qty)


def _cages_of(fabric: Fabric, use: CageUse, user: int) -> tuple[str, list[DeviceGroup], Ints]:
    """Return the level of what cages belong to, the devices there, and how many cages each of them has."""
    level = use.port.cage_on or "device"
    alike = [group for group in fabric.groups if group.type.name == use.group.type.name]
    groups = [use.group] if level == "device" else alike
    owners = np.unique(np.concatenate([_places_of_devices(fabric, group, level) for group in groups]))
    cages = np.zeros(int(owners.max()) + 1, np.int64)
    cages[owners] = (use.owners.full() == user).sum(axis=1)
    return level, groups, cages


def nodes_of_places(fabric: Fabric, node: Ints, one: PlacedPart) -> Ints:
    """Return the node that each place lies in, shape (places,); NOWHERE where it serves several.

    ``node`` maps devices to nodes, such as racks or boxes of a picture, shape (devices,).
    """
    lowest = np.full(len(one.pieces), len(node) + 1, np.int64)
    highest = np.full(len(one.pieces), NOWHERE, np.int64)
    for group in one.groups:
        places = _places_of_devices(fabric, group, one.level)
        there = places < len(one.pieces)
        nodes = node[group.first : group.first + group.count][there]
        np.minimum.at(lowest, places[there], nodes)
        np.maximum.at(highest, places[there], nodes)
    return np.where(lowest == highest, highest, NOWHERE)


def _places_of_devices(fabric: Fabric, group: DeviceGroup, level: str) -> Ints:
    """Return the place of each device of a group; one in none is a place of its own, numbered after them."""
    places = place_ids(fabric, group, level)
    if places is not None:
        return places
    return place_count(fabric, level) + group.first + np.arange(group.count)


def place_count(fabric: Fabric, level: str) -> int:
    """Return the number of places of a level."""
    return sum(place.count for place in fabric.places if place.level == level)
