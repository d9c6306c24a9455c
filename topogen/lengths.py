"""How many links of a block have which length, counted from where devices stand and never link by link.

Between racks a way is the distance of the racks plus a drop at each end, so that the ways between two racks
are an outer sum: their distance, and the heights in one against the heights in the other. Racks that hold
the same heights, wherever they begin, share those sums. Where a way is measured, or a rack or a U is not
known, every pair of devices is looked at instead.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.fabric import Ints, LengthClass, height_mm
from topogen.layout import BASES, BETWEEN_RACKS_MM, IN_RACK_MM, UNKNOWN
from topogen.runs import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.fabric import LinkBlock, Stand, Terminal
    from topogen.layout import Routing, Spots

DENSE = 4
"""How many whole numbers a value may take before counting by number is given up for sorting."""

Counted = tuple[Ints, Ints]
"""Values and how often each occurs, both of one shape."""


def counted_lengths(block: LinkBlock, routing: Routing) -> Counted:
    """Return the lengths of a block, each coded with its basis, and how many links have them.

    From its devices and never from its links; scopes that look the same from inside (racks of one template)
    are measured once. A code may come twice.
    """
    if (flat := _default_mm(block, routing)) is not None:
        return alike(flat, "default", block.count)
    return _coded(block, routing, *_distinct_scopes(block, routing))


def alike(length_mm: int | None, basis: str, links: int) -> Counted:
    """Return one length, None where it is not known, of so many links."""
    code = (UNKNOWN if length_mm is None else length_mm) * len(BASES) + BASES.index(basis)
    return np.array([code]), np.array([links])


def merged_lengths(found: Iterable[tuple[tuple[str, str], Counted]]) -> tuple[LengthClass, ...]:
    """Return coded lengths between two kinds of devices as classes, equal ones added up, shortest first."""
    parts: dict[tuple[str, str], list[Counted]] = {}
    for types, counted in found:
        parts.setdefault(types, []).append(counted)
    classes = []
    for types, some in sorted(parts.items()):
        coded, links = _added_up(*(np.concatenate(column) for column in zip(*some, strict=True)))
        mm, basis = np.divmod(coded, len(BASES))
        rows = zip(mm.tolist(), basis.tolist(), links.tolist(), strict=True)
        classes += [
            LengthClass(*types, None if mm == UNKNOWN else mm, BASES[basis], count)
            for mm, basis, count in sorted(rows, key=lambda row: (max(row[0], 0), BASES[row[1]]))
        ]
    return tuple(classes)


def _default_mm(block: LinkBlock, routing: Routing) -> int | None:
    """Return the length of all links of a block where no way between its racks is known, else None."""
    a, b = _stands(block, routing)
    if a.nowhere and b.nowhere:
        return IN_RACK_MM
    if (a.nowhere and b.in_racks) or (a.in_racks and b.nowhere):
        return BETWEEN_RACKS_MM
    apart = a.in_racks and b.in_racks and (a.span[1] < b.span[0] or b.span[1] < a.span[0])
    return BETWEEN_RACKS_MM if apart and not routing.has_ways else None


def _stands(block: LinkBlock, routing: Routing) -> tuple[Stand, Stand]:
    """Return where the devices of both ends stand."""
    assert block.b is not None  # noqa: S101 - as above
    return routing.sites.stands[block.a.group], routing.sites.stands[block.b.group]


def _distinct_scopes(block: LinkBlock, routing: Routing) -> Counted:
    """Return one of each kind of scope, and how many copies it stands for.

    Scopes are of one kind when each lies within one rack and begins at the same place of it.
    """
    assert block.b is not None  # noqa: S101 - as above
    stands = _stands(block, routing)
    if all(stand.listed is None and stand.in_racks for stand in stands):
        ends = list(zip((block.a, block.b), stands, strict=True))
        (a, b) = inside = [end.scope % stand.per_rack for end, stand in ends]
        fits = all(
            int(first.max()) + int(end.device.max()) < stand.per_rack
            for first, (end, stand) in zip(inside, ends, strict=True)
        )
        if fits and (stands[0].rack(block.a.scope) == stands[1].rack(block.b.scope)).all():
            key = a * stands[1].per_rack + b
            times, one_of = np.bincount(key), np.zeros(int(key.max()) + 1, np.int64)
            one_of[key] = np.arange(len(key))
            return one_of[times > 0], times[times > 0]
    return np.arange(block.scopes), np.ones(block.scopes, np.int64)


def _coded(block: LinkBlock, routing: Routing, scopes: Ints, copies: Ints) -> Counted:
    """Return lengths and their basis as one number each, and how many links have them; some twice."""
    assert block.b is not None  # noqa: S101 - as above
    crossed = block.a.axis != block.b.axis
    sizes = {end.axis: block.shape[end.axis] for end in (block.a, block.b)}
    each = prod(block.shape) // prod(sizes.values())
    stands = _stands(block, routing)
    if routing.on_floor and all(_is_on_floor(stand, routing) for stand in stands):
        if crossed:
            ways = _ways_across(routing, *_spots(block, routing, scopes), copies)
        elif stands[0].listed is None:
            ways = _ways_along(block, routing, scopes, copies)
        else:
            ways = None
        if ways is not None:
            way, links = _added_up(*ways)
            return routing.with_slack(way) * len(BASES) + BASES.index("routed"), links * each
    a, b = _spots(block, routing, scopes)
    if crossed:
        a, b = (a[0][:, :, None], a[1][:, :, None]), (b[0][:, None, :], b[1][:, None, :])
    rack_a, high_a, rack_b, high_b = np.broadcast_arrays(*a, *b)
    length, basis = routing.between((rack_a, high_a), (rack_b, high_b))
    weight = np.broadcast_to(copies.reshape(-1, *(1,) * (length.ndim - 1)), length.shape) * each
    return (length * len(BASES) + basis).ravel(), weight.ravel()


def _added_up(values: Ints, counts: Ints) -> Counted:
    """Return different values, ascending, with their counts added up."""
    low = int(values.min())
    if int(values.max()) - low < DENSE * values.size:  # far faster than sorting them
        total = np.zeros(int(values.max()) - low + 1, np.int64)
        np.add.at(total, values - low, counts)
        kinds = np.flatnonzero(total)
        return kinds + low, total[kinds]
    kinds, index = np.unique(values, return_inverse=True)
    total = np.zeros(len(kinds), np.int64)
    np.add.at(total, index.ravel(), counts)
    return kinds, total


def _is_on_floor(stand: Stand, routing: Routing) -> bool:
    """Return whether every device of a group has a U in a rack that stands in a row."""
    if not stand.in_racks:
        return False
    racks, units = stand.listed or (np.arange(stand.span[0], stand.span[1] + 1), np.array(stand.units))
    return bool((routing.sites.x_mm[racks] >= 0).all() and (units >= 0).all())


def _spots(block: LinkBlock, routing: Routing, scopes: Ints) -> tuple[Spots, Spots]:
    """Return where both ends stand, each array of shape (scopes, entries of its axis)."""
    assert block.b is not None  # noqa: S101 - as above

    def spots(end: Terminal) -> Spots:
        stand = routing.sites.stands[end.group]
        devices = end.scope[scopes][:, None] + end.device[None, :]
        return stand.rack(devices), height_mm(stand.unit(devices))

    return spots(block.a), spots(block.b)


# Every a with every b


class _Shares(NamedTuple):
    """What one side of each scope has in each rack: arrays of shape (shares,), scope after scope.

    ``kind`` is a row of ``heights``, those of the devices above the ``lowest``, padded with -1.
    """

    scope: Ints
    rack: Ints
    lowest: Ints
    kind: Ints
    heights: Ints


def _shares(spots: Spots) -> _Shares:
    """Return spots, shape (scopes, devices), rack by rack."""
    rack, height = spots
    scopes = np.broadcast_to(np.arange(len(rack))[:, None], rack.shape).ravel()
    order = np.lexsort((height.ravel(), rack.ravel(), scopes))
    scope, rack, height = scopes[order], rack.ravel()[order], height.ravel()[order]
    new = np.flatnonzero(np.append(True, (rack[1:] != rack[:-1]) | (scope[1:] != scope[:-1])))
    size = np.diff(new, append=len(rack))
    at = np.arange(len(rack)) - np.repeat(new, size)
    above = np.full((len(new), int(size.max())), -1, np.int64)
    above[np.repeat(np.arange(len(new)), size), at] = height - np.repeat(height[new], size)
    heights, kind = np.unique(above, axis=0, return_inverse=True)
    return _Shares(scope[new], rack[new], height[new], kind.ravel(), heights)


def _ways_across(routing: Routing, a: Spots, b: Spots, copies: Ints) -> Counted:
    """Return the ways from every a to every b of each scope."""
    one, two = _shares(a), _shares(b)
    i, j = _pairs(one.scope, two.scope, len(copies))
    same = one.rack[i] == two.rack[j]
    start = np.where(
        same,
        one.lowest[i] - two.lowest[j],
        routing.across((one.rack[i], one.lowest[i]), (two.rack[j], two.lowest[j])),
    )
    kinds = (one.kind[i] * len(two.heights) + two.kind[j]) * 2 + same
    weight = copies[one.scope[i]]
    ways = []
    for kind in distinct(kinds).tolist():
        here = kinds == kind
        (high, low), inside = divmod(kind // 2, len(two.heights)), kind % 2
        rises = [rows[rows >= 0] for rows in (one.heights[high], two.heights[low])]
        ways.append(_outer(routing, (start[here], weight[here]), rises[0], rises[1], inside=bool(inside)))
    values, counts = zip(*ways, strict=True)
    return np.concatenate(values), np.concatenate(counts)


def _pairs(a: Ints, b: Ints, scopes: int) -> tuple[Ints, Ints]:
    """Return the indices of every a with every b of the same scope; both ascend by scope."""
    count_b = np.bincount(b, minlength=scopes)
    first_b = np.cumsum(count_b) - count_b
    i = np.repeat(np.arange(len(a)), count_b[a])
    turn = np.arange(len(i)) - np.repeat(np.cumsum(count_b[a]) - count_b[a], count_b[a])
    return i, first_b[a[i]] + turn


def _outer(routing: Routing, start: Counted, a: Ints, b: Ints, *, inside: bool) -> Counted:
    """Return ways from starts between lowest devices, for devices so much above those at both ends."""
    begin, weight = _added_up(*start)
    rise = a[:, None] - b[None, :] if inside else (a[:, None] + b[None, :]) * routing.drop_sign
    step, times = _added_up(rise.ravel(), np.ones(rise.size, np.int64))
    way = begin[:, None] + step[None, :]
    return (np.abs(way) if inside else way).ravel(), (weight[:, None] * times[None, :]).ravel()


# One a with one b


def _ways_along(block: LinkBlock, routing: Routing, scopes: Ints, copies: Ints) -> Counted:
    """Return the ways of links that join their ends one by one, where those of a stand by a rule.

    Scopes that begin at the same place of a rack have the same links between the same shares of racks.
    """
    assert block.b is not None  # noqa: S101 - as above
    at_a, at_b = _stands(block, routing)
    phase = block.a.scope[scopes] % at_a.per_rack
    device, to = np.unique(block.b.device, return_inverse=True)
    ways = []
    for start in distinct(phase).tolist():
        here = phase == start
        number = start + block.a.device
        height = height_mm(at_a.unit(number))
        shares, share = np.unique(number // at_a.per_rack * len(device) + to, return_inverse=True)
        begin = at_a.rack(block.a.scope[scopes[here]])[:, None] + (shares // len(device))[None, :]
        end = block.b.scope[scopes[here]][:, None] + device[shares % len(device)][None, :]
        rack, far = at_b.rack(end), height_mm(at_b.unit(end))
        for at, (highs, times) in enumerate(_heights(share, height, len(shares))):
            way = _between(routing, (begin[:, at], highs), (rack[:, at], far[:, at]))
            ways.append((way.ravel(), (copies[here][:, None] * times[None, :]).ravel()))
    values, counts = zip(*ways, strict=True)
    return np.concatenate(values), np.concatenate(counts)


def _heights(share: Ints, height: Ints, count: int) -> Iterator[Counted]:
    """Yield the heights of the devices of each share, with how often each occurs."""
    for number in range(count):
        mine = height[share == number]
        yield _added_up(mine, np.ones(len(mine), np.int64))


def _between(routing: Routing, a: Spots, b: Spots) -> Ints:
    """Return the ways from racks at some heights each to a spot each, shape (racks, heights)."""
    (rack, highs), (other, far) = a, b
    across = routing.across((rack, np.zeros_like(rack)), (other, far))[:, None] + highs * routing.drop_sign
    return np.where((rack == other)[:, None], np.abs(highs[None, :] - far[:, None]), across)
