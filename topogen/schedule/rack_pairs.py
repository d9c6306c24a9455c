"""Number of cables between each pair of racks, by length: the sums of the cable schedule.

If a cable carries one link, cables are counted from the link blocks, and equal scopes are counted once: ends
in one rack at one height are one location, and all links between two locations have the same length.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.floor.routing import route_of
from topogen.model.equivalence import changes, classify_rows
from topogen.model.expand import expand
from topogen.model.racks import height_mm
from topogen.records import dataclass
from topogen.schedule.cable_rows import cable_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup, Terminal

NO_RACK, OUTSIDE = -1, -2
"""Rack numbers of devices outside racks, and of ends that are not modelled."""


@dataclass(frozen=True)
class RackPairs:
    """Links of one group, each array of shape (rows,): between racks ``a`` and ``b``, of one coded length.

    ``lines`` are those of the cable schedule: more than ``cables`` where cables break out. A cable counts
    once, in the row of its first line. ``pulls`` are what is laid between the racks: each line, of a shuffle
    cord one, whatever lines it has there.
    """

    a: Ints
    b: Ints
    length: Ints
    cables: Ints
    lines: Ints
    links: Ints
    pulls: Ints


def rack_pairs_of(fabric: Fabric, group: LinkGroup) -> RackPairs:
    """Return the cables of a link group by rack a, rack b and length.

    If both ends of the group are equivalent, the lower rack is a.
    """
    found = _by_block(fabric, group) if group.links_per_cable == 1 else _by_line(fabric, group)
    if group.joins_alike:
        swap = _after_racks(found.a, fabric) > _after_racks(found.b, fabric)
        found = replace(found, a=np.where(swap, found.b, found.a), b=np.where(swap, found.a, found.b))
    return merged(fabric, found)


def merged(fabric: Fabric, pulls: RackPairs) -> RackPairs:
    """Return rows sorted by rack a, rack b and length, equal ones summed; ends outside racks come last."""
    code = np.unique(pulls.length)
    racks = len(fabric.sites.x_mm)
    a, b = (_after_racks(side, fabric) for side in (pulls.a, pulls.b))
    key = (a * (racks + 2) + b) * len(code) + np.searchsorted(code, pulls.length)
    classes = classify_rows(key)
    first = classes.representatives
    counts = (pulls.cables, pulls.lines, pulls.links, pulls.pulls)
    return RackPairs(
        pulls.a[first],
        pulls.b[first],
        pulls.length[first],
        *(classes.total(count) for count in counts),
    )


def _after_racks(rack: Ints, fabric: Fabric) -> Ints:
    """Return racks with NO_RACK and OUTSIDE as the numbers after the last."""
    return np.where(rack < 0, len(fabric.sites.x_mm) - 1 - rack, rack)


# One link a cable: from blocks


@dataclass(frozen=True)
class _Locations:
    """Rack and height as one number for each device: ``rack x levels + place of its U`` among ``units``."""

    of_device: Ints
    units: Ints

    def rack_and_height(self, location: Ints) -> tuple[Ints, Ints]:
        """Return the rack (-1 for none) and the height in mm (-1 unknown) of locations."""
        return location // len(self.units) - 1, height_mm(self.units)[location % len(self.units)]


def _locations(fabric: Fabric) -> _Locations:
    unit = fabric.sites.unit
    units = np.flatnonzero(np.bincount(unit + 1)) - 1
    place = np.zeros(int(units.max(initial=0)) + 2, np.int64)
    place[units + 1] = np.arange(len(units))
    return _Locations((fabric.sites.rack + 1) * len(units) + place[unit + 1], units)


def _by_block(fabric: Fabric, group: LinkGroup) -> RackPairs:
    locations = _locations(fabric)
    parts = [_of_block(fabric, group, locations, block) for block in group.blocks if block.count]
    a, b, length, links = (np.concatenate(part) for part in zip(*parts, strict=True))
    return RackPairs(a, b, length, links, links, links, links)


def _of_block(
    fabric: Fabric, group: LinkGroup, locations: _Locations, block: LinkBlock
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return rack a, rack b, coded length and links of a block, each of shape (rows,)."""
    a = _ends(fabric, locations, block.a)
    each = prod(block.shape) // block.shape[block.a.axis]
    if block.b is None:
        key, count = np.unique(a, return_counts=True)
        rack, _ = locations.rack_and_height(key)
        none = np.full(len(key), OUTSIDE)
        return rack, none, np.repeat(group.lengths.codes, len(key)), count * each
    b = _ends(fabric, locations, block.b)
    copies = None if group.through else _copies(fabric, locations, a, b)
    if copies is not None:
        a, b = a[:1], b[:1]
    if block.a.axis == block.b.axis:
        location_a, location_b, links = _matched_pairs(a, b)
    else:
        location_a, location_b, links = _all_pairs(a, b)
        each //= block.shape[block.b.axis]
    sides = [locations.rack_and_height(location) for location in (location_a, location_b)]
    length = _lengths(fabric, group, sides)
    rows = (sides[0][0], sides[1][0], length, links * each)
    return rows if copies is None else _repeated(rows, copies)


def _ends(fabric: Fabric, locations: _Locations, terminal: Terminal) -> Ints:
    """Return the locations of a terminal's devices, shape (scopes, entries of its axis)."""
    first = fabric.groups[terminal.group].first
    return np.asarray(locations.of_device[first + terminal.scope[:, None] + terminal.device[None, :]])


def _copies(fabric: Fabric, locations: _Locations, a: Ints, b: Ints) -> Ints | None:
    """Return the rack of each scope where each lies in one rack and all look alike from inside, else None."""
    ends = np.concatenate([a, b], axis=1)
    rack = ends[:, 0] // len(locations.units)
    inside = ends - rack[:, None] * len(locations.units)
    alike = (inside == inside[0]).all() and ((inside >= 0) & (inside < len(locations.units))).all()
    return rack - 1 if alike and rack.all() and not len(fabric.sites.pairs) else None


def _repeated(rows: tuple[Ints, Ints, Ints, Ints], racks: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the rows of one scope, which all lie in one rack, merged and once more for each copy."""
    length, index = np.unique(rows[2], return_inverse=True)
    links = np.zeros(len(length), np.int64)
    np.add.at(links, index, rows[3])
    rack = np.repeat(racks, len(length))
    return rack, rack, np.tile(length, len(racks)), np.tile(links, len(racks))


def _matched_pairs(a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the distinct pairs of locations of a matching and how often each comes."""
    width = int(b.max()) + 1
    key, count = np.unique(a * width + b, return_counts=True)
    return key // width, key % width, count


def _all_pairs(a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the pairs of locations of a biclique: in each scope every location of a with every one of b."""
    scope_a, location_a, count_a = _distinct(a)
    scope_b, location_b, count_b = _distinct(b)
    start = np.searchsorted(scope_b, np.arange(len(b) + 1))
    partners = np.diff(start)[scope_a]
    left = np.repeat(np.arange(len(location_a)), partners)
    nth = np.arange(len(left)) - np.repeat(np.cumsum(partners) - partners, partners)
    right = start[scope_a[left]] + nth
    return location_a[left], location_b[right], count_a[left] * count_b[right]


def _distinct(locations: Ints) -> tuple[Ints, Ints, Ints]:
    """Return (scope, location, count) of the distinct locations in each row, in the order of the scopes."""
    width = int(locations.max()) + 1
    key, count = np.unique(np.arange(len(locations))[:, None] * width + locations, return_counts=True)
    return key // width, key % width, count


def _lengths(fabric: Fabric, group: LinkGroup, sides: list[tuple[Ints, Ints]]) -> Ints:
    """Return the coded length of the links between each pair of locations, by the same rule as for links."""
    if len(group.lengths.codes) == 1:
        return np.repeat(group.lengths.codes, len(sides[0][0]))
    return route_of(fabric, group).coded_length(*sides)


# Several links a cable: from the lines of the schedule


def _by_line(fabric: Fabric, group: LinkGroup) -> RackPairs:
    links = expand(fabric, group)
    rows = cable_rows(fabric, group, links)
    first = rows.order[rows.start]
    rack = np.append(fabric.sites.rack, OUTSIDE)  # OUTSIDE of the columns, -1, picks the last
    new = changes(rows.number)
    one = np.ones(len(rows), np.int64)
    a, b = rack[links.a[first]], rack[links.b[first]]
    pulls = one
    if group.shuffle:
        near, far = (side - OUTSIDE for side in (np.minimum(a, b), np.maximum(a, b)))
        between = near * (int(far.max()) + 1) + far
        pulls = one * (first_of_pairs(rows.number, between) == np.arange(len(rows)))
    return RackPairs(a, b, rows.length, new * one, one, rows.links * one, pulls)


def first_of_pairs(one: NDArray[np.integer], other: Ints) -> Ints:
    """Return for each line the first one with the same two numbers.

    >>> first_of_pairs(np.array([0, 0, 1, 0]), np.array([5, 5, 5, 6])).tolist()
    [0, 0, 2, 3]
    """
    _, number = np.unique(one, return_inverse=True)
    pair = number * (int(other.max(initial=0)) + 1) + other
    _, first, index = np.unique(pair, return_index=True, return_inverse=True)
    return np.asarray(first[index])
