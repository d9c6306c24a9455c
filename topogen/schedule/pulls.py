"""How many cables of which length run between which racks: what the lines of the cable schedule sum to.

With one link a cable this is counted from blocks, and scopes that look alike are counted once: ends that
stand in one rack at one height are one spot, and every link between two spots has one length.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.floor.routing import route_of
from topogen.model.equivalence import changes
from topogen.model.expand import expand
from topogen.model.fabric import height_mm
from topogen.model.length_histogram import code_length
from topogen.records import dataclass
from topogen.schedule.cable_rows import cable_rows

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric, LinkBlock, LinkGroup, Terminal

NO_RACK, OUTSIDE = -1, -2
"""Racks of what stands in none, and of what is not in the model."""


@dataclass(frozen=True)
class Pulls:
    """Links of one group, each array of shape (rows,): between racks ``a`` and ``b``, of one coded length.

    ``lines`` are those of the cable schedule: more than ``cables`` where cables break out. A cable counts
    once, in the row of its first line.
    """

    a: Ints
    b: Ints
    length: Ints
    cables: Ints
    lines: Ints
    links: Ints


def pulls_of(fabric: Fabric, group: LinkGroup) -> Pulls:
    """Return the pulls of a link group by rack a, rack b and length, each such row once.

    Where neither end is the a end, the lower rack is a.
    """
    found = _by_block(fabric, group) if group.links_per_cable == 1 else _by_line(fabric, group)
    if group.joins_alike:
        swap = _after_racks(found.a, fabric) > _after_racks(found.b, fabric)
        found = replace(found, a=np.where(swap, found.b, found.a), b=np.where(swap, found.a, found.b))
    return merged(fabric, found)


def merged(fabric: Fabric, pulls: Pulls) -> Pulls:
    """Return pulls with equal rows added up, by rack a, rack b and length; what is in no rack comes last."""
    code = np.unique(pulls.length)
    racks = len(fabric.sites.x_mm)
    a, b = (_after_racks(side, fabric) for side in (pulls.a, pulls.b))
    key = (a * (racks + 2) + b) * len(code) + np.searchsorted(code, pulls.length)
    order = np.argsort(key, kind="stable")
    start = np.flatnonzero(np.diff(key[order], prepend=-1))
    counts = (pulls.cables, pulls.lines, pulls.links)
    first = order[start]
    return Pulls(
        pulls.a[first],
        pulls.b[first],
        pulls.length[first],
        *(np.add.reduceat(count[order], start) for count in counts),
    )


def _after_racks(rack: Ints, fabric: Fabric) -> Ints:
    """Return racks with NO_RACK and OUTSIDE as the numbers after the last."""
    return np.where(rack < 0, len(fabric.sites.x_mm) - 1 - rack, rack)


# One link a cable: from blocks


@dataclass(frozen=True)
class _Spots:
    """Rack and height as one number for each device: ``rack x levels + place of its U`` among ``units``."""

    of_device: Ints
    units: Ints

    def rack_and_height(self, spot: Ints) -> tuple[Ints, Ints]:
        """Return the rack (-1 for none) and the height in mm (-1 unknown) of spots."""
        return spot // len(self.units) - 1, height_mm(self.units)[spot % len(self.units)]


def _spots(fabric: Fabric) -> _Spots:
    unit = fabric.sites.unit
    units = np.flatnonzero(np.bincount(unit + 1)) - 1
    place = np.zeros(int(units.max(initial=0)) + 2, np.int64)
    place[units + 1] = np.arange(len(units))
    return _Spots((fabric.sites.rack + 1) * len(units) + place[unit + 1], units)


def _by_block(fabric: Fabric, group: LinkGroup) -> Pulls:
    spots = _spots(fabric)
    parts = [_of_block(fabric, group, spots, block) for block in group.blocks if block.count]
    a, b, length, links = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Pulls(a, b, length, links, links, links)


def _of_block(
    fabric: Fabric, group: LinkGroup, spots: _Spots, block: LinkBlock
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return rack a, rack b, coded length and links of a block, each of shape (rows,)."""
    a = _ends(fabric, spots, block.a)
    each = prod(block.shape) // block.shape[block.a.axis]
    if block.b is None:
        key, count = np.unique(a, return_counts=True)
        rack, _ = spots.rack_and_height(key)
        none = np.full(len(key), OUTSIDE)
        return rack, none, np.repeat(group.lengths.codes, len(key)), count * each
    b = _ends(fabric, spots, block.b)
    copies = _copies(fabric, spots, a, b)
    if copies is not None:
        a, b = a[:1], b[:1]
    if block.a.axis == block.b.axis:
        spot_a, spot_b, links = _one_with_one(a, b)
    else:
        spot_a, spot_b, links = _every_with_every(a, b)
        each //= block.shape[block.b.axis]
    sides = [spots.rack_and_height(spot) for spot in (spot_a, spot_b)]
    length = _lengths(fabric, group, sides)
    rows = (sides[0][0], sides[1][0], length, links * each)
    return rows if copies is None else _repeated(rows, copies)


def _ends(fabric: Fabric, spots: _Spots, terminal: Terminal) -> Ints:
    """Return the spots of a terminal's devices, shape (scopes, entries of its axis)."""
    first = fabric.groups[terminal.group].first
    return np.asarray(spots.of_device[first + terminal.scope[:, None] + terminal.device[None, :]])


def _copies(fabric: Fabric, spots: _Spots, a: Ints, b: Ints) -> Ints | None:
    """Return the rack of each scope where each lies in one rack and all look alike from inside, else None."""
    ends = np.concatenate([a, b], axis=1)
    rack = ends[:, 0] // len(spots.units)
    inside = ends - rack[:, None] * len(spots.units)
    alike = (inside == inside[0]).all() and ((inside >= 0) & (inside < len(spots.units))).all()
    return rack - 1 if alike and rack.all() and not len(fabric.sites.pairs) else None


def _repeated(rows: tuple[Ints, Ints, Ints, Ints], racks: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the rows of one scope, which all lie in one rack, merged and once more for each copy."""
    length, index = np.unique(rows[2], return_inverse=True)
    links = np.zeros(len(length), np.int64)
    np.add.at(links, index, rows[3])
    rack = np.repeat(racks, len(length))
    return rack, rack, np.tile(length, len(racks)), np.tile(links, len(racks))


def _one_with_one(a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the distinct pairs of spots of a matching and how often each comes."""
    width = int(b.max()) + 1
    key, count = np.unique(a * width + b, return_counts=True)
    return key // width, key % width, count


def _every_with_every(a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the pairs of spots of a biclique: in each scope each distinct spot of a with each of b."""
    scope_a, spot_a, count_a = _distinct(a)
    scope_b, spot_b, count_b = _distinct(b)
    start = np.searchsorted(scope_b, np.arange(len(b) + 1))
    partners = np.diff(start)[scope_a]
    left = np.repeat(np.arange(len(spot_a)), partners)
    nth = np.arange(len(left)) - np.repeat(np.cumsum(partners) - partners, partners)
    right = start[scope_a[left]] + nth
    return spot_a[left], spot_b[right], count_a[left] * count_b[right]


def _distinct(spots: Ints) -> tuple[Ints, Ints, Ints]:
    """Return (scope, spot, how often) of the distinct spots in each row, in the order of the scopes."""
    width = int(spots.max()) + 1
    key, count = np.unique(np.arange(len(spots))[:, None] * width + spots, return_counts=True)
    return key // width, key % width, count


def _lengths(fabric: Fabric, group: LinkGroup, sides: list[tuple[Ints, Ints]]) -> Ints:
    """Return the coded length of the links between two spots each: the rule that lengths of links follow."""
    if len(group.lengths.codes) == 1:
        return np.repeat(group.lengths.codes, len(sides[0][0]))
    return code_length(*route_of(fabric, group).between(*sides))


# Several links a cable: from the lines of the schedule


def _by_line(fabric: Fabric, group: LinkGroup) -> Pulls:
    links = expand(fabric, group)
    rows = cable_rows(fabric, group, links)
    first = rows.order[rows.start]
    rack = np.append(fabric.sites.rack, OUTSIDE)  # OUTSIDE of the columns, -1, picks the last
    new = changes(rows.number) | changes(rows.scope)
    one = np.ones(len(rows), np.int64)
    return Pulls(rack[links.a[first]], rack[links.b[first]], rows.length, new * one, one, rows.links * one)
