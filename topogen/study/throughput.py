"""Throughput: what each endpoint can send while all others do, and how long collectives take at that rate.

Traffic is a fluid on full-duplex links: it takes any paths in any shares, without headers, congestion or
limits of routing, so that no routing does better. Nobody sends to itself.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.errors import InputError, Problem
from topogen.memory import needing
from topogen.records import dataclass
from topogen.structure.bisection import bisection_bounds
from topogen.structure.concurrent_flow import (
    CLOSE,
    MOST_FLOWS,
    arcs_of,
    concurrent_flow,
    distance_bound,
    flows_of,
    shortest_path_flow,
)
from topogen.structure.domain import NoDomainError, domain, names
from topogen.structure.hops import hops
from topogen.structure.tree_flow import star_flow, tree_flow
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.structure.concurrent_flow import Arcs
    from topogen.structure.domain import Domain
    from topogen.structure.hops import Hops

ALL_TO_ALL, PERMUTATION, RING = TRAFFIC = ("all-to-all", "permutation", "ring")
CLOSED, PATHS, PROGRAM, BOUND = "closed form", "shortest paths", "linear program", "upper bound"
MOST_DISTANCES = 10_000_000
"""Sources x directions of joined pairs of the largest fabric whose distances bound the throughput."""
BYTES_PER_LINK = 340
BITS = 8
PORTS = "endpoint ports"


@dataclass(frozen=True)
class Throughput:
    """What each of ``ends`` endpoints of a fabric or network can send, in Mb/s per direction.

    Attributes
    ----------
    port_mbps
        The bandwidth of the endpoint with the least.
    mbps
        The throughput; 0 where some endpoints that exchange traffic have no path.
    bound
        ``at most`` where only an upper bound is known, else empty.
    basis
        ``closed form``; ``shortest paths``, where traffic split over these reaches an upper bound;
        ``linear program``; ``upper bound``.
    limits
        The link groups that limit it, or the ports of the endpoints.
    """

    fabric: str
    traffic: str
    ends: int
    port_mbps: int
    mbps: Fraction
    bound: str
    basis: str
    limits: tuple[str, ...]

    @property
    def share(self) -> Fraction:
        """Return the throughput as a share of the bandwidth of an endpoint."""
        return self.mbps / self.port_mbps


@dataclass(frozen=True)
class Collective:
    """How long a collective of all endpoints of a fabric takes, in ns.

    Attributes
    ----------
    message
        Bytes: those that each endpoint contributes and gets reduced (all-reduce), that each has in the end
        (all-gather), or that each holds in equal parts for all (all-to-all).
    rounds
        Rounds of messages that wait for each other.
    hops
        Links on the longest of the shortest ways between two endpoints, which each round is taken to wait
        for. traffic The traffic whose throughput it has. ns The time; None where the throughput is 0. bound
        ``at least`` where the throughput is an upper bound or the hops are those of a sample, else empty.
    """

    fabric: str
    collective: str
    message: int
    rounds: int
    hops: int
    traffic: str
    ns: Fraction | None
    bound: str


@dataclass(frozen=True)
class Throughputs:
    """Throughput by fabric and traffic, and the times of collectives where a message size was given."""

    rows: tuple[Throughput, ...]
    collectives: tuple[Collective, ...]
    seed: int
    hop_ns: Fraction


def throughput(
    fabric: Fabric,
    *,
    only: str | Sequence[str] = (),
    traffic: Sequence[str] = TRAFFIC,
    seed: int = 0,
    message: int | None = None,
    hop_ns: Fraction | int = 0,
) -> Throughputs:
    """Return what each endpoint can send while all others send as much.

    Parameters
    ----------
    fabric
        A built fabric.
    only
        Names of fabrics of the file or of networks. Default: every fabric, and every network that is more
        than one fabric.
    traffic
        ``all-to-all``: each endpoint sends equally to all others. ``permutation``: each sends to one other in
        a random order that ``seed`` gives. ``ring``: each sends to the next by number.
    message
        Bytes of a message, for the times of collectives.
    hop_ns
        Latency of a link with the device at its end, for those times.

    Raises
    ------
    InputError
        E661 for a name that is neither a fabric nor a network; E654 without scipy, where no closed form
        holds.
    """
    rows: list[Throughput] = []
    times: list[Collective] = []
    with needing(f"the throughput of {format_count(fabric.n_links)} links", BYTES_PER_LINK * fabric.n_links):
        for name in only or names(fabric):
            one = _domain(fabric, name)
            if len(one.ends) > 1:
                asked = dict.fromkeys((*traffic, *((ALL_TO_ALL, RING) if message else ())))
                found = {kind: _throughput(fabric, one, kind, seed) for kind in asked}
                rows += [found[kind] for kind in dict.fromkeys(traffic)]
                times += _collectives(found, hops(one), message, Fraction(hop_ns)) if message else ()
    return Throughputs(tuple(rows), tuple(times), seed, Fraction(hop_ns))


def _domain(fabric: Fabric, name: str) -> Domain:
    try:
        return domain(fabric, name)
    except NoDomainError as error:
        message, _, hint = str(error).partition("; ")
        raise InputError([Problem("E661", message, hint=hint)]) from None


# Traffic


def targets(kind: str, ends: int, seed: int) -> Ints | None:
    """Return the end that each end sends to, shape (ends,); None for all others.

    A random permutation is one cycle through all ends, so that no end sends to itself.
    """
    if kind == ALL_TO_ALL:
        return None
    order = np.arange(ends) if kind == RING else np.random.default_rng(seed).permutation(ends)
    to = np.empty(ends, np.int64)
    to[order] = np.roll(order, -1)
    return to


class _Known(NamedTuple):
    """A throughput, whether it is a bound, on which basis, and what limits it."""

    mbps: Fraction
    bound: str
    basis: str
    limits: tuple[str, ...]


def _throughput(fabric: Fabric, one: Domain, kind: str, seed: int) -> Throughput:
    to = targets(kind, len(one.ends), seed)
    arcs = arcs_of(one)
    found = _by_tree(fabric, one, to) or _by_paths(fabric, one, arcs, to) or _by_program(one, arcs, to)
    found = found or _by_bound(fabric, one, arcs, to)
    return Throughput(one.name, kind, len(one.ends), int(arcs.own.min()), *found)


def _by_tree(fabric: Fabric, one: Domain, to: Ints | None) -> _Known | None:
    star = star_flow(one)
    if star is not None:
        return _Known(star, "", CLOSED, (PORTS,))
    tree = tree_flow(fabric, one, to)
    if tree is None:
        return None
    above = tuple(group.name for group in one.groups if group.tier == tree.tier + 1)
    return _Known(tree.mbps, "", CLOSED, above if tree.tier else (PORTS,))


def _by_paths(fabric: Fabric, one: Domain, arcs: Arcs, to: Ints | None) -> _Known | None:
    """Return the upper bound, if shortest paths reach it."""
    if flows_of(arcs) > MOST_DISTANCES:
        return None
    reached = shortest_path_flow(arcs, to)
    bound = _by_bound(fabric, one, arcs, to) if reached else None
    if bound is None or reached < bound.mbps * (1 - CLOSE):
        return None
    return _Known(bound.mbps, "", PATHS, bound.limits)


def _by_program(one: Domain, arcs: Arcs, to: Ints | None) -> _Known | None:
    if flows_of(arcs) > MOST_FLOWS:
        return None
    flow = concurrent_flow(arcs, to)
    limits = (_groups(one, flow.limits) or (PORTS,)) if flow.mbps else ("no path",)
    return _Known(flow.mbps, "" if flow.exact else "at most", PROGRAM, limits)


def _groups(one: Domain, pairs: Ints) -> tuple[str, ...]:
    """Return the link groups of some joined pairs."""
    a, b = np.searchsorted(one.nodes, one.a), np.searchsorted(one.nodes, one.b)
    near, far, _ = one.capacity
    keys = near[pairs] * len(one.nodes) + far[pairs]
    mine = np.isin(np.minimum(a, b) * len(one.nodes) + np.maximum(a, b), keys)
    found = np.unique(one.group_of[mine & ~one.joins])
    return tuple(one.groups[index].name for index in found.tolist())


def _by_bound(fabric: Fabric, one: Domain, arcs: Arcs, to: Ints | None) -> _Known:
    """Return the least of the bounds: ports, links in use, and cuts between halves for all-to-all."""
    found = [(Fraction(int(arcs.own.min())), PORTS)]
    if flows_of(arcs) <= MOST_DISTANCES:
        found.append((distance_bound(arcs, to), "links on the shortest ways"))
    if to is None:
        for cut in bisection_bounds(fabric, one):
            if cut.bound != "at least":
                crossing = Fraction(prod(cut.sides), len(one.ends) - 1)
                found.append((cut.bandwidth / crossing, f"bisection, {cut.basis}"))
    mbps, limit = min(found, key=lambda pair: pair[0])
    return _Known(mbps, "at most", BOUND, (limit,)) if mbps else _Known(mbps, "", BOUND, ("no path",))


# Collectives


def _collectives(
    found: dict[str, Throughput], ways: Hops, message: int, hop_ns: Fraction
) -> Iterator[Collective]:
    """Yield rings of reduce and gather, and the exchange of all with all."""
    ends = ways.ends
    for name, kind, rounds, parts in (
        ("ring all-reduce", RING, 2 * (ends - 1), 2 * (ends - 1)),
        ("ring all-gather", RING, ends - 1, ends - 1),
        ("all-to-all", ALL_TO_ALL, 1, ends - 1),
    ):
        rate = found[kind]
        wait = rounds * ways.most * hop_ns
        ns = Fraction(message * BITS * 1000 * parts, ends) / rate.mbps + wait if rate.mbps else None
        sampled = bool(hop_ns) and not ways.exact
        bound = "at least" if rate.mbps and (rate.bound or sampled) else ""
        yield Collective(rate.fabric, name, message, rounds, ways.most, kind, ns, bound)
