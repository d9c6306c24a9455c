"""Scopes whose links are equally long, so that one of them is measured for all.

Racks of one template look the same from inside, and pods that lie alike on the floor are as far across
wherever they stand: only where devices stand among themselves matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.runs import distinct, unique_rows

if TYPE_CHECKING:
    from topogen.floor.routing import Routing
    from topogen.model.arrays import Ints
    from topogen.model.fabric import LinkBlock, Placement, Position, Terminal

NOWHERE = -1 << 40
"""Marks what is not known or does not matter; no number of a rack and no length comes near it."""


def kinds_of_scopes(block: LinkBlock, routing: Routing) -> tuple[Ints, Ints]:
    """Return one scope of each kind, shape (kinds,), and the kind of every scope, shape (scopes,).

    In scopes of one kind the same link is equally long: devices stand at the same U's, in racks that lie
    the same way from the first one, and those that share a rack here share one there.
    """
    if block.scopes == 1:
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    sites, marks = routing.sites, []
    if not sites.rows and not len(sites.pairs) and _follow_by_racks(sites, block):
        return np.zeros(1, np.int64), np.zeros(block.scopes, np.int64)
    (a, units_a), (b, units_b) = (_spots(sites.stands[end.group], end) for end in block.ends)
    marks += [units_a, units_b, _from_first(a), _from_first(b), _shared(a, b)]
    if sites.rows:
        marks += [*_on_floor(sites, a, a[:, :1]), *_on_floor(sites, b, a[:, :1])]
    if len(sites.pairs):  # a measured way holds for these two racks alone
        inside = ((a == a[:, :1]).all(axis=1) & (b == a[:, :1]).all(axis=1))[:, None]
        marks.append(np.where(inside, NOWHERE, np.arange(block.scopes)[:, None]))
    return unique_rows(np.concatenate(marks, axis=1))


def _follow_by_racks(sites: Placement, block: LinkBlock) -> bool:
    """Return whether each scope begins as many whole racks after the one before, at both ends alike."""
    racks = set()
    for end in block.ends:
        stand, firsts = sites.stands[end.group], end.firsts
        if stand.listed is not None or not isinstance(firsts, range) or firsts.step % stand.period:
            return False
        racks.add(firsts.step // stand.per_rack)
    return len(racks) == 1


def _spots(stand: Position, end: Terminal) -> tuple[Ints, Ints]:
    """Return the racks that each scope reaches at one end, and what its U's follow from.

    Shapes (scopes, racks) and (scopes, any).
    """
    if stand.listed is not None:
        devices = end.scope[:, None] + distinct(end.device)
        return stand.rack(devices), stand.unit(devices)
    first, last = (stand.rack(end.scope + number) for number in (end.device.min(), end.device.max()))
    racks = np.minimum(first[:, None] + np.arange((last - first).max() + 1), last[:, None])
    return racks, (end.scope % stand.period)[:, None]


def _from_first(racks: Ints) -> Ints:
    """Return how many racks after its first each rack of a scope is."""
    return np.where(racks >= 0, racks - racks[:, :1], NOWHERE)


def _shared(a: Ints, b: Ints) -> Ints:
    """Return how many racks after that of a the first of b is, where they may share some: (scopes, 1)."""
    apart = (a.max(axis=1) < b.min(axis=1)) | (b.max(axis=1) < a.min(axis=1))
    return np.where(apart, NOWHERE, b[:, 0] - a[:, 0])[:, None]


def _on_floor(sites: Placement, racks: Ints, origin: Ints) -> list[Ints]:
    """Return how far racks stand from an origin, along and across the rows; it is 0 where off the floor."""
    there = (racks >= 0) & (sites.x_mm[racks] >= 0)
    known = (origin >= 0) & (sites.x_mm[origin] >= 0)
    return [
        np.where(there, mm[racks] - np.where(known, mm[origin], 0), NOWHERE)
        for mm in (sites.x_mm, sites.y_mm)
    ]
