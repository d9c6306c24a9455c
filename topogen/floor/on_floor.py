"""How many links of a block have which length where all ways run along trays: distances against heights.

A way between racks is their distance plus a drop at each end, so that the ways between what stands in two
racks are an outer sum: the distance, and the heights in one against the heights in the other. Racks that hold
the same heights, wherever they begin, share those sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.model.equivalence import changes, classify_rows
from topogen.model.length_histogram import BASES, added_up, code_length, joined
from topogen.model.runs import distinct

if TYPE_CHECKING:
    from topogen.floor.routing import Routing
    from topogen.model.arrays import Ints
    from topogen.model.length_histogram import Counted
    from topogen.model.links import LinkBlock
    from topogen.model.racks import Position


def counted_on_floor(block: LinkBlock, routing: Routing, copies: Ints) -> Counted | None:
    """Return the coded lengths of a block and how many links have them; each scope stands for its copies.

    None where some way does not run along trays, or where links join listed devices one by one.
    """
    a, b = block.ends
    at_a, at_b = (routing.stand(end) for end in block.ends)
    if not (routing.on_floor and _is_on_floor(at_a, routing) and _is_on_floor(at_b, routing)):
        return None
    if a.axis != b.axis:
        meets, joins = _all_with_all(block, routing, copies), len(a.device) * len(b.device)
    elif at_a.listed is None:
        meets, joins = _one_with_one(block, routing, copies), len(a.device)
    else:
        return None
    way, links = _ways(routing, meets)
    length = code_length(routing.with_slack(way), np.full_like(way, BASES.index("routed")))
    return length, links * (block.count // (block.scopes * joins))


def _is_on_floor(stand: Position, routing: Routing) -> bool:
    """Return whether every device of a group has a U in a rack that stands in a row."""
    if not stand.in_racks:
        return False
    racks, units = stand.listed or (np.arange(stand.span[0], stand.span[1] + 1), np.array(stand.units))
    return bool((routing.sites.x_mm[racks] >= 0).all() and (units >= 0).all())


class _RackShares(NamedTuple):
    """What each scope has in each rack: arrays of shape (shares,), scope after scope.

    ``kind`` is a row of ``heights``, those of the devices above the ``lowest``, padded with -1.
    """

    scope: Ints
    rack: Ints
    lowest: Ints
    kind: Ints
    heights: Ints


class _RackPairs(NamedTuple):
    """Shares of racks whose devices are all joined, ``weight`` times: arrays of shape (meetings,).

    Each side is the rack, the height of its lowest device and its kind, a row of ``heights``.
    """

    a: tuple[Ints, Ints, Ints]
    b: tuple[Ints, Ints, Ints]
    weight: Ints
    heights: tuple[Ints, Ints]


def _shares(rack: Ints, height: Ints) -> _RackShares:
    """Return devices, shape (scopes, devices), rack by rack."""
    scopes = np.broadcast_to(np.arange(len(rack))[:, None], rack.shape).ravel()
    order = np.lexsort((height.ravel(), rack.ravel(), scopes))
    scope, rack, height = scopes[order], rack.ravel()[order], height.ravel()[order]
    new = np.flatnonzero(changes(rack) | changes(scope))
    size = np.diff(new, append=len(rack))
    at = np.arange(len(rack)) - np.repeat(new, size)
    above = np.full((len(new), int(size.max())), -1, np.int64)
    above[np.repeat(np.arange(len(new)), size), at] = height - np.repeat(height[new], size)
    classes = classify_rows(above)
    return _RackShares(scope[new], rack[new], height[new], classes.class_of, above[classes.representatives])


def _all_with_all(block: LinkBlock, routing: Routing, copies: Ints) -> _RackPairs:
    """Return what meets where every a is joined to every b of its scope."""
    one, two = (_shares(*routing.spots(end)) for end in block.ends)
    i, j = _pairs(one.scope, two.scope, block.scopes)
    return _RackPairs(
        (one.rack[i], one.lowest[i], one.kind[i]),
        (two.rack[j], two.lowest[j], two.kind[j]),
        copies[one.scope[i]],
        (one.heights, two.heights),
    )


def _one_with_one(block: LinkBlock, routing: Routing, copies: Ints) -> _RackPairs:
    """Return what meets where a is joined to b one by one: each b, and its devices in each rack.

    Scopes that begin at the same place of a rack have the same shares of racks.
    """
    a, b = block.ends
    at_a, at_b = (routing.stand(end) for end in block.ends)
    phase, scope = np.divmod(
        np.sort(a.scope % at_a.period * block.scopes + np.arange(block.scopes)), block.scopes
    )
    places = distinct(phase)
    targets = distinct(b.device)
    number = places[:, None] + a.device
    share = number // at_a.per_rack * len(targets) + np.searchsorted(targets, b.device)
    shares = _shares(share, at_a.height(number))
    i, j = _pairs(np.searchsorted(places, phase), shares.scope, len(places))
    racks, target = np.divmod(shares.rack[j], len(targets))
    far = b.scope[scope[i]] + targets[target]
    return _RackPairs(
        (at_a.rack((a.scope - a.scope % at_a.period)[scope[i]]) + racks, shares.lowest[j], shares.kind[j]),
        (at_b.rack(far), at_b.height(far), np.zeros_like(far)),
        copies[scope[i]],
        (shares.heights, np.zeros((1, 1), np.int64)),
    )


def _pairs(a: Ints, b: Ints, scopes: int) -> tuple[Ints, Ints]:
    """Return the indices of every a with every b of the same scope; both ascend by scope."""
    count_b = np.bincount(b, minlength=scopes)
    first_b = np.cumsum(count_b) - count_b
    i = np.repeat(np.arange(len(a)), count_b[a])
    turn = np.arange(len(i)) - np.repeat(np.cumsum(count_b[a]) - count_b[a], count_b[a])
    return i, first_b[a[i]] + turn


def _ways(routing: Routing, meets: _RackPairs) -> Counted:
    """Return the ways between all devices that meet."""
    (rack_a, low_a, kind_a), (rack_b, low_b, kind_b) = meets.a, meets.b
    same = rack_a == rack_b
    start = np.where(same, low_a - low_b, routing.across((rack_a, low_a), (rack_b, low_b)))
    kinds = (kind_a * len(meets.heights[1]) + kind_b) * 2 + same
    low, span = int(start.min()), int(np.ptp(start)) + 1
    key, weight = added_up(kinds * span + start - low, meets.weight)
    ways = []
    for part in np.split(np.arange(len(key)), np.flatnonzero(np.diff(key // span)) + 1):
        of, inside = divmod(int(key[part[0]]) // span, 2)
        rows = divmod(of, len(meets.heights[1]))
        a, b = (table[row] for table, row in zip(meets.heights, rows, strict=True))
        begin = key[part] % span + low
        ways.append(_outer(routing, (begin, weight[part]), a[a >= 0], b[b >= 0], inside=bool(inside)))
    return added_up(*joined(ways))


def _outer(routing: Routing, start: Counted, a: Ints, b: Ints, *, inside: bool) -> Counted:
    """Return ways from starts between lowest devices, for devices so much above those at both ends."""
    begin, weight = start
    rise = a[:, None] - b[None, :] if inside else (a[:, None] + b[None, :]) * routing.drop_sign
    step, times = added_up(rise.ravel(), np.ones(rise.size, np.int64))
    way = begin[:, None] + step[None, :]
    return (np.abs(way) if inside else way).ravel(), (weight[:, None] * times[None, :]).ravel()
