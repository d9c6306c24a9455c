"""Which scopes of a block look alike: the links of one have the lengths of all of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.runs import distinct, kinds_of

if TYPE_CHECKING:
    from topogen.fabric import Ints, LinkBlock, Stand, Terminal
    from topogen.layout import Routing


def kinds_of_scopes(block: LinkBlock, routing: Routing) -> tuple[Ints, Ints]:
    """Return one scope of each kind, shape (kinds,), and the kind of every scope, shape (scopes,).

    Scopes are of one kind where they hold the same heights in one rack each, or in racks of the floor that
    lie the same way from the first.
    """
    if block.scopes == 1:
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    sites = routing.sites
    outlines = [_outline(sites.stands[end.group], end) for end in (block.a, block.b) if end]
    racks, inside = (np.concatenate(column, axis=1) for column in zip(*outlines, strict=True))
    if (racks >= 0).all():
        if (racks == racks[:, :1]).all():
            return kinds_of(inside)
        along, across = sites.x_mm[racks], sites.y_mm[racks]
        if routing.on_floor and routing.tells_racks_apart and (along >= 0).all():
            return kinds_of(np.concatenate([inside, along - along[:, :1], across - across[:, :1]], axis=1))
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
    return stand.rack(devices), scope % stand.period
