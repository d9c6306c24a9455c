"""What fails with an element: the links it takes, the endpoints they touch, and those that are cut off.

Many elements of one kind are evaluated together: links are paired with the elements that carry them, and the
pairs are counted. Whether a fabric falls apart is decided by spanning forests: what an element leaves of a
tree has one node more than edges while it hangs together. Only elements that no forest clears are cut out of
the graph one by one.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.graph.contract import lowest_joined
from topogen.model.equivalence import changes
from topogen.model.runs import distinct
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.model.arrays import Bools, Ints
    from topogen.structure.wires import Core, Net, Wires

FORESTS = 8
"""How many spanning forests are tried before elements are cut out one by one."""


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
