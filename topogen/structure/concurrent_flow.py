"""Concurrent flow: the most that all ends can send at the same time, solved as a linear program.

Links are full duplex: each direction carries the whole rate. Traffic takes any paths in any shares, as a
fluid; an end that does not forward is only where traffic starts and stops.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.graph.library import library
from topogen.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.structure.domain import Domain

    Floats = NDArray[np.float64]

MOST_FLOWS = 20_000
"""Sources x directions of joined pairs of the largest linear program: ten seconds."""
CLOSE = Fraction(1, 10**6)
"""Relative distance of what the program reached from the proven bound, at which the bound is the answer."""
PARTS = (1, 2, 6, 60, 2520, 10**6)
"""Prices of links are rounded to such parts of the least, in turn: those of regular fabrics are simple."""
NOTHING = 1e-7
"""A share of the highest price below which a price is rounding."""
FAR = 1 << 60


@dataclass(frozen=True)
class Arcs:
    """A domain for flows: each direction of each joined pair once, ends with one link taken off.

    ``tail``, ``head`` and ``capacity`` (Mb/s) have shape (arcs,), ``pair`` the joined pair of each. The
    traffic of an end enters at ``source`` and leaves at ``sink``; both have shape (ends,). ``own`` is the
    bandwidth of each end, shape (ends,).
    """

    size: int
    tail: Ints
    head: Ints
    capacity: Ints
    pair: Ints
    source: Ints
    sink: Ints
    own: Ints


@dataclass(frozen=True)
class Flow:
    """What each end can send, in Mb/s, and which joined pairs of devices (of ``domain.capacity``) limit it.

    ``exact`` is False where only a bound from above is proven.
    """

    mbps: Fraction
    exact: bool
    limits: Ints


def arcs_of(domain: Domain) -> Arcs:
    """Return the arcs of a domain.

    An end that does not forward becomes two nodes, one that sends and one that receives. If its only
    neighbour forwards, its traffic starts and stops at the neighbour instead. A device that several ends
    share is two nodes too: it takes no traffic from one of them to another.
    """
    near, far, rate = domain.capacity
    size, ends = len(domain.nodes), np.searchsorted(domain.nodes, domain.ends)
    own = np.zeros(size, np.int64)
    np.add.at(own, near, rate)
    np.add.at(own, far, rate)
    forwards, joined = domain.forwards[domain.nodes], domain.joined
    shared = domain.nodes >= len((domain.by_links or domain).is_end)
    degree = np.bincount(np.concatenate([near, far]), minlength=size)
    sends, takes = np.arange(size), np.where(forwards & ~shared, np.arange(size), size + np.arange(size))
    lone = np.zeros(len(near), bool)
    for one, other in ((near, far), (far, near)):
        alone = (degree[one] == 1) & ~forwards[one] & forwards[other] & ~joined
        sends[one[alone]] = takes[one[alone]] = other[alone]
        lone |= alone
    kept = np.flatnonzero(~lone)
    a, b = near[kept], far[kept]
    turn = [joined[kept] & shared[side] for side in (a, b)]
    return Arcs(
        size=2 * size,
        tail=np.concatenate([np.where(turn[at], takes[end], sends[end]) for at, end in enumerate((a, b))]),
        head=np.concatenate(
            [np.where(turn[1 - at], sends[end], takes[end]) for at, end in enumerate((b, a))]
        ),
        capacity=np.tile(rate[kept], 2),
        pair=np.tile(kept, 2),
        source=sends[ends],
        sink=takes[ends],
        own=own[ends],
    )


def demands(arcs: Arcs, to: Ints | None) -> tuple[Ints, Ints]:
    """Return the nodes that send, and the units from each to each node, shape (senders, nodes).

    ``to`` has the end that each end sends to, shape (ends,). If it is None, each sends to all others.
    """
    senders, which = np.unique(arcs.source, return_inverse=True)
    units = np.zeros((len(senders), arcs.size), np.int64)
    if to is None:
        ends_at = np.bincount(which, minlength=len(senders))
        units += np.outer(ends_at, np.bincount(arcs.sink, minlength=arcs.size))
        np.add.at(units, (which, arcs.sink), -1)
    else:
        np.add.at(units, (which, arcs.sink[to]), 1)
    return senders, units


def flows_of(arcs: Arcs) -> int:
    """Return how many flows the linear program of a domain has."""
    return len(np.unique(arcs.source)) * len(arcs.tail)


def concurrent_flow(arcs: Arcs, to: Ints | None = None) -> Flow:
    """Return the most that each end can send, all at the same time, all as much.

    Parameters
    ----------
    arcs
        The domain.
    to
        The end that each end sends to. If it is None, each sends equally to all others, not to itself.

    Raises
    ------
    InputError
        E654 without scipy (the extra ``graphs``).
    """
    senders, units = demands(arcs, to)
    sent = len(arcs.own) - 1 if to is None else 1
    nothing = np.zeros(0, np.int64)
    hops = _distances(arcs, senders, np.ones_like(arcs.tail))
    if (hops[units > 0] >= FAR).any():
        return Flow(Fraction(0), exact=True, limits=nothing)
    alone = Fraction(int(arcs.own.min()))
    units[np.arange(len(senders)), senders] = 0
    if not units.any():
        return Flow(alone, exact=True, limits=nothing)
    reached, prices = _solve(arcs, senders, units)
    if reached * sent >= alone * (1 - CLOSE):
        return Flow(alone, exact=True, limits=nothing)
    bound, lengths = min((_bound(arcs, senders, units, one) for one in _rounded(prices)), key=_value)
    return Flow(bound * sent, bound <= reached * (1 + CLOSE), np.unique(arcs.pair[lengths > 0]))


def _value(bound: tuple[Fraction, Ints]) -> Fraction:
    return bound[0]


def _solve(arcs: Arcs, senders: Ints, units: Ints) -> tuple[Fraction, Floats]:
    """Return the units that flow (in Mb/s each) and the price of capacity on each arc."""
    sparse, optimize = library("scipy.sparse", "throughput"), library("scipy.optimize", "throughput")
    count, flows = len(arcs.tail), len(senders) * len(arcs.tail)
    scale = int(arcs.capacity.max())
    ones, each = np.ones(count), np.arange(count)
    step = sparse.coo_array((ones, (arcs.tail, each)), (arcs.size, count)) - sparse.coo_array(
        (ones, (arcs.head, each)), (arcs.size, count)
    )
    out = -units.astype(float)
    out[np.arange(len(senders)), senders] += units.sum(axis=1)
    balance = sparse.hstack(
        [sparse.kron(sparse.eye_array(len(senders)), step), sparse.csr_array(-out.reshape(-1, 1))],
        format="csr",
    )
    used = np.diff(balance.indptr) > 0
    load = sparse.hstack(
        [sparse.kron(np.ones((1, len(senders))), sparse.eye_array(count)), sparse.csr_array((count, 1))],
        format="csr",
    )
    gain = np.zeros(flows + 1)
    gain[-1] = -1
    found = optimize.linprog(
        gain,
        A_ub=load,
        b_ub=arcs.capacity / scale,
        A_eq=balance[np.flatnonzero(used)],
        b_eq=np.zeros(int(used.sum())),
        method="highs",
    )
    return Fraction(float(found.x[-1])) * scale, np.maximum(0, -found.ineqlin.marginals)


def _rounded(prices: Floats) -> list[Ints]:
    """Return the prices as whole numbers in nearly the same proportions, from coarse to fine."""
    priced = prices > prices.max() * NOTHING
    shares = np.where(priced, prices / prices[priced].min(), 0)
    return [np.rint(shares * parts).astype(np.int64) for parts in PARTS]


def _bound(arcs: Arcs, senders: Ints, units: Ints, lengths: Ints) -> tuple[Fraction, Ints]:
    """Return what no flow can exceed, by any lengths of arcs: units travel at most all capacity x length.

    Source: the dual of maximum concurrent flow; F. Shahrokhi and D. W. Matula, J. ACM 37(2), 1990.
    """
    wanted = units > 0
    away = _distances(arcs, senders, lengths)[wanted].astype(object)
    room = arcs.capacity.astype(object) * lengths.astype(object)
    return Fraction(int(room.sum()), int((away * units[wanted].astype(object)).sum())), lengths


def _distances(arcs: Arcs, senders: Ints, lengths: Ints) -> Ints:
    """Return the length of the shortest way from each sender to each node, shape (senders, nodes)."""
    order = np.argsort(arcs.head, kind="stable")
    tail, head, length = arcs.tail[order], arcs.head[order], lengths[order]
    away = np.full((len(senders), arcs.size), FAR, np.int64)
    away[np.arange(len(senders)), senders] = 0
    if not len(head):
        return away
    starts = np.flatnonzero(np.diff(head, prepend=-1))
    while True:
        nearest = np.minimum.reduceat(np.minimum(away[:, tail] + length, FAR), starts, axis=1)
        nearest = np.minimum(nearest, away[:, head[starts]])
        if (nearest == away[:, head[starts]]).all():
            return away
        away[:, head[starts]] = nearest


def distance_bound(arcs: Arcs, to: Ints | None = None) -> Fraction:
    """Return what each end cannot exceed: its own bandwidth, or that of all links over the links in use.

    Traffic from one end to another takes at least the links of the shortest way.
    """
    senders, units = demands(arcs, to)
    units[np.arange(len(senders)), senders] = 0
    alone = Fraction(int(arcs.own.min()))
    if not units.any():
        return alone
    sent = len(arcs.own) - 1 if to is None else 1
    return min(alone, sent * _bound(arcs, senders, units, np.ones_like(arcs.tail))[0])


def shortest_path_flow(arcs: Arcs, to: Ints | None = None) -> float:
    """Return what each end can send in Mb/s, nearly, if traffic is split over all its shortest paths.

    A path has a share in proportion to the product of the rates along it. 0 where some ends have no path.
    """
    senders, units = demands(arcs, to)
    units[np.arange(len(senders)), senders] = 0
    alone = float(arcs.own.min())
    if not units.any():
        return alone
    away = _distances(arcs, senders, np.ones_like(arcs.tail))
    if (away[units > 0] >= FAR).any():
        return 0.0
    load = _shortest_loads(arcs, away, units)
    busy = load > 0
    sent = len(arcs.own) - 1 if to is None else 1
    return min(alone, sent * float((arcs.capacity[busy] / load[busy]).min()))


def _shortest_loads(arcs: Arcs, away: Ints, units: Ints) -> Floats:
    """Return the units on each arc: paths are counted outward, units added up on the way back (Brandes)."""
    weight = arcs.capacity / arcs.capacity.max()
    ways = (away == 0).astype(float)
    through = units.astype(float)
    onward = (away[:, arcs.tail] + 1 == away[:, arcs.head]) & (away[:, arcs.tail] < FAR)
    furthest = int(away[units > 0].max())
    steps = []
    for distance in range(furthest):
        row, arc = np.nonzero(onward & (away[:, arcs.tail] == distance))
        np.add.at(ways, (row, arcs.head[arc]), ways[row, arcs.tail[arc]] * weight[arc])
        steps.append((row, arc))
    load = np.zeros(len(arcs.tail))
    for row, arc in reversed(steps):
        tail, head = arcs.tail[arc], arcs.head[arc]
        carried = ways[row, tail] * weight[arc] / ways[row, head] * through[row, head]
        np.add.at(load, arc, carried)
        np.add.at(through, (row, tail), carried)
    return load
