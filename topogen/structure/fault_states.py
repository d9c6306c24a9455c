"""What is left of a network in one state of faults: the pairs of ends still connected, and the flow lost.

Only links inside the model count: a way through far ends outside is none.
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.graph.contract import lowest_joined
from topogen.graph.library import library
from topogen.model.runs import distinct
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.model.arrays import Bools, Ints
    from topogen.structure.wires import Net, Wires

    State: TypeAlias = "tuple[tuple[tuple[int, int], ...], tuple[int, ...]]"

MOST_PAIRS = 300
"""Pairs of unlike ends whose largest flows are compared in one state, at most."""
MOST_FLOW = 2**31 - 1
"""The largest flow that the library counts, in the largest unit that divides all rates."""


@dataclass(frozen=True)
class Mesh:
    """A network: nodes by number from 0, each two linked ones ``a`` < ``b`` once, with ``rate`` in Mb/s.

    ``device``, ``ends`` and ``forwards`` have shape (nodes,); ``unit`` divides the rates of all links.
    """

    name: str
    device: Ints
    ends: Bools
    forwards: Bools
    a: Ints
    b: Ints
    rate: Ints
    unit: int
    has_flows: bool = True
    """Whether ``rate`` is that of links of their own, so that flows can be compared."""


@dataclass(frozen=True)
class Left:
    """What a state leaves: pairs of ends connected, and the most flow that a pair of living ends lost.

    ``flow_lost`` is in Mb/s; None where it was not calculated.
    """

    connected: int
    flow_lost: int | None


def mesh_of(wires: Wires, net: Net, n_devices: int) -> tuple[Mesh, Ints]:
    """Return a network without its links to the outside, and the linked pair of each link, -1 for those."""
    a, b = wires.a[net.links], wires.b[net.links]
    inside = (a < n_devices) & (b < n_devices) & (a != b)
    device = distinct(np.concatenate([a[inside], b[inside]]))
    low, high = (
        np.searchsorted(device, np.minimum(a, b)[inside]),
        np.searchsorted(device, np.maximum(a, b)[inside]),
    )
    keys, of = np.unique(low * max(1, len(device)) + high, return_inverse=True)
    rate = np.zeros(len(keys), np.int64)
    np.add.at(rate, of, wires.rate[net.links][inside])
    pair = np.full(len(a), -1, np.int64)
    pair[inside] = of
    first, second = np.divmod(keys, max(1, len(device)))
    forwards = np.isin(device, net.core.nodes)
    unit = max(1, int(np.gcd.reduce(wires.rate[net.links][inside])))
    return Mesh(net.name, device, net.ends[device], forwards, first, second, rate, unit), pair


def states_left(mesh: Mesh, states: tuple[State, ...]) -> list[list[int | None]]:
    """Return what each state leaves, as pairs connected and flow lost: what one task of a sweep does.

    A state is the rate that linked pairs lose, by their number, and the nodes that fail.
    """
    flows = _Flows(mesh)
    return [[left.connected, left.flow_lost] for left in (left_of(mesh, state, flows) for state in states)]


def left_of(mesh: Mesh, state: State, flows: _Flows | None = None) -> Left:
    """Return what one state leaves."""
    lost, gone = state
    living = np.ones(len(mesh.device), bool)
    living[list(gone)] = False
    rate = mesh.rate.copy()
    for pair, less in lost:
        rate[pair] -= less
    rate[~(living[mesh.a] & living[mesh.b])] = 0
    return Left(connected_pairs(mesh, rate, living), (flows or _Flows(mesh)).lost(rate, living))


def connected_pairs(mesh: Mesh, rate: Ints, living: Bools) -> int:
    """Return the pairs of living ends with a way between them over nodes that forward traffic."""
    kept = rate > 0
    a, b = mesh.a[kept], mesh.b[kept]
    core = mesh.forwards[a] & mesh.forwards[b]
    part = lowest_joined(len(mesh.device), a[core], b[core])
    lone = mesh.ends & ~mesh.forwards
    near, far = lone[a] & mesh.forwards[b], lone[b] & mesh.forwards[a]
    own = np.flatnonzero(mesh.ends & mesh.forwards & living)
    end = np.concatenate([a[near], b[far], own])
    at = part[np.concatenate([b[near], a[far], own])]
    ends, row = np.unique(end, return_inverse=True)
    parts, column = np.unique(at, return_inverse=True)
    inside = np.zeros((len(ends), len(parts)), np.int64)
    inside[row, column] = 1
    kinds, counts = np.unique(inside, axis=0, return_counts=True)
    meet = (kinds @ kinds.T > 0).astype(np.int64)
    total = (int(counts @ meet @ counts) - int(counts.sum())) // 2 if len(ends) else 0
    both = lone[a] & lone[b]
    return total + _joined_directly(a[both], b[both], ends, inside)


def _joined_directly(a: Ints, b: Ints, ends: Ints, inside: Ints) -> int:
    """Return how many of some pairs of linked ends have no way between them but their own link."""
    if not len(a):
        return 0
    rows = np.vstack([inside, np.zeros((1, inside.shape[1]), np.int64)])
    at = [np.searchsorted(ends, one) for one in (a, b)]
    known = [np.append(ends, -1)[one] == node for one, node in zip(at, (a, b), strict=True)]
    first, second = (rows[np.where(is_in, one, len(ends))] for one, is_in in zip(at, known, strict=True))
    return int(((first * second).sum(axis=1) == 0).sum())


class _Flows:
    """The largest flow between two ends of a network, whole and in a state."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.known = find_spec("scipy") is not None
        self.whole: dict[tuple[int, int], int] = {}

    def lost(self, rate: Ints, living: Bools) -> int | None:
        """Return the most flow that two living ends lost; None for too many pairs, or without scipy.

        Ends with the same rates to the same nodes, before and after, can change places: one of each kind is
        enough, and two for the flow between alike ones.
        """
        if (rate == self.mesh.rate).all():
            return 0
        kinds = self._kinds(rate, living)
        if (
            not (self.known and self.mesh.has_flows)
            or len(kinds) * (len(kinds) + 1) // 2 > MOST_PAIRS
            or self._is_too_much()
        ):
            return None
        worst = 0
        for one, other in combinations_with_replacement(kinds, 2):
            pair = (one[0], other[0] if one is not other else one[-1])
            if pair[0] != pair[1]:
                if pair not in self.whole:
                    self.whole[pair] = self._flow(self.mesh.rate, *pair)
                worst = max(worst, self.whole[pair] - self._flow(rate, *pair))
        return worst * self.mesh.unit

    def _is_too_much(self) -> bool:
        return int(self.mesh.rate.sum()) // self.mesh.unit > MOST_FLOW

    def _kinds(self, rate: Ints, living: Bools) -> list[list[int]]:
        """Return the living ends by kind; two that are linked to each other are of two kinds."""
        found: dict[bytes, list[int]] = {}
        node, row = rows_of(self.mesh, rate)
        starts = np.searchsorted(node, np.arange(len(living) + 1))
        for end in np.flatnonzero(self.mesh.ends & living).tolist():
            key = row[starts[end] : starts[end + 1]].tobytes() + bytes([int(self.mesh.forwards[end])])
            found.setdefault(key, []).append(end)
        return list(found.values())

    def _flow(self, rate: Ints, source: int, sink: int) -> int:
        mesh = self.mesh
        passes = mesh.forwards.copy()
        passes[[source, sink]] = True
        kept = passes[mesh.a] & passes[mesh.b] & (rate > 0)
        a, b, most = mesh.a[kept], mesh.b[kept], (rate[kept] // self.mesh.unit).astype(np.int32)
        sparse, graph = (
            library(name, "the flow of a sweep") for name in ("scipy.sparse", "scipy.sparse.csgraph")
        )
        shape = (len(mesh.device),) * 2
        ends = (np.concatenate([a, b]), np.concatenate([b, a]))
        capacity = sparse.csr_matrix((np.concatenate([most, most]), ends), shape)
        return int(graph.maximum_flow(capacity, source, sink).flow_value)


def rows_of(mesh: Mesh, rate: Ints) -> tuple[Ints, Ints]:
    """Return for each node, ascending, every node it is linked to, with the rate whole and left."""
    node, far = np.concatenate([mesh.a, mesh.b]), np.concatenate([mesh.b, mesh.a])
    order = np.lexsort((far, node))
    columns = [far, np.tile(mesh.rate, 2), np.tile(rate, 2)]
    return node[order], np.stack(columns, axis=1)[order]


def twins_of(mesh: Mesh) -> Ints:
    """Return the lowest node that each node can change places with: equal rates to the same nodes."""
    node, row = rows_of(mesh, mesh.rate)
    starts = np.searchsorted(node, np.arange(len(mesh.device) + 1))
    found: dict[tuple[bytes, bool, bool], int] = {}
    return np.array(
        [
            found.setdefault(
                (
                    row[starts[one] : starts[one + 1]].tobytes(),
                    bool(mesh.ends[one]),
                    bool(mesh.forwards[one]),
                ),
                one,
            )
            for one in range(len(mesh.device))
        ],
        np.int64,
    )
