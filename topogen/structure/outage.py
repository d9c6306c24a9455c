"""What fails with an element: the links it takes, the endpoints they touch, and those that are cut off.

Many elements of one kind are evaluated together: links are paired with the elements that carry them, and the
pairs are counted. Whether a fabric falls apart is decided by spanning forests: what an element leaves of a
tree has one node more than edges while it hangs together. Only elements that no forest clears are cut out of
the graph one by one.
"""

from __future__ import annotations

from fractions import Fraction
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
    from collections.abc import Iterator

    from topogen.model.arrays import Bools, Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

BOARD = "board"
"""The network of traces on a board, which fail with their device."""
FORESTS = 8
"""How many spanning forests are tried before elements are cut out one by one."""


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


@dataclass(frozen=True)
class Elements:
    """Elements of one kind by number from 0: ``owner`` carries ``link``, ``failing`` holds ``device``.

    ``owner`` and ``link`` have shape (pairs,), ``failing`` and ``device`` shape (devices inside,).
    """

    count: int
    owner: Ints
    link: Ints
    failing: Ints
    device: Ints


@dataclass(frozen=True)
class Outage:
    """What each element takes along: arrays of shape (elements,).

    ``cut_off`` are endpoints without a way into what is left of any network part they were linked to.
    ``planes_lost`` are those of them outside the element that were linked to more than one plane.
    ``injection_lost`` is the largest share of the injection bandwidth of a network that one element takes.
    """

    links: Ints
    touched: Ints
    cut_off: Ints
    planes_lost: Ints
    networks: tuple[str, ...]
    injection_lost: Fraction


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


@dataclass(frozen=True)
class SharedRack:
    """Endpoints of a network that are linked to several planes, and those of them whose planes share a rack.

    Of ``linked`` endpoints, the switches of ``ends`` are all in one rack, in which ``inside`` of them are
    too. For ``unknown`` ones the rack of some switch is not known. ``most`` have their switches in the same
    rack; ``rack`` is the number of the first such rack.
    """

    network: str
    planes: int
    linked: int
    ends: int
    inside: int
    unknown: int
    rack: int
    most: int


def shared_racks(fabric: Fabric, wires: Wires) -> Iterator[SharedRack]:
    """Yield, by network, the endpoints linked to several planes, and whether their planes share a rack."""
    racks = np.append(fabric.sites.rack, np.full(wires.n_nodes - fabric.n_devices, -1))
    for net in wires.nets:
        end, switch = net.homes
        several = net.planes[end] > 1
        end, rack = end[several], racks[switch[several]]
        if not len(end):
            continue
        starts = np.flatnonzero(changes(end))
        low, high = np.minimum.reduceat(rack, starts), np.maximum.reduceat(rack, starts)
        one = (low == high) & (low >= 0)
        counts = np.bincount(low[one], minlength=1)
        yield SharedRack(
            network=net.name,
            planes=int(net.planes[end].max()),
            linked=len(starts),
            ends=int(one.sum()),
            inside=int((racks[end[starts]] == low)[one].sum()),
            unknown=int((low < 0).sum()),
            rack=int(counts.argmax()) if one.any() else -1,
            most=int(counts.max()),
        )


# Counting what each element takes


def outage(wires: Wires, elements: Elements) -> Outage:
    """Return what each of some elements takes along if it fails alone."""
    count = elements.count
    pairs = distinct(elements.owner * max(1, len(wires.a)) + elements.link)
    owner, link = np.divmod(pairs, max(1, len(wires.a)))
    touched, cut, planes = ([np.zeros(0, np.int64)] for _ in range(3))
    worst, names = Fraction(0), []
    for net in wires.nets:
        mine = (link >= net.links.start) & (link < net.links.stop)
        if not mine.any():
            continue
        names.append(net.name)
        some, links = owner[mine], link[mine]
        losses = _ends_lost(wires, net, some, links)
        touched.append(losses[0])
        lost = np.zeros(count, np.int64)
        np.add.at(lost, losses[0] // wires.n_nodes, losses[2])
        if net.injection:
            worst = max(worst, Fraction(int(lost.max()), net.injection))
        off = [_without_links(wires, net, losses), *_severed(wires, net, elements, (some, links))]
        cut += off
        planes += [one[net.planes[one % wires.n_nodes] > 1] for one in off]
    inside = distinct(elements.failing * wires.n_nodes + elements.device)
    both = np.concatenate(planes)
    planes = [both[np.isin(both, inside, invert=True)]]
    ends, lost_ends, lost_planes = (
        distinct(np.concatenate(one)) // wires.n_nodes for one in (touched, cut, planes)
    )
    return Outage(
        links=np.bincount(owner, minlength=count),
        touched=np.bincount(ends, minlength=count),
        cut_off=np.bincount(lost_ends, minlength=count),
        planes_lost=np.bincount(lost_planes, minlength=count),
        networks=tuple(names),
        injection_lost=worst,
    )


def _ends_lost(wires: Wires, net: Net, owner: Ints, link: Ints) -> tuple[Ints, Ints, Ints]:
    """Return each endpoint that an element takes links from, as owner x nodes + end, with links and Mb/s."""
    keys, rates = [], []
    for nodes in (wires.a, wires.b):
        end = nodes[link]
        here = net.ends[end]
        keys.append(owner[here] * wires.n_nodes + end[here])
        rates.append(wires.rate[link[here]])
    key, rate = np.concatenate(keys), np.concatenate(rates)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(changes(key[order]))
    lost = np.add.reduceat(rate[order], starts) if len(starts) else rate[:0]
    return key[order][starts], np.diff(np.append(starts, len(key))), lost


def _without_links(wires: Wires, net: Net, losses: tuple[Ints, Ints, Ints]) -> Ints:
    """Return the endpoints that lose every link they have in a network, as owner x nodes + end."""
    key, links, _ = losses
    return np.asarray(key[links == net.degree[key % wires.n_nodes]])


# Whether what is left hangs together


def _severed(wires: Wires, net: Net, elements: Elements, lost: tuple[Ints, Ints]) -> list[Ints]:
    """Return the endpoints that are cut off because their switches are, as owner x nodes + end."""
    core, (owner, link) = net.core, lost
    edge = core.edge_of[link - net.links.start]
    owner, edge = owner[edge >= 0], edge[edge >= 0]
    keys, gone = np.unique(owner * max(1, len(core.a)) + edge, return_counts=True)
    owner, edge = np.divmod(keys, max(1, len(core.a)))
    dead = gone == core.links[edge]
    owner, edge = owner[dead], edge[dead]
    if not len(owner):
        return []
    at = np.minimum(np.searchsorted(core.nodes, elements.device), len(core.nodes) - 1)
    inside = core.nodes[at] == elements.device
    failing, node = elements.failing[inside], at[inside]
    doubtful = _doubtful(core, (owner, edge), (failing, node))
    return [
        one * wires.n_nodes
        + _cut_out(wires, net, edge[owner == one], node[failing == one], lost[1][lost[0] == one])
        for one in doubtful.tolist()
    ]


def _doubtful(core: Core, edges: tuple[Ints, Ints], nodes: tuple[Ints, Ints]) -> Ints:
    """Return the elements that some spanning forest does not clear, whichever is tried.

    An element that takes ``r`` nodes and ``d`` edges of a tree leaves nodes - r nodes and nodes - 1 - d
    edges, so 1 + d - r trees: if d <= r, what is left of the part hangs together.
    """
    size = len(core.nodes)
    keys = distinct(edges[0] * size + core.part[core.a[edges[1]]])
    weights = np.zeros(len(keys), np.int64)
    taken = nodes[0] * size + core.part[nodes[1]]
    at = np.minimum(np.searchsorted(keys, taken), len(keys) - 1)
    np.add.at(weights, at[keys[at] == taken], -1)
    doubtful = np.ones(len(keys), bool)
    for number in range(FORESTS):
        in_forest = core.forest(number)
        hit = in_forest[edges[1]]
        trees = weights.copy()
        hits = edges[0][hit] * size + core.part[core.a[edges[1][hit]]]
        np.add.at(trees, np.searchsorted(keys, hits), 1)
        doubtful &= trees > 0
        if not doubtful.any():
            break
    return distinct(keys[doubtful] // size)


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


def _cut_out(wires: Wires, net: Net, edges: Ints, gone: Ints, lost: Ints) -> Ints:
    """Return the endpoints that one element cuts off: all links left to them lead to severed switches."""
    core = net.core
    alive = np.ones(len(core.a), bool)
    alive[edges] = False
    joined = lowest_joined(len(core.nodes), core.a[alive], core.b[alive])
    living = np.ones(len(core.nodes), bool)
    living[gone] = False
    if len(distinct(joined[living])) == len(distinct(core.part[living])):
        return np.zeros(0, np.int64)  # no part fell into pieces
    links = np.arange(net.links.start, net.links.stop)
    kept = np.isin(links, lost, invert=True)
    a, b = wires.a[net.links][kept], wires.b[net.links][kept]
    forwards, good, safe = np.zeros((3, wires.n_nodes), bool)
    forwards[core.nodes] = True
    ends, switches = _attached(net, forwards, (a, b))
    piece = joined[np.searchsorted(core.nodes, switches)]
    good[core.nodes] = _is_main(core, joined, living, distinct(piece * wires.n_nodes + ends) // wires.n_nodes)
    safe[ends[good[switches]]] = True
    cut = np.concatenate([ends, core.nodes[net.ends[core.nodes]]])
    return distinct(cut[~safe[cut]])


def _attached(net: Net, forwards: Bools, links: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Return each endpoint and a forwarding node it is linked to; a forwarding endpoint is its own."""
    a, b = links
    lone = np.flatnonzero(net.ends & forwards)
    near, far = net.ends[a] & ~forwards[a] & forwards[b], net.ends[b] & ~forwards[b] & forwards[a]
    return np.concatenate([a[near], b[far], lone]), np.concatenate([b[near], a[far], lone])


def _is_main(core: Core, joined: Ints, living: Bools, pieces_of_ends: Ints) -> Bools:
    """Return which forwarding nodes are in the main piece of what is left of their part.

    The main piece is the one with a way outside the model, if links leave it, else the one with most
    endpoints, listed once each by piece; the lowest node decides among equals.
    """
    size = len(core.nodes)
    weight = np.bincount(pieces_of_ends, minlength=size)
    np.add.at(weight, joined[core.outside], len(pieces_of_ends) + 1)
    pieces = distinct(joined[living])
    order = pieces[np.lexsort((pieces, -weight[pieces], core.part[pieces]))]
    main = order[changes(core.part[order])]
    return np.isin(joined, main) & living
