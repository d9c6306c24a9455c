"""Length histogram of a block: how many links have which length, computed from device positions.

One scope of each class is measured. If all links run along cable trays they are counted by pairs of racks,
otherwise by measuring each pair of linked devices.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.floor.measure import measured
from topogen.floor.on_floor import counted_on_floor
from topogen.floor.scope_classes import scope_classes
from topogen.model.length_histogram import added_up, joined, one_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.floor.routing import Routing
    from topogen.model.arrays import Ints
    from topogen.model.length_histogram import Counted
    from topogen.model.links import LinkBlock


def counted_lengths(block: LinkBlock, routing: Routing) -> Counted:
    """Return the lengths of a block, each coded with its basis, and how many links have them.

    A code may come twice.
    """
    if _has_no_way(block, routing):
        default = routing.stated_default
        return one_length(default, "unknown" if default is None else "default", block.count)
    classes = scope_classes(block, routing)
    some, copies = block.only(classes.representatives), classes.copies
    return counted_on_floor(some, routing, copies) or joined(_weighted(some, routing, copies))


def _has_no_way(block: LinkBlock, routing: Routing) -> bool:
    """Return whether no link of a block has a known way: an end is in no rack, or no racks are on a floor."""
    a, b = (routing.stand(end) for end in block.ends)
    if routing.through:
        return False
    return a.nowhere or b.nowhere or (a.is_apart_from(b) and not routing.has_ways)


def _weighted(block: LinkBlock, routing: Routing, copies: Ints) -> Iterator[Counted]:
    """Yield the coded lengths of a block piece by piece, each scope counted ``copies`` times."""
    size, start = prod(block.shape), 0
    for piece, coded in measured(block, routing, with_slack=True):
        each = prod(piece.shape) * piece.scopes // coded.size
        weight = each * copies[start // size :][: piece.scopes]
        yield added_up(coded.ravel(), np.repeat(weight, coded.size // piece.scopes))
        start += piece.count
