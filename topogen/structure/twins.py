"""Twins: devices with the same neighbours, which have the same ways to every other device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from topogen.model.arrays import Bools, Ints
    from topogen.structure.domain import Domain

SEED = 1
STEP = 4_000_000
"""Neighbours that are compared at a time: some 100 MB."""


def twins(domain: Domain) -> Ints:
    """Return the first of the twins of each node, the node itself where it has none, shape (nodes,).

    Twins are joined to the same nodes, none of them to itself, and either all or none forward. They are found
    by a sum of random weights of their neighbours, and then compared one by one.
    """
    start, neighbour = domain.around
    if not len(neighbour):
        return np.zeros(0, np.int64)
    nodes = len(domain.nodes)
    weight = np.random.default_rng(SEED).integers(1, 1 << 63, nodes + 1, np.uint64)
    seen = np.add.reduceat(weight[neighbour], start[:-1])
    seen += domain.forwards[domain.nodes] * weight[nodes]
    _, first, which = np.unique(seen, return_index=True, return_inverse=True)
    found = first[which]
    found[~_alike(domain, found)] = nodes
    return np.minimum(found, np.arange(nodes))


def _alike(domain: Domain, other: Ints) -> Bools:
    """Return which nodes are twins of the other node that is named for each."""
    start, neighbour = domain.around
    links = np.diff(start)
    passes = domain.forwards[domain.nodes]
    alike = (links == links[other]) & (passes == passes[other])
    near, far, _ = domain.capacity
    alike[near[near == far]] = False
    some = np.flatnonzero(alike & (other != np.arange(len(other))))
    cuts = np.searchsorted(np.cumsum(links[some]), np.arange(STEP, links[some].sum(), STEP))
    for part in np.split(some, cuts):
        each = links[part]
        begins = np.cumsum(each) - each
        step = np.arange(each.sum()) - np.repeat(begins, each)
        same = (
            neighbour[step + np.repeat(start[part], each)]
            == neighbour[step + np.repeat(start[other[part]], each)]
        )
        if len(part):
            alike[part] = np.logical_and.reduceat(same, begins)
    return np.asarray(alike)
