"""Where pooled and plugged parts stand: engines, light sources, modules, where each is rounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from topogen.contract import device_counts
from topogen.fabric import count_of, level_depth, place_group_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.contract import Contraction
    from topogen.fabric import Fabric, Ints, PlaceGroup
    from topogen.takeoff import Quantity

SMALL_PARTS = ("laser_fibre", "panel")
"""Recipe lines that follow the engines one to one: counted in the BOM, left out of a picture."""


@dataclass(frozen=True)
class Standing:
    """``total`` pieces of a part at the places or devices named ``host``.

    ``hosts`` counts these at each node, None where they stand higher than a node; ``each`` is what one of
    them has, None where they differ.
    """

    part: str
    network: str
    host: str
    level: str
    total: int
    hosts: Ints | None
    each: int | None

    def at(self, nodes: Ints) -> int | None:
        """Return the pieces at some nodes together, None where that is not known."""
        if self.hosts is None:
            return None
        here = int(self.hosts[nodes].sum())
        if here in (0, int(self.hosts.sum())):
            return self.total if here else 0
        return None if self.each is None else here * self.each

    def is_even(self, nodes: Ints) -> bool:
        """Return whether each of some nodes has the same number of pieces."""
        if self.hosts is None or len(nodes) == 1:
            return True
        here = self.hosts[nodes]
        return self.each is not None and bool((here == here[0]).all())


def standing_parts(
    fabric: Fabric, contraction: Contraction, quantities: Iterable[Quantity]
) -> tuple[Standing, ...]:
    """Return what stands where, in the order of the take-off."""
    devices = device_counts(fabric, contraction)
    found: list[Standing] = []
    for row in quantities:
        if row.part and row.qty and row.per in ("pool", "end") and row.line not in SMALL_PARTS:
            places = row.scope not in ("device", "cage")
            counts = _places_at_nodes(fabric, contraction, row.scope) if places else devices
            found += _of_row(fabric, row, counts)
    return tuple(found)


def _of_row(fabric: Fabric, row: Quantity, counts: dict[str, Ints]) -> Iterator[Standing]:
    """Yield one for each kind of host; fitted spares stand where the line is rounded."""
    spare = row.spare // max(1, sum(one.scopes for one in row.classes))
    for host in dict.fromkeys(one.host for one in row.classes):
        classes = [one for one in row.classes if one.host == host]
        total = sum(one.scopes * (one.pieces + spare) for one in classes)
        hosts = counts.get(host)
        there = 0 if hosts is None else int(hosts.sum())
        even = there > 0 and total % there == 0 and _alike(fabric, row, host, there)
        each = total // there if even else None
        yield Standing(row.part or "", row.network, host, row.scope, total, hosts, each)


def _alike(fabric: Fabric, row: Quantity, host: str, there: int) -> bool:
    """Return whether all hosts of a name have the same number of pieces."""
    classes = [one for one in row.classes if one.host == host]
    if row.per != "end":
        return len(classes) == 1 and classes[0].scopes == there
    degrees = [
        _ends_at(fabric, index, row.groups) for index, one in enumerate(fabric.groups) if one.label == host
    ]
    return len(np.unique(np.concatenate(degrees))) == 1


def _ends_at(fabric: Fabric, index: int, names: tuple[str, ...]) -> Ints:
    """Return the ends of some link groups at each device of a group, or once for all where they are alike."""
    users = [2 * at + side for at, link in enumerate(fabric.links) if link.name in names for side in (0, 1)]
    ends = [
        np.isin(fabric.ports[index, port], users).sum(axis=-1)
        for port in range(len(fabric.groups[index].type.ports))
    ]
    return np.atleast_1d(np.asarray(sum(ends), np.int64))


def _places_at_nodes(fabric: Fabric, contraction: Contraction, level: str) -> dict[str, Ints]:
    """Return, by template, how many places of a level each node holds or is; none where they are larger."""
    counts: dict[str, Ints] = {}
    for place in (place for place in fabric.places if place.level == level):
        nodes = nodes_of_places(fabric, contraction, place)
        if nodes is not None:
            here = np.bincount(nodes, minlength=contraction.n_nodes)
            counts[place.template] = counts.get(place.template, np.zeros_like(here)) + here
    return counts


def nodes_of_places(fabric: Fabric, contraction: Contraction, place: PlaceGroup) -> Ints | None:
    """Return the node that each place of a group is or stands in, None where it stands in none."""
    depth = level_depth(place.path, contraction.level)
    if depth is None:
        return None
    around = place_group_of(fabric, place.path[:depth])
    return around.first + np.arange(place.count) // count_of(place.path[depth:])
