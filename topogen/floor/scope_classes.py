"""Classes of scopes with equal link lengths, so that one scope of each class is measured.

Only the positions of devices relative to each other matter: racks of one template have equal lengths inside,
and so do pods with the same arrangement anywhere on the floor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import Classes, classify_rows
from topogen.model.runs import distinct

if TYPE_CHECKING:
    from topogen.floor.routing import Routing
    from topogen.model.arrays import Ints
    from topogen.model.links import LinkBlock, Terminal
    from topogen.model.racks import Placement, Position

NOWHERE = -1 << 40
"""Marks unknown and irrelevant values; no rack number or length comes near it."""


def scope_classes(block: LinkBlock, routing: Routing) -> Classes:
    """Return the classes of the scopes of a block.

    In scopes of one class corresponding links are equally long: devices are at the same U's, in racks at the
    same offsets from the first one, and devices that share a rack in one scope share a rack in the other.
    """
    if block.scopes == 1:
        return Classes.single(1)
    if routing.through:  # the way to a panel depends on where on the floor a device is
        return Classes.separate(block.scopes)
    sites, marks = routing.sites, []
    if not sites.rows and not len(sites.pairs) and _advance_by_racks(sites, block):
        return Classes.single(block.scopes)
    (a, units_a), (b, units_b) = (_spots(sites.stands[end.group], end) for end in block.ends)
    marks += [units_a, units_b, _from_first(a), _from_first(b), _shared(a, b)]
    if sites.rows:
        marks += [*_on_floor(sites, a, a[:, :1]), *_on_floor(sites, b, a[:, :1])]
        marks += [_beside_cross_aisles(sites, a, b)] if len(sites.crossings) else []
    if len(sites.pairs):  # a measured length is that of one pair of racks only
        inside = ((a == a[:, :1]).all(axis=1) & (b == a[:, :1]).all(axis=1))[:, None]
        marks.append(np.where(inside, NOWHERE, np.arange(block.scopes)[:, None]))
    return classify_rows(np.concatenate(marks, axis=1))


def _advance_by_racks(sites: Placement, block: LinkBlock) -> bool:
    """Return whether from scope to scope both ends move on by the same number of whole racks."""
    racks = set()
    for end in block.ends:
        stand, firsts = sites.stands[end.group], end.firsts
        if stand.listed is not None or not isinstance(firsts, range) or firsts.step % stand.period:
            return False
        racks.add(firsts.step // stand.per_rack)
    return len(racks) == 1


def _spots(stand: Position, end: Terminal) -> tuple[Ints, Ints]:
    """Return the racks of each scope at one end, and values that determine the U's of its devices.

    Shapes (scopes, racks) and (scopes, any).
    """
    if stand.listed is not None:
        devices = end.scope[:, None] + distinct(end.device)
        return stand.rack(devices), stand.unit(devices)
    first, last = (stand.rack(end.scope + number) for number in (end.device.min(), end.device.max()))
    racks = np.minimum(first[:, None] + np.arange((last - first).max() + 1), last[:, None])
    return racks, (end.scope % stand.period)[:, None]


def _from_first(racks: Ints) -> Ints:
    """Return the offset of each rack of a scope from its first rack, ``NOWHERE`` without a rack."""
    return np.where(racks >= 0, racks - racks[:, :1], NOWHERE)


def _shared(a: Ints, b: Ints) -> Ints:
    """Return the offset from the first rack of a to that of b if they may share racks, shape (scopes, 1)."""
    apart = (a.max(axis=1) < b.min(axis=1)) | (b.max(axis=1) < a.min(axis=1))
    return np.where(apart, NOWHERE, b[:, 0] - a[:, 0])[:, None]


def _on_floor(sites: Placement, racks: Ints, origin: Ints) -> list[Ints]:
    """Return the offsets of racks along and across the rows from an origin (0 if it is off the floor)."""
    there = (racks >= 0) & (sites.x_mm[racks] >= 0)
    known = (origin >= 0) & (sites.x_mm[origin] >= 0)
    return [
        np.where(there, mm[racks] - np.where(known, mm[origin], 0), NOWHERE)
        for mm in (sites.x_mm, sites.y_mm)
    ]


def _beside_cross_aisles(sites: Placement, a: Ints, b: Ints) -> Ints:
    """Return where along the rows a scope of several rows begins, as cross-aisles do not move with it."""
    row = sites.row[np.concatenate([a, b], axis=1)]
    several = (row != row[:, :1]).any(axis=1, keepdims=True)
    return np.where(several, sites.x_mm[a[:, :1]], NOWHERE)
