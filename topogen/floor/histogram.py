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
from topogen.floor.routing import BETWEEN_RACKS_MM, IN_RACK_MM
from topogen.floor.scope_classes import scope_classes
from topogen.model.length_histogram import added_up, joined, one_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.floor.routing import Routing
    from topogen.model.arrays import Ints
    from topogen.model.fabric import LinkBlock
    from topogen.model.length_histogram import Counted


def counted_lengths(block: LinkBlock, routing: Routing) -> Counted:
    """Return the lengths of a block, each coded with its basis, and how many links have them.

    A code may come twice.
    """
    if (flat := _default_mm(block, routing)) is not None:
        return one_length(flat, "default", block.count)
    classes = scope_classes(block, routing)
    some, copies = block.only(classes.representatives), classes.copies
    return counted_on_floor(some, routing, copies) or joined(_weighted(some, routing, copies))


def _default_mm(block: LinkBlock, routing: Routing) -> int | None:
    """Return the length of all links of a block where no way between its racks is known, else None."""
    a, b = (routing.stand(end) for end in block.ends)
    if a.nowhere and b.nowhere:
        return IN_RACK_MM
    if (a.nowhere and b.in_racks) or (a.in_racks and b.nowhere):
        return BETWEEN_RACKS_MM
    return BETWEEN_RACKS_MM if a.is_apart_from(b) and not routing.has_ways else None


def _weighted(block: LinkBlock, routing: Routing, copies: Ints) -> Iterator[Counted]:
    """Yield the coded lengths of a block piece by piece, each scope counted ``copies`` times."""
    size, start = prod(block.shape), 0
    for piece, coded in measured(block, routing, with_slack=True):
        each = prod(piece.shape) * piece.scopes // coded.size
        weight = each * copies[start // size :][: piece.scopes]
        yield added_up(coded.ravel(), np.repeat(weight, coded.size // piece.scopes))
        start += piece.count
