"""Disjoint paths: how many ways without a common link lead from end to end, on a seeded sample."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.arrays import Bools, Ints
    from topogen.structure.domain import Domain

SEED = 1
PAIRS = 20
NOWHERE = -1


@dataclass(frozen=True)
class DisjointPaths:
    """The fewest and the most link-disjoint paths between the ends of each sampled pair."""

    name: str
    pairs: int
    seed: int
    least: int
    most: int


def disjoint_paths(domain: Domain, pairs: int = PAIRS, seed: int = SEED) -> DisjointPaths | None:
    """Return the link-disjoint paths of pairs of ends drawn with a seed; None without two ends."""
    ends = np.searchsorted(domain.nodes, domain.ends)
    if len(ends) == len(ends[:1]):
        return None
    links, forwards = domain.links_between, domain.forwards[domain.nodes]
    if (links[2] == 1).all():
        start, neighbour = domain.around
        graph = _Graph(start, neighbour, np.broadcast_to(np.int64(1), neighbour.shape), forwards)
    else:
        graph = _Graph.of(len(domain.nodes), links, forwards)
    found = [_paths_between(graph, one, other) for one, other in _drawn(ends, pairs, seed)]
    return DisjointPaths(domain.name, len(found), seed, min(found), max(found))


def _drawn(ends: Ints, pairs: int, seed: int) -> Iterator[tuple[int, int]]:
    """Yield pairs of different ends."""
    draw = np.random.default_rng(seed)
    for _ in range(pairs):
        one, other = draw.choice(len(ends), 2, replace=False)
        yield int(ends[one]), int(ends[other])


class _Graph(NamedTuple):
    """Neighbours of each node, one after another from ``start`` on, and the links to each of them."""

    start: Ints
    neighbour: Ints
    links: Ints
    forwards: Bools

    @classmethod
    def of(cls, nodes: int, joined: tuple[Ints, Ints, Ints], forwards: Bools) -> _Graph:
        """Return the graph of joined nodes, each two of them once, with the links between them."""
        a, b, links = joined
        near = np.concatenate([a, b])
        order = np.argsort(near, kind="stable")
        start = np.zeros(nodes + 1, np.int64)
        np.cumsum(np.bincount(near, minlength=nodes), out=start[1:])
        return cls(start, np.concatenate([b, a])[order], np.concatenate([links, links])[order], forwards)

    def around(self, node: int, ends: tuple[int, int]) -> list[tuple[int, int]]:
        """Return the neighbours of a node that may lie on a path between two ends, with the links to each."""
        part = slice(int(self.start[node]), int(self.start[node + 1]))
        near = self.neighbour[part]
        on = self.forwards[near] | (near == ends[0]) | (near == ends[1])
        return list(zip(near[on].tolist(), self.links[part][on].tolist(), strict=True))


def _paths_between(graph: _Graph, one: int, other: int) -> int:
    """Return the most link-disjoint paths: the largest flow where each link carries one (Menger).

    Paths are added while there is one (Ford and Fulkerson), at most as many as the ends have links. Each is
    searched from both ends at once, so that only what lies near them is looked at.
    """
    ends = one, other
    most = min(sum(links for _, links in graph.around(end, ends)) for end in ends)
    flow: dict[tuple[int, int], int] = {}
    for found in range(most):
        path = _path(graph, ends, flow)
        if path is None:
            return found
        for step in pairwise(path):
            flow[step] = flow.get(step, 0) + 1
            flow[step[::-1]] = -flow[step]
    return most


def _path(graph: _Graph, ends: tuple[int, int], flow: dict[tuple[int, int], int]) -> list[int] | None:
    """Return a way between two ends over links that are left, None if there is none."""
    before: tuple[dict[int, int], dict[int, int]] = ({ends[0]: NOWHERE}, {ends[1]: NOWHERE})
    fronts = [[ends[0]], [ends[1]]]
    while fronts[0] and fronts[1]:
        side = int(len(fronts[1]) < len(fronts[0]))
        front = []
        for node in fronts[side]:
            for near, links in graph.around(node, ends):
                step = (near, node) if side else (node, near)
                if near in before[side] or links <= flow.get(step, 0):
                    continue
                before[side][near] = node
                if near in before[1 - side]:
                    return [*reversed(_trace(before[0], near)), *_trace(before[1], near)[1:]]
                front.append(near)
        fronts[side] = front
    return None


def _trace(before: dict[int, int], node: int) -> list[int]:
    """Return the way from a node back to where a search began."""
    way = [node]
    while (node := before[node]) != NOWHERE:
        way.append(node)
    return way
