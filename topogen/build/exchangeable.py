"""Which ends of links may be exchanged where some of them are pinned: those of one rail, plane and place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.build.matching import NONE, positions
from topogen.model.path import count_of, level_depth
from topogen.model.runs import arange, cumcount, distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Alike, Draft
    from topogen.build.pins import PortIds
    from topogen.model.arrays import Bools, Ints


def units(draft: Draft, ids: PortIds, ports: Ints, alike: Alike) -> Ints:
    """Return what stands for the ports of a device that may be exchanged: the lowest of them.

    At an end they are those of one plane.
    """
    number = ids.split(ports)[2]
    if alike.planes == 1:
        return ports - number
    made = np.array([bool(draft.tree.groups[index].role) for index, _ in ids.keys])[ids.split(ports)[0]]
    return np.where(made, ports - number, ports - number + number % alike.planes)


class Kinds(NamedTuple):
    """Ends and switches that may be exchanged, by the units of ports of each, ascending.

    ``rail`` numbers what the ends of a rail can reach, ``place`` what all ends of a place can; NONE for ends
    in no rail and for switches that only such ends reach.
    """

    ends: Ints
    end_rail: Ints
    end_place: Ints
    ports: Ints
    port_rail: Ints
    port_place: Ints
    reached: Ints

    @classmethod
    def of(cls, draft: Draft, ids: PortIds, end: Ints, port: Ints, alike: Alike) -> Kinds:
        """Return the kinds of the ends of links, and of the ports that they end at."""
        ends, ports = distinct(end), distinct(port)
        place, rail = _labels(draft, ids, ends, alike)
        at, to = np.searchsorted(ends, end), np.searchsorted(ports, port)
        port_place = np.full(len(ports), NONE, np.int64)
        port_place[to[::-1]] = place[at[::-1]]
        railed = rail[at] >= 0
        groups = _components(rail[at][railed], to[railed], int(rail.max(initial=0)) + 1, len(ports))
        reached = distinct(place[at] * len(ports) + to)
        return cls(
            ends, np.where(rail >= 0, groups[0][rail], NONE), place, ports, groups[1], port_place, reached
        )

    def allow(self, end: Ints, port: Ints) -> Bools:
        """Return whether links between ends and ports are as those that are there."""
        at, to = (positions(known, one) for known, one in ((self.ends, end), (self.ports, port)))
        there = (at >= 0) & (to >= 0)
        rail = self.end_rail[at]
        inside = np.isin(self.end_place[at] * len(self.ports) + to, self.reached)
        return there & np.where(rail >= 0, rail == self.port_rail[to], inside)

    def rail_of_end(self, units: Ints) -> Ints:
        """Return the rail of each end."""
        return np.asarray(self.end_rail[positions(self.ends, units)])

    def rail_of_port(self, units: Ints) -> Ints:
        """Return the rail of each switch, one of its own where it has none."""
        rail = self.port_rail[positions(self.ports, units)]
        return np.where(rail >= 0, rail, NONE - 1)

    def place_of_end(self, units: Ints) -> Ints:
        """Return the place of each end."""
        return np.asarray(self.end_place[positions(self.ends, units)])

    def place_of_port(self, units: Ints) -> Ints:
        """Return the place of the ends of each switch."""
        return np.asarray(self.port_place[positions(self.ports, units)])


def _labels(draft: Draft, ids: PortIds, units: Ints, alike: Alike) -> tuple[Ints, Ints]:
    """Return the place of each end, and its rail there, NONE for ends in no place of that level."""
    key, device, plane = ids.split(units)
    group = np.array([index for index, _ in ids.keys])[key]
    columns = [_places(draft, group, device, level) for level in alike.places]
    place = _numbered([*columns, plane])
    if alike.rails_by is None:
        return place, place
    firsts = np.array([one.first for one in draft.tree.groups])
    every, back = np.unique(firsts[group] + device, return_inverse=True)
    inside = np.full(len(every), NONE, np.int64)
    inside[back] = _places(draft, group, device, alike.rails_by)
    rail = cumcount(inside)[back]
    return place, np.where(inside[back] >= 0, _numbered([place, rail]), NONE)


def _numbered(columns: Sequence[Ints]) -> Ints:
    """Return a number for each different row of some columns."""
    return np.asarray(np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)[1]).ravel()


def _places(draft: Draft, group: Ints, device: Ints, level: str) -> Ints:
    """Return the place of a level that each device is in, NONE outside all of them."""
    found = np.full(len(group), NONE, np.int64)
    for one in distinct(group).tolist():
        path = draft.tree.groups[one].path
        depth = level_depth(path, level)
        if depth is not None:
            place = next(place for place in draft.tree.places if place.path == path[:depth])
            rows = group == one
            found[rows] = place.first + device[rows] // count_of(path[depth:])
    return found


def _components(left: Ints, right: Ints, lefts: int, rights: int) -> tuple[Ints, Ints]:
    """Return the part of a two-sided graph that each node is in, NONE for a right one without an edge."""
    pairs = distinct(left * rights + right)
    left, right = np.divmod(pairs, rights)
    one, two = arange(lefts), np.full(rights, lefts, np.int64)
    while True:
        before = one.copy()
        np.minimum.at(two, right, one[left])
        np.minimum.at(one, left, two[right])
        if (one == before).all():
            return one, np.where(two < lefts, two, NONE)
