"""What a naming pattern can say of places and devices: their numbers and where they stand."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.fabric import boxed_in, racks_of_places
from topogen.model.path import count_of
from topogen.model.runs import arange, cumcount
from topogen.naming.rail_numbers import planes_of, pods_of, rails_of, units_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps

UNKNOWN = -1


@dataclass(frozen=True)
class Named:
    """Places or devices of one path: the key of their pattern, and how many of that key came before.

    ``device`` is their device group, None for places. ``before`` counts those of the key, ``beside`` those
    of the key in the same place above.
    """

    path: Steps
    key: str
    device: DeviceGroup | None
    before: int = 0
    beside: int = 0

    @property
    def count(self) -> int:
        """Return how many they are."""
        return count_of(self.path)


class Numbers:
    """The numbers of places and devices of a fabric, each array of shape (places or devices,), from 0."""

    def __init__(self, fabric: Fabric) -> None:
        self._fabric = fabric

    def of(self, field: str, named: Named) -> Ints:
        """Return a number of each, ``UNKNOWN`` for those that have none."""
        makers = {
            "n": self._n,
            "number": self._number,
            "unit": self._unit,
            "u": self._u,
            "rack": self._rack_number,
            "rail": self._rail,
            "plane": self._plane,
            "pod": self._pod,
        }
        return arange(named.count) + named.before if field == "N" else makers[field](named)

    def _n(self, named: Named) -> Ints:
        return arange(named.count) % named.path[-1].count + named.beside

    def _number(self, named: Named) -> Ints:
        last = named.path[-1]
        if last.entry.plain:
            return np.full(named.count, UNKNOWN)
        return np.asarray(last.entry.numbers, np.int64)[arange(named.count) % last.count]

    def _rack_number(self, named: Named) -> Ints:
        rack = self.rack(named)
        number = np.append(self._rack_numbers, UNKNOWN)
        return number[rack]

    def _rail(self, named: Named) -> Ints:
        return self._of_device(named, self._rails)

    def _plane(self, named: Named) -> Ints:
        return self._of_device(named, self._planes)

    def _pod(self, named: Named) -> Ints:
        return self._of_device(named, self._pods)

    def _of_device(self, named: Named, table: Ints) -> Ints:
        if named.device is None:
            return np.full(named.count, UNKNOWN)
        return table[named.device.first : named.device.first + named.count]

    def rack(self, named: Named) -> Ints:
        """Return the rack of each, ``UNKNOWN`` outside racks."""
        numbers = arange(named.count)
        if named.device is not None:
            return self._fabric.sites.stands[self._fabric.groups.index(named.device)].rack(numbers)
        racks = racks_of_places(self._fabric, named.path)
        return np.full(named.count, UNKNOWN) if racks is None else racks

    def _u(self, named: Named) -> Ints:
        device, numbers = named.device, arange(named.count)
        if device is None and (chips := boxed_in(self._fabric, named.path)):
            device, numbers = chips, numbers * chips.chips
        if device is not None:
            return self._fabric.sites.stands[self._fabric.groups.index(device)].unit(numbers)
        depth = next((at for at, step in enumerate(named.path, start=1) if step.units), None)
        if depth is None:
            return np.full(named.count, UNKNOWN)
        units = np.array(named.path[depth - 1].units, np.int64)
        return units[numbers // count_of(named.path[depth:]) % len(units)]

    def _unit(self, named: Named) -> Ints:
        top = named.path[0]
        if named.device is not None and named.device.role:
            return self._of_device(named, self._units)
        before = 0
        for place in self._fabric.places:
            if len(place.path) == 1 and place.template == top.type:
                if place.path[0] == top:
                    break
                before += place.count
        return before + arange(named.count) // count_of(named.path[1:])

    @cached_property
    def _rack_numbers(self) -> Ints:
        """Return the number of each rack in its row, or among the racks outside rows."""
        sites = self._fabric.sites
        order = np.lexsort((sites.x_mm, sites.row))
        number = np.zeros(len(order), np.int64)
        number[order] = cumcount(sites.row[order])
        return number

    @cached_property
    def _rails(self) -> Ints:
        return rails_of(self._fabric)

    @cached_property
    def _units(self) -> Ints:
        return units_of(self._fabric)

    @cached_property
    def _pods(self) -> Ints:
        return pods_of(self._fabric)

    @cached_property
    def _planes(self) -> Ints:
        return planes_of(self._fabric)


def places_named(fabric: Fabric) -> list[Named]:
    """Return the places of a fabric, path by path."""
    return _counted([Named(place.path, place.template, None) for place in fabric.places])


def devices_named(fabric: Fabric, keys: frozenset[str]) -> list[Named]:
    """Return the devices of a fabric, group by group; ``keys`` are those that have a pattern."""
    return _counted(
        [
            Named(group.path, group.role if group.role in keys else group.type.name, group)
            for group in fabric.groups
        ]
    )


def _counted(named: list[Named]) -> list[Named]:
    before: dict[str, int] = {}
    beside: dict[tuple[str, Steps], int] = {}
    counted = []
    for one in named:
        place = (one.key, one.path[:-1])
        counted.append(Named(one.path, one.key, one.device, before.get(one.key, 0), beside.get(place, 0)))
        before[one.key] = before.get(one.key, 0) + one.count
        beside[place] = beside.get(place, 0) + one.path[-1].count
    return counted
