"""Disjoint paths: how many ways without a common link lead from end to end, on a seeded sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.structure.domain import Domain

SEED = 1
PAIRS = 20


@dataclass(frozen=True)
class DisjointPaths:
    """The fewest and the most link-disjoint paths between the ends of each sampled pair."""

    name: str
    pairs: int
    seed: int
    least: int
    most: int


def disjoint_paths(domain: Domain, pairs: int = PAIRS, seed: int = SEED) -> DisjointPaths | None:
    """Return the link-disjoint paths of pairs of ends drawn with a seed; None without two ends.

    The number of paths between two ends is the largest flow where a link carries one (Menger).
    """
    import networkx as nx  # noqa: PLC0415 - heavy, and asked for by name only

    ends = np.searchsorted(domain.nodes, domain.ends)
    if len(ends) == len(ends[:1]):
        return None
    graph: nx.Graph[int] = nx.Graph()
    a, b, links = domain.links_between
    graph.add_weighted_edges_from(zip(a.tolist(), b.tolist(), links.tolist(), strict=True), weight="capacity")
    passed = set(np.flatnonzero(~domain.forwards[domain.nodes]).tolist())
    found = []
    for one, other in _drawn(ends.tolist(), pairs, seed):
        ways = nx.restricted_view(graph, passed - {one, other}, [])
        found.append(int(nx.maximum_flow_value(ways, one, other)))
    return DisjointPaths(domain.name, len(found), seed, min(found), max(found))


def _drawn(ends: list[int], pairs: int, seed: int) -> Iterator[tuple[int, int]]:
    """Yield pairs of different ends."""
    draw = np.random.default_rng(seed)
    for _ in range(pairs):
        one, other = draw.choice(len(ends), 2, replace=False)
        yield ends[one], ends[other]
