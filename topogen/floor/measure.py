"""Length of every link of a block, measured piece by piece.

The length histogram and the per-link lengths are two reductions of what `measured` yields.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.expand import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.floor.routing import Routing
    from topogen.model.arrays import Ints
    from topogen.model.links import LinkBlock, Terminal

AT_ONCE = 1 << 16
"""Links that are measured at a time, so that intermediate results stay in the cache."""


def measured(block: LinkBlock, routing: Routing, *, with_slack: bool) -> Iterator[tuple[LinkBlock, Ints]]:
    """Yield pieces of a block with the lengths of their links, to be broadcast over (scopes, *shape).

    With slack these are lengths coded with their basis; without it lengths in mm, which are defined only if
    all links of the block are routed.
    """
    for piece in cut(block, AT_ONCE):
        if with_slack:
            yield piece, routing.coded_length(*routing.laid_spots(piece))
        else:
            yield piece, _routed_lengths(piece, routing)


def places_in_rack(end: Terminal, routing: Routing) -> Ints:
    """Return the place in its rack at which each scope begins, shape (scopes,)."""
    return end.scope % routing.stand(end).period


def shares_racks(block: LinkBlock, routing: Routing) -> bool:
    """Return whether each a is linked to one b in another rack, and the a ends fill racks by a rule."""
    a, b = (routing.stand(end) for end in block.ends)
    one_by_one = len({end.axis for end in block.ends}) == 1
    return one_by_one and a.listed is None and a.is_apart_from(b)


def _routed_lengths(block: LinkBlock, routing: Routing) -> Ints:
    """Return the lengths of routed links in mm without slack."""
    if block.scopes > 1 and shares_racks(block, routing):
        places = places_in_rack(block.a, routing)
        if (places == places[0]).all():
            return _lengths_by_rack(block, routing)
    return routing.way(*routing.laid_spots(block))


def _lengths_by_rack(block: LinkBlock, routing: Routing) -> Ints:
    """Return the lengths in mm of scopes that all begin at the same place in a rack.

    Links from one rack to one b differ only by the heights in that rack, which are the same in all scopes.
    """
    a, b = block.ends
    stand, device = routing.stand(a), a.scope[0] + a.device
    key = stand.rack(device) * (b.device.max() + 1) + b.device
    _, one, share = np.unique(key, return_index=True, return_inverse=True)
    height = stand.height(device)
    rise = (height - height[one][share]) * routing.drop_sign
    ends = (replace(end, device=end.device[one]) for end in block.ends)
    way = routing.way(*routing.laid_spots(replace(block, a=next(ends), b=next(ends))))
    along = [-1 if axis == a.axis else 1 for axis in range(len(block.shape))]
    return np.take(way, share, axis=1 + a.axis) + rise.reshape(along)
