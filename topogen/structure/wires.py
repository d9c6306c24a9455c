"""The links of a fabric that leave a board, and the nodes of each network that forward traffic."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.graph.contract import lowest_joined
from topogen.model.equivalence import changes
from topogen.model.expand import OUTSIDE, expand
from topogen.model.runs import distinct
from topogen.records import dataclass
from topogen.structure.domain import Forwarding, endpoints, forwards, stated_forwarding
from topogen.takeoff.feeds import port_keys

if TYPE_CHECKING:
    from topogen.model.arrays import Bools, Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


BOARD = "board"
"""The network of traces on a board, which fail with their device."""


@dataclass(frozen=True)
class Net:
    """The links of one network that leaves its board, by number of ``Wires``.

    ``ends`` and ``degree``, shape (nodes,), mark the endpoints and count the links at each node. ``homes``
    are an endpoint and a switch that it is linked to, each two once, shape (pairs,) each; ``planes``, shape
    (nodes,), counts the parts of the network, without a link between them, that it is so linked to.
    ``injection`` is the bandwidth of all links at endpoints in Mb/s, one direction.
    """

    name: str
    links: slice
    ends: Bools
    degree: Ints
    injection: int
    homes: tuple[Ints, Ints]
    planes: Ints
    core: Core


@dataclass(frozen=True)
class Core:
    """The nodes of a network that forward traffic: switches, the outside, and ends that pass traffic on.

    ``nodes`` ascend; ``a`` and ``b`` are each two linked ones once, by their place in ``nodes``, with so many
    ``links``. ``edge_of``, shape (links of the network,), has the pair of each link, -1 for one to an end
    that forwards nothing. ``part`` is the lowest node each is joined to.
    """

    nodes: Ints
    a: Ints
    b: Ints
    links: Ints
    edge_of: Ints
    part: Ints
    outside: Bools

    @cached_property
    def _forests(self) -> dict[int, Bools]:
        return {}

    def forest(self, number: int) -> Bools:
        """Return which edges belong to a spanning forest, another one for each number."""
        if number not in self._forests:
            self._forests[number] = _forest(self, number)
        return self._forests[number]


@dataclass(frozen=True)
class Wires:
    """All links that leave a board, network after network; arrays of shape (links,).

    ``a`` and ``b`` are nodes: devices by their number, then one for the far ends of each link group outside.
    ``a_key`` and ``b_key`` are the ports (see `port_keys`), -1 outside. ``rows`` has the links of each group.
    """

    a: Ints
    b: Ints
    a_key: Ints
    b_key: Ints
    rate: Ints
    n_nodes: int
    rows: tuple[tuple[LinkGroup, Columns, slice], ...]
    nets: tuple[Net, ...]

    @cached_property
    def _by_port(self) -> tuple[Ints, Ints]:
        keys = np.concatenate([self.a_key, self.b_key])
        order = np.argsort(keys, kind="stable")
        return keys[order], order % max(1, len(self.a))

    def at_ports(self, keys: Ints) -> Ints:
        """Return the link at each of some ports, -1 for none."""
        ports, links = self._by_port
        if not len(ports):
            return np.full(len(keys), -1)
        at = np.minimum(np.searchsorted(ports, keys), len(ports) - 1)
        return np.where(ports[at] == keys, links[at], -1)


def wires_of(fabric: Fabric) -> Wires:
    """Return the links of a fabric that leave a board."""
    networks = dict.fromkeys(group.network for group in fabric.links if group.network != BOARD)
    groups = [group for name in networks for group in fabric.links if group.network == name]
    n_nodes = fabric.n_devices + len(groups)
    firsts = np.cumsum([0, *(group.count for group in groups)]).tolist()
    rows, columns = [], []
    for index, group in enumerate(groups):
        found = expand(fabric, group)
        rows.append((group, found, slice(firsts[index], firsts[index + 1])))
        columns.append(_columns(fabric, group, found, fabric.n_devices + index))
    if not rows:
        none = np.zeros(0, np.int64)
        return Wires(none, none, none, none, none, n_nodes, (), ())
    a, b, a_key, b_key, rate = (np.concatenate(part) for part in zip(*columns, strict=True))
    nets = []
    outside = np.zeros(len(groups), bool)
    for name in networks:
        mine = [at for group, _, at in rows if group.network == name]
        links = slice(mine[0].start, mine[-1].stop)
        own = [group for group in groups if group.network == name]
        ends = np.append(endpoints(fabric, own), outside)
        columns_of = (a[links], b[links], rate[links])
        stated = Forwarding(*(np.append(marks, outside) for marks in stated_forwarding(fabric, own)))
        passing = forwards(ends, columns_of[:2], stated)
        nets.append(net_of((name, links), (ends, passing), columns_of, fabric.n_devices))
    return Wires(a, b, a_key, b_key, rate, n_nodes, tuple(rows), tuple(nets))


def _columns(fabric: Fabric, group: LinkGroup, found: Columns, outside: int) -> tuple[Ints, ...]:
    """Return nodes, ports and rate of the links of a group."""
    kinds = np.zeros((2, len(found)), np.int64)
    for block, at in found.blocks:
        kinds[0, at] = block.a.port
        kinds[1, at] = block.b.port if block.b else 0
    a, b = found.a.astype(np.int64), found.b.astype(np.int64)
    a_key = port_keys(fabric, a, kinds[0], found.a_port.astype(np.int64))
    b_key = port_keys(fabric, b, kinds[1], found.b_port.astype(np.int64))
    far = b == OUTSIDE
    return (
        a, np.where(far, outside, b), a_key, np.where(far, OUTSIDE, b_key),
        np.full(len(a), group.rate, np.int64),
    )  # fmt: skip


def net_of(
    of: tuple[str, slice], points: tuple[Bools, Bools], columns: tuple[Ints, Ints, Ints], n_devices: int
) -> Net:
    """Return a network of some links with its endpoints, and the nodes that pass traffic on."""
    (name, links), (ends, passing), (a, b, rate) = of, points, columns
    degree = np.bincount(np.concatenate([a, b]), minlength=len(ends))
    injection = int(rate[ends[a]].sum() + rate[ends[b]].sum())
    forwards = passing & (degree > 0)
    core = _core(forwards, a, b, n_devices)
    homes = _homes(ends, forwards, (a, b), n_devices)
    part = core.part[np.searchsorted(core.nodes, homes[1])]
    planes = np.bincount(distinct(homes[0] * len(ends) + part) // len(ends), minlength=len(ends))
    return Net(name, links, ends, degree, injection, homes, planes, core)


def _homes(ends: Bools, forwards: Bools, links: tuple[Ints, Ints], n_devices: int) -> tuple[Ints, Ints]:
    """Return each endpoint that forwards nothing with each switch in the model that it is linked to."""
    pairs = [
        near[meets] * len(ends) + far[meets]
        for near, far in (links, links[::-1])
        for meets in (ends[near] & ~forwards[near] & forwards[far] & (far < n_devices),)
    ]
    end, switch = np.divmod(distinct(np.concatenate(pairs)), len(ends))
    return end, switch


def _core(forwards: Bools, a: Ints, b: Ints, n_devices: int) -> Core:
    nodes = np.flatnonzero(forwards)
    inside = forwards[a] & forwards[b]
    low, high = (np.searchsorted(nodes, end[inside]) for end in (np.minimum(a, b), np.maximum(a, b)))
    pairs, edge, links = np.unique(low * len(nodes) + high, return_inverse=True, return_counts=True)
    edge_of = np.full(len(a), -1, np.int64)
    edge_of[inside] = edge
    low, high = np.divmod(pairs, max(1, len(nodes)))
    part = lowest_joined(len(nodes), low, high)
    return Core(nodes, low, high, links, edge_of, part, nodes >= n_devices)


def _forest(core: Core, number: int) -> Bools:
    """Return which edges belong to a spanning forest that leaves most nodes without a branch.

    Breadth first from the lowest node of each part by a rank that differs by forest: ascending, descending,
    then permuted by a seed. A new node hangs on the lowest of those before it.
    """
    size = len(core.nodes)
    order = np.arange(size)
    if number == 1:
        order = order[::-1]
    elif number:
        order = np.random.default_rng(number).permutation(size)
    rank = np.empty(size, np.int64)
    rank[order] = np.arange(size)
    first = np.full(size, size, np.int64)
    np.minimum.at(first, core.part, rank)
    seen = np.zeros(size, bool)
    seen[order[first[first < size]]] = True
    chosen = np.zeros(len(core.a), bool)
    while True:
        ahead, behind = seen[core.a] & ~seen[core.b], seen[core.b] & ~seen[core.a]
        edge = np.concatenate([np.flatnonzero(ahead), np.flatnonzero(behind)])
        if not len(edge):
            return chosen
        known = np.concatenate([core.a[ahead], core.b[behind]])
        new = np.concatenate([core.b[ahead], core.a[behind]])
        best = np.lexsort((rank[known], new))
        best = best[changes(new[best])]
        chosen[edge[best]] = True
        seen[new[best]] = True
