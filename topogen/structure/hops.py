"""Hops: how many links the shortest way from end to end has, for all ends or for a stated sample."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.records import dataclass
from topogen.structure.domain import neighbours
from topogen.structure.twins import twins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.structure.domain import Domain

MOST_WORK = 4_000_000_000
"""Sources x linked pairs that are searched: a few seconds."""
WORDS = 4_000_000
"""Words of 64 sources that one step of the search lays out at a time: 32 MB."""
BITS = 64
BETWEEN_TWINS = 2
"""Links from a device to one with the same neighbours."""


@dataclass(frozen=True)
class Hops:
    """Ordered pairs of different ends by the links between them, from ``sources`` of the ``ends``.

    ``no_path`` pairs have no way from one to the other.
    """

    name: str
    ends: int
    sources: int
    pairs: dict[int, int]
    no_path: int

    @property
    def exact(self) -> bool:
        """Return whether every end was a source."""
        return self.sources == self.ends

    @property
    def most(self) -> int:
        """Return the most links between two ends that reach each other: the diameter, if exact."""
        return max(self.pairs, default=0)

    @property
    def mean(self) -> Fraction:
        """Return the mean number of links over the pairs that reach each other."""
        reached = sum(self.pairs.values())
        return Fraction(sum(hops * count for hops, count in self.pairs.items()), max(1, reached))


def hops(domain: Domain, among: Ints | None = None, work: int = MOST_WORK) -> Hops:
    """Return the hops between the ends of a domain, or between those in ``among``.

    All ends are sources while sources x linked pairs stay below ``work``; beyond, as many as do, evenly
    spaced by number.
    """
    domain = domain.by_links or domain
    ends = domain.ends if among is None else np.intersect1d(domain.ends, among)
    near, _, _ = domain.capacity
    most = max(BITS, work // max(1, len(near)))
    step = -(-len(ends) // most) if len(ends) else 1
    sources = ends[::step]
    found: Counter[int] = Counter()
    for distance, pairs in _search(domain, sources, ends):
        found[distance] += pairs
    asked = len(sources) * (len(ends) - 1)
    return Hops(domain.name, len(ends), len(sources), dict(sorted(found.items())), asked - found.total())


def _search(domain: Domain, sources: Ints, ends: Ints) -> Iterator[tuple[int, int]]:
    """Yield (distance, pairs of a source and another end at that distance): breadth first, 64 at a time.

    Only one of several twins is searched from and reached, in the name of all: they have the same ways, and
    from one to another it is two links, where a neighbour forwards.
    """
    first = twins(domain)
    alone = np.flatnonzero(first == np.arange(len(first)))
    start, neighbour = _between_some(domain, alone)
    number = np.searchsorted(alone, first)
    passes = domain.forwards[domain.nodes][alone]
    ways = np.logical_or.reduceat(passes[neighbour], start[:-1]) if len(neighbour) else passes
    wanted = np.bincount(number[np.searchsorted(domain.nodes, ends)], minlength=len(alone))
    of_sources = number[np.searchsorted(domain.nodes, sources)]
    if others := int(((wanted[of_sources] - 1) * ways[of_sources]).sum()):
        yield BETWEEN_TWINS, others
    shown = np.flatnonzero(wanted)
    chunk = BITS * max(1, WORDS // max(1, len(neighbour)))
    for begin in range(0, len(sources), chunk):
        front = _one_bit_each(len(alone), of_sources[begin : begin + chunk])
        seen = front.copy()
        distance = 0
        while front.any():
            distance += 1
            front = np.bitwise_or.reduceat(front[neighbour], start[:-1], axis=0) & ~seen
            seen |= front
            found = np.bitwise_count(front[shown]).sum(axis=1, dtype=np.int64)
            if reached := int(found @ wanted[shown]):
                yield distance, reached
            front[~passes] = 0


def _between_some(domain: Domain, some: Ints) -> tuple[Ints, Ints]:
    """Return the neighbours of some nodes among each other, as ``neighbours`` does, by place in ``some``."""
    near, far, _ = domain.capacity
    number = np.full(len(domain.nodes), -1, np.int64)
    number[some] = np.arange(len(some))
    near, far = number[near], number[far]
    both = (near >= 0) & (far >= 0)
    return neighbours(len(some), near[both], far[both])


def _one_bit_each(nodes: int, sources: Ints) -> NDArray[np.uint64]:
    """Return a table of bits, a column for each source, set where the source itself stands."""
    table = np.zeros((nodes, -(-len(sources) // BITS)), np.uint64)
    number = np.arange(len(sources))
    np.bitwise_or.at(
        table, (sources, number // BITS), np.left_shift(np.uint64(1), (number % BITS).astype(np.uint64))
    )
    return table
