"""The contracted fabric: devices merged into places of one level, parallel links into bundles.

Computed from blocks, never link by link. Graph and drawing both read it, so their counts cannot differ.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import InputError, Problem, nearest
from topogen.model.expand import OUTSIDE
from topogen.model.fabric import place_ids
from topogen.model.path import path_name, path_names
from topogen.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup, PlaceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup, Terminal


@dataclass(frozen=True)
class Bundles:
    """The links of one group between two nodes each: ``links`` of them join ``a`` and ``b``.

    Arrays of shape (bundles,), each two nodes once. ``a == b`` is inside one node; ``b`` is ``OUTSIDE`` where
    the far end is not in the model.
    """

    a: Ints
    b: Ints
    links: Ints


@dataclass(frozen=True)
class Contraction:
    """Nodes 0, 1, 2 ...: first all places of the level, then the devices that stand in none.

    ``node`` maps devices to nodes, shape (devices,); ``alone`` lists the devices that are nodes themselves;
    ``bundles`` has one entry a link group, in the order of the fabric. ``shown`` are the nodes that are
    looked at, shape (nodes,): all of them, unless it was narrowed.
    """

    level: str
    places: tuple[PlaceGroup, ...]
    node: Ints
    alone: Ints
    bundles: tuple[Bundles, ...]
    shown: NDArray[np.bool_]

    @property
    def n_places(self) -> int:
        """Return the number of nodes that are places."""
        return _n_places(self.places)

    @property
    def n_nodes(self) -> int:
        """Return the number of nodes."""
        return self.n_places + len(self.alone)


def contract(fabric: Fabric, level: str) -> Contraction:
    """Return the fabric contracted by a level: ``tray``, ``rack``, any level of the file, or ``device``."""
    places = tuple(place for place in fabric.places if place.level == level)
    if not places and level != "device":
        levels = {place.level for place in fabric.places} | {"device"}
        raise InputError(
            [Problem("E203", f'no template has the level "{level}"', hint=nearest(level, levels))]
        )
    node = np.full(fabric.n_devices, OUTSIDE, np.int64)
    for group in fabric.groups if places else ():
        found = place_ids(fabric, group, level)
        if found is not None:
            node[devices_of(group)] = found
    alone = np.flatnonzero(node < 0)
    node[alone] = _n_places(places) + np.arange(len(alone))
    bundles = bundles_between(fabric, node)
    shown = np.ones(_n_places(places) + len(alone), bool)
    return Contraction(level, places, node, alone, bundles, shown)


def bundles_between(fabric: Fabric, node: Ints) -> tuple[Bundles, ...]:
    """Return the bundles of each link group between nodes; ``node`` maps devices to them, none below 0."""
    return tuple(_bundles_of(fabric, node, group) for group in fabric.links)


def narrow(contraction: Contraction, touched: Selection) -> Contraction:
    """Return a contraction with only the links that touch what is picked, and only the nodes they join."""
    bundles = []
    shown = np.zeros(contraction.n_nodes + 1, bool)  # one more, the outside
    shown[contraction.node[touched.devices]] = True
    node = np.append(contraction.node, OUTSIDE)
    for columns, keep in zip(touched.columns, touched.links, strict=True):
        a, b = node[columns.a[keep]], node[columns.b[keep]]
        bundles.append(_bundled(a, b, np.ones(len(a), np.int64)))
        shown[a], shown[b] = True, True
    return replace(contraction, bundles=tuple(bundles), shown=shown[:OUTSIDE])


def devices_of(group: DeviceGroup) -> slice:
    """Return where the devices of a group stand in an array over all devices."""
    return slice(group.first, group.first + group.count)


def _n_places(places: tuple[PlaceGroup, ...]) -> int:
    return max((place.first + place.count for place in places), default=0)


# From blocks to bundles


def _bundles_of(fabric: Fabric, node: Ints, group: LinkGroup) -> Bundles:
    """Return the bundles of a link group, by lower node; a and b are as the first link has them."""
    pairs = [_pairs_of(fabric, node, block) for block in group.blocks if block.count]
    if not pairs:
        return Bundles(*np.zeros((3, 0), np.int64))
    return _bundled(*(np.concatenate(column) for column in zip(*pairs, strict=True)))


def _bundled(a: Ints, b: Ints, links: Ints) -> Bundles:
    """Return links between nodes with each two nodes once; all of shape (pairs,)."""
    key = np.minimum(a, b) * (int(max(a.max(initial=0), b.max(initial=0))) + 2) + np.maximum(a, b)
    _, first, index = np.unique(key, return_index=True, return_inverse=True)
    total = np.zeros(len(first), np.int64)
    np.add.at(total, index, links)
    return Bundles(a[first], b[first], total)


def _pairs_of(fabric: Fabric, node: Ints, block: LinkBlock) -> tuple[Ints, Ints, Ints]:
    """Return nodes a, nodes b and links between them, each of shape (pairs,); a pair may come twice."""
    a = _nodes_at(fabric, node, block.a)
    if block.b is not None and block.a.axis != block.b.axis:
        return _every_with_every(block, a, _nodes_at(fabric, node, block.b))
    b = np.full(a.shape, OUTSIDE) if block.b is None else _nodes_at(fabric, node, block.b)
    each = prod(block.shape) // block.shape[block.a.axis]
    return a.ravel(), b.ravel(), np.full(a.size, each, np.int64)


def _nodes_at(fabric: Fabric, node: Ints, terminal: Terminal) -> Ints:
    """Return the nodes of a terminal's devices, shape (scopes, entries of its axis)."""
    first = fabric.groups[terminal.group].first
    return np.asarray(node[first + terminal.scope[:, None] + terminal.device[None, :]])


def _every_with_every(block: LinkBlock, a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the pairs of a biclique: in each scope, each distinct node of a with each of b."""
    each = prod(block.shape) // (a.shape[1] * b.shape[1])
    scope_a, node_a, count_a = _distinct(a)
    scope_b, node_b, count_b = _distinct(b)
    start = np.searchsorted(scope_b, np.arange(len(b) + 1))
    partners = np.diff(start)[scope_a]
    left = np.repeat(np.arange(len(node_a)), partners)
    nth = np.arange(len(left)) - np.repeat(np.cumsum(partners) - partners, partners)
    right = start[scope_a[left]] + nth
    return node_a[left], node_b[right], count_a[left] * count_b[right] * each


def _distinct(nodes: Ints) -> tuple[Ints, Ints, Ints]:
    """Return (scope, node, how often) of the distinct nodes in each row, in the order of the scopes."""
    width = int(nodes.max()) + 1
    key, count = np.unique(np.arange(len(nodes))[:, None] * width + nodes, return_counts=True)
    return key // width, key % width, count


# What nodes are called and hold


def node_names(fabric: Fabric, contraction: Contraction) -> list[str]:
    """Return the full name of each node: ``r1/compute_tray7``."""
    names = [""] * contraction.n_places
    for place in contraction.places:
        for number in range(place.count):
            names[place.first + number] = path_name(place.path, number)
    return names + device_names(fabric, contraction.alone)


def device_names(fabric: Fabric, devices: Ints) -> list[str]:
    """Return the full names of devices given by number, in rising order."""
    names: list[str] = []
    for group in fabric.groups:
        mine = devices[(devices >= group.first) & (devices < group.first + group.count)]
        if len(mine) == group.count:
            names += path_names(group.path)
        else:
            names += [path_name(group.path, number - group.first) for number in mine.tolist()]
    return names


def node_types(fabric: Fabric, contraction: Contraction) -> list[str]:
    """Return the template of each place and the label of each device that is a node."""
    types = [""] * contraction.n_nodes
    for place in contraction.places:
        types[place.first : place.first + place.count] = [place.template] * place.count
    for group in fabric.groups:
        for node in contraction.node[devices_of(group)].tolist():
            types[node] = types[node] or group.label
    return types


def device_counts(fabric: Fabric, contraction: Contraction) -> dict[str, Ints]:
    """Return, by device label, how many of them each node holds, shape (nodes,)."""
    counts: dict[str, Ints] = {}
    for group in fabric.groups:
        here = np.bincount(contraction.node[devices_of(group)], minlength=contraction.n_nodes)
        counts[group.label] = counts.get(group.label, 0) + here
    return counts


# Which nodes are joined


def islands(contraction: Contraction) -> Ints:
    """Return which island each node is on, shape (nodes,): -1 where no link ends.

    An island is what links inside the model join. Islands are numbered from 0 by their first node.
    """
    a = np.concatenate([one.a for one in contraction.bundles] or [np.zeros(0, np.int64)])
    b = np.concatenate([one.b for one in contraction.bundles] or [np.zeros(0, np.int64)])
    linked = np.zeros(contraction.n_nodes, bool)
    linked[a] = True
    a, b = a[b != OUTSIDE], b[b != OUTSIDE]
    linked[b] = True
    island = lowest_joined(contraction.n_nodes, a, b)
    island[~linked] = contraction.n_nodes
    numbers = np.unique(island, return_inverse=True)[1]
    return np.where(linked, numbers, OUTSIDE)


def lowest_joined(count: int, a: Ints, b: Ints) -> Ints:
    """Return the lowest node that each of ``count`` nodes is joined to by links from ``a`` to ``b``.

    >>> lowest_joined(5, np.array([3, 1]), np.array([1, 4])).tolist()
    [0, 1, 2, 1, 1]
    """
    lowest = np.arange(count)
    while (lowest[a] != lowest[b]).any():
        lower = np.minimum(lowest[a], lowest[b])
        np.minimum.at(lowest, lowest[a], lower)
        np.minimum.at(lowest, lowest[b], lower)
        lowest = lowest[lowest]
    return lowest
