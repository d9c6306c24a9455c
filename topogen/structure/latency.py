"""Latency of the shortest ways: cable by the metre and switches by the hop, both as stated by who asks.

No figure is assumed here: the nanoseconds of a switch and of a metre are inputs, shown beside the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import link_lengths
from topogen.model.expand import expand
from topogen.model.length_histogram import UNKNOWN_MM
from topogen.records import dataclass
from topogen.units import to_metres

if TYPE_CHECKING:
    from fractions import Fraction

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.structure.domain import Domain

SOURCES = 16
FAR = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Latency:
    """Least and most time from end to end, one way, from ``sources`` of the ``ends``, in nanoseconds."""

    name: str
    sources: int
    ends: int
    hop_ns: Fraction
    ns_per_m: Fraction
    least: Fraction
    most: Fraction


def latency(
    fabric: Fabric, domain: Domain, hop_ns: Fraction, ns_per_m: Fraction, sources: int = SOURCES
) -> Latency | None:
    """Return the latency of ways of fewest links, of these the shortest in metres; None without lengths.

    A way of n links passes n - 1 devices, each ``hop_ns``. Sources are evenly spaced over the ends.
    """
    domain = domain.by_links or domain
    length = np.concatenate([link_lengths(fabric, one, expand(fabric, one))[0] for one in domain.groups])
    length = _of_rows(domain, length)
    if (length == UNKNOWN_MM).any() or not len(domain.ends):
        return None
    some = domain.ends[:: -(-len(domain.ends) // sources)]
    found = [_from(domain, length, int(one)) for one in some]
    hops, metres = (np.concatenate(column) for column in zip(*found, strict=True))
    if not len(hops):
        return None
    pairs = np.unique(np.stack([hops, metres], 1), axis=0).tolist()
    times = [(links - 1) * hop_ns + to_metres(mm) * ns_per_m for links, mm in pairs]
    return Latency(domain.name, len(some), len(domain.ends), hop_ns, ns_per_m, min(times), max(times))


def _of_rows(domain: Domain, length: Ints) -> Ints:
    """Return the length of each row of a domain, that of a circuit over both its links."""
    if domain.rows is None:
        return length
    if domain.onward is None:
        return length[domain.rows]
    further = np.where(domain.onward < 0, 0, length[domain.onward])
    known = (length[domain.rows] != UNKNOWN_MM) & (further != UNKNOWN_MM)
    return np.where(known, length[domain.rows] + further, UNKNOWN_MM)


def _from(domain: Domain, length: Ints, source: int) -> tuple[Ints, Ints]:
    """Return links and mm from a source to every other end it reaches, by ways of fewest links."""
    near = np.concatenate([domain.a, domain.b])
    far = np.concatenate([domain.b, domain.a])
    each = np.concatenate([length, length])
    hops = np.full(len(domain.is_end), -1, np.int64)
    mm = np.full(len(domain.is_end), FAR, np.int64)
    hops[source], mm[source] = 0, 0
    passes = domain.forwards.copy()
    passes[source] = True
    step = 0
    while True:
        onward = (hops[near] == step) & passes[near] & (hops[far] < 0)
        if not onward.any():
            break
        np.minimum.at(mm, far[onward], mm[near[onward]] + each[onward])
        step += 1
        hops[far[onward]] = step
    reached = domain.ends[(hops[domain.ends] > 0)]
    return hops[reached], mm[reached]
