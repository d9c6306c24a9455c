"""Which scopes of a block look alike: the links of one have the lengths of all of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.runs import distinct, kinds_of

if TYPE_CHECKING:
    from topogen.fabric import Ints, LinkBlock, Sites, Stand, Terminal


def scope_kinds(sites: Sites, block: LinkBlock, *, moved: bool) -> tuple[Ints, Ints]:
    """Return a scope of each kind, shape (kinds,), and the kind of every scope, shape (scopes,).

    Scopes are of one kind where each lies in one rack, with the same heights in it. With ``moved`` they may
    also take up several racks of the floor, where those of one are those of the other moved along and across.
    """
    ends = [end for end in (block.a, block.b) if end]
    outlines = [_outline(sites.stands[end.group], end) for end in ends]
    racks, inside = (np.concatenate(column, axis=1) for column in zip(*outlines, strict=True))
    if moved:
        along, across = sites.x_mm[racks], sites.y_mm[racks]
        return kinds_of(np.concatenate([inside, along - along[:, :1], across - across[:, :1]], axis=1))
    if (racks >= 0).all() and (racks == racks[:, :1]).all():
        return kinds_of(inside)
    every = np.arange(block.scopes)
    return every, every


def _outline(stand: Stand, end: Terminal) -> tuple[Ints, Ints]:
    """Return the racks that an end takes up in each scope, and what says how high its devices stand in them.

    Both have a row a scope. Where devices stand by a rule all follows from the place that a scope begins at.
    """
    scope = end.scope[:, None]
    if stand.listed is not None:
        devices = scope + distinct(end.device)
        return stand.rack(devices), stand.unit(devices)
    place = scope % stand.per_rack
    steps = distinct((np.array([[place.min()], [place.max()]]) + end.device) // stand.per_rack)
    # Scopes that begin at an early place may not reach the last step: they stay inside the group.
    devices = np.minimum(scope + steps * stand.per_rack, stand.count - 1)
    return stand.rack(devices), scope % np.lcm(stand.per_rack, stand.per_unit * len(stand.units))
