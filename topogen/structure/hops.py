"""Hops: how many links the shortest way from end to end has, for all ends or for a stated sample."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.records import dataclass

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
    """Yield (distance, pairs of a source and another end at that distance): breadth first, 64 at a time."""
    near, far, _ = domain.capacity
    both = np.concatenate([near, far]), np.concatenate([far, near])
    order = np.argsort(both[0], kind="stable")
    neighbour = both[1][order]
    start = np.searchsorted(both[0][order], np.arange(len(domain.nodes)))
    wanted = np.searchsorted(domain.nodes, ends)
    blocked = np.flatnonzero(~domain.forwards[domain.nodes])
    chunk = BITS * max(1, WORDS // max(1, len(neighbour)))
    for first in range(0, len(sources), chunk):
        some = np.searchsorted(domain.nodes, sources[first : first + chunk])
        front = _one_bit_each(len(domain.nodes), some)
        seen = front.copy()
        distance = 0
        while front.any():
            distance += 1
            front = np.bitwise_or.reduceat(front[neighbour], start, axis=0) & ~seen
            seen |= front
            if reached := int(np.bitwise_count(front[wanted]).sum(dtype=np.int64)):
                yield distance, reached
            front[blocked] = 0


def _one_bit_each(nodes: int, sources: Ints) -> NDArray[np.uint64]:
    """Return a table of bits, a column for each source, set where the source itself stands."""
    table = np.zeros((nodes, -(-len(sources) // BITS)), np.uint64)
    number = np.arange(len(sources))
    np.bitwise_or.at(
        table, (sources, number // BITS), np.left_shift(np.uint64(1), (number % BITS).astype(np.uint64))
    )
    return table
