"""How many links of a block have which length, counted from where devices stand.

Scopes that look alike are measured once: racks of one template, pods that lie alike on the floor. Ways along
trays are counted rack by rack; where a way is measured, or a rack or a U is not known, every two devices
that are joined are looked at instead.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.floor.on_floor import counted_on_floor
from topogen.floor.routing import BETWEEN_RACKS_MM, IN_RACK_MM
from topogen.floor.scope_classes import scope_classes
from topogen.model.expand import cut
from topogen.model.length_histogram import added_up, code_length, joined, one_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.floor.routing import Routing
    from topogen.model.arrays import Ints
    from topogen.model.fabric import LinkBlock
    from topogen.model.length_histogram import Counted

AT_ONCE = 1 << 16
"""Links that are measured at a time: what this takes stays in the cache."""


def counted_lengths(block: LinkBlock, routing: Routing) -> Counted:
    """Return the lengths of a block, each coded with its basis, and how many links have them.

    A code may come twice.
    """
    if (flat := _default_mm(block, routing)) is not None:
        return one_length(flat, "default", block.count)
    classes = scope_classes(block, routing)
    some, copies = block.only(classes.representatives), classes.copies
    return counted_on_floor(some, routing, copies) or joined(_measured(some, routing, copies))


def _default_mm(block: LinkBlock, routing: Routing) -> int | None:
    """Return the length of all links of a block where no way between its racks is known, else None."""
    a, b = (routing.stand(end) for end in block.ends)
    if a.nowhere and b.nowhere:
        return IN_RACK_MM
    if (a.nowhere and b.in_racks) or (a.in_racks and b.nowhere):
        return BETWEEN_RACKS_MM
    return BETWEEN_RACKS_MM if a.is_apart_from(b) and not routing.has_ways else None


def _measured(block: LinkBlock, routing: Routing, copies: Ints) -> Iterator[Counted]:
    """Yield the coded lengths of a block, piece by piece, each scope for as many as it stands for."""
    size, start = prod(block.shape), 0
    for piece in cut(block, AT_ONCE):
        coded = code_length(*routing.between(*routing.laid_spots(piece)))
        each = prod(piece.shape) * piece.scopes // coded.size
        weight = each * copies[start // size :][: piece.scopes]
        yield added_up(coded.ravel(), np.repeat(weight, coded.size // piece.scopes))
        start += piece.count
