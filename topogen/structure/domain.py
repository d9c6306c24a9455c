"""The links of one fabric or one network, as the graph that questions of structure are asked of.

Endpoints are all devices except switches. They forward traffic where the pattern of their fabric or the key
``endpoints_forward`` of their links says so. Where some endpoints are linked to each other, all forward but
those whose links deny it: a NIC on two planes is no way from one plane to the other. Where links join only
switches, the endpoints are those that the fabric was given as its ends, or else all devices that no fabric
made.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.errors import nearest
from topogen.language.device import SWITCH_ROLES
from topogen.model.expand import expand, links_at
from topogen.records import dataclass
from topogen.wiring import generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric, LinkGroup


END_TO_END = "end_to_end"
"""All networks of devices that others are attached to, as one."""


class NoDomainError(ValueError):
    """A name that is neither a fabric nor a network with links inside the model."""


class Forwarding(NamedTuple):
    """Devices whose links or fabric say that they forward traffic, and do not, each shape (devices,)."""

    does: Bools
    does_not: Bools


@dataclass(frozen=True)
class Domain:
    """Links inside the model, each array of shape (links,): devices ``a`` and ``b``, ``rate`` in Mb/s.

    ``is_end``, shape (devices of the fabric,), marks the ends; ``groups`` are the link groups in turn.
    """

    name: str
    a: Ints
    b: Ints
    rate: Ints
    is_end: Bools
    groups: tuple[LinkGroup, ...]
    stated: Forwarding | None = None
    passing: Bools | None = None
    """Which devices forward traffic, where that does not follow from the links: shape (devices,)."""
    rows: Ints | None = None
    """The links of ``groups`` that ``a`` and ``b`` have, where not all."""

    @cached_property
    def nodes(self) -> Ints:
        """Return the devices that have a link, ascending."""
        return np.asarray(np.unique(np.concatenate([self.a, self.b])))

    @cached_property
    def ends(self) -> Ints:
        """Return the ends that have a link, ascending."""
        return np.asarray(self.nodes[self.is_end[self.nodes]])

    @cached_property
    def forwards(self) -> Bools:
        """Return which devices forward traffic, shape (devices of the fabric,)."""
        if self.passing is not None:
            return self.passing
        return forwards(self.is_end, (self.a, self.b), self.stated)

    @cached_property
    def capacity(self) -> tuple[Ints, Ints, Ints]:
        """Return each two linked devices once, as numbers among ``nodes``, and the rate between them."""
        return self._between(self.rate)

    @cached_property
    def links_between(self) -> tuple[Ints, Ints, Ints]:
        """Return each two linked devices once, as numbers among ``nodes``, and the links between them."""
        return self._between(np.ones_like(self.rate))

    def _between(self, amounts: Ints) -> tuple[Ints, Ints, Ints]:
        a, b = np.searchsorted(self.nodes, self.a), np.searchsorted(self.nodes, self.b)
        size = len(self.nodes)
        key, index = np.unique(np.minimum(a, b) * size + np.maximum(a, b), return_inverse=True)
        total = np.zeros(len(key), np.int64)
        np.add.at(total, index, amounts)
        return key // size, key % size, total


def domain(fabric: Fabric, name: str) -> Domain:
    """Return the links of a fabric of the file, or of a network; a network of one fabric is that fabric.

    ``end_to_end`` has those of all networks of attached devices.
    """
    if name == END_TO_END and fabric.attached:
        return _end_to_end(fabric)
    groups = groups_of(fabric, name)
    if not groups:
        raise NoDomainError(f'no fabric or network "{name}"; {nearest(name, names(fabric))}')
    inside = tuple(group for group in groups if group.has_b)
    if not inside:
        raise NoDomainError(f'all links of "{name}" end outside the model')
    columns = [expand(fabric, group) for group in inside]
    return Domain(
        name=_same_fabric(fabric, inside) or name,
        a=np.concatenate([one.a for one in columns]).astype(np.int64),
        b=np.concatenate([one.b for one in columns]).astype(np.int64),
        rate=np.concatenate([np.full(group.count, group.rate, np.int64) for group in inside]),
        is_end=endpoints(fabric, inside),
        groups=inside,
        stated=stated_forwarding(fabric, groups),
    )


def _end_to_end(fabric: Fabric) -> Domain:
    """Return the networks of attached devices as one, between the devices that these belong to.

    An attached device and the one it belongs to are one node. A node that has links of several networks
    passes traffic from one to another; else it forwards what its devices do.
    """
    owner, is_end = np.arange(fabric.n_devices), np.zeros(fabric.n_devices, bool)
    for one in fabric.attached:
        owner[one.device], is_end[one.to] = one.to, True
    passing, seen = np.zeros(fabric.n_devices, bool), np.zeros(fabric.n_devices, np.int64)
    a: list[Ints] = []
    b: list[Ints] = []
    rate: list[Ints] = []
    groups: list[LinkGroup] = []
    for network in dict.fromkeys(link.network for link in fabric.links if link.network != "board"):
        inside = [group for group in groups_of(fabric, network) if group.has_b]
        columns = [expand(fabric, group) for group in inside]
        none = np.zeros(0, np.int64)
        near = np.concatenate([none, *(one.a for one in columns)]).astype(np.int64)
        far = np.concatenate([none, *(one.b for one in columns)]).astype(np.int64)
        linked = np.unique(np.concatenate([near, far]))
        if not is_end[owner[linked]].any():
            continue
        points = endpoints(fabric, inside)
        forward = forwards(points, (near, far), stated_forwarding(fabric, groups_of(fabric, network)))
        passing[owner[linked[forward[linked]]]] = True
        seen[np.unique(owner[linked])] += 1
        a, b, groups = [*a, owner[near]], [*b, owner[far]], [*groups, *inside]
        rate += [np.full(group.count, group.rate, np.int64) for group in inside]
    if not groups:
        raise NoDomainError("no network has links at attached devices")
    near, far = np.concatenate(a), np.concatenate(b)
    rows = np.flatnonzero(near != far)
    return Domain(
        name=END_TO_END, a=near[rows], b=far[rows], rate=np.concatenate(rate)[rows], is_end=is_end,
        groups=tuple(groups), passing=passing | (is_end & (seen > 1)), rows=rows,
    )  # fmt: skip


def forwards(is_end: Bools, links: tuple[Ints, Ints], stated: Forwarding | None) -> Bools:
    """Return which devices forward traffic: switches, ends that are stated to, and ends of linked ends.

    Links between two ends let all ends forward, except those that are stated not to.
    """
    joined = bool((is_end[links[0]] & is_end[links[1]]).any())
    if stated is None:
        return ~is_end | joined
    return ~is_end | stated.does | (joined & ~stated.does_not)


def stated_forwarding(fabric: Fabric, groups: Iterable[LinkGroup]) -> Forwarding:
    """Return what link groups and the patterns of fabrics say of the devices at their links."""
    stated = Forwarding(np.zeros(fabric.n_devices, bool), np.zeros(fabric.n_devices, bool))
    for group in groups:
        says = _says(fabric, group)
        for block in group.blocks if says is not None else ():
            for end in (block.a, block.b):
                if end is not None:
                    devices = fabric.groups[end.group]
                    linked = links_at([(block, end)], devices.count).full() > 0
                    marks = stated.does if says else stated.does_not
                    marks[devices.first : devices.first + devices.count] |= linked
    return stated


def _says(fabric: Fabric, group: LinkGroup) -> bool | None:
    """Return whether a link group lets its endpoints forward traffic; None where nothing says so."""
    fabric_spec = fabric.spec.fabrics.get(fabric_of_group(group))
    if fabric_spec:
        return generator(fabric_spec.pattern).ends_forward or None
    links = fabric.spec.links.get(group.base or group.name)
    return links.endpoints_forward if links else None


def endpoints(fabric: Fabric, groups: Sequence[LinkGroup]) -> Bools:
    """Return which devices of the fabric are endpoints of some link groups, shape (devices,)."""
    linked = {end.group for group in groups for block in group.blocks for end in (block.a, block.b) if end}
    chosen = {index for index in linked if fabric.groups[index].type.role not in SWITCH_ROLES}
    chosen |= set() if chosen else {index for index in linked if not fabric.groups[index].role}
    return np.concatenate(
        [np.full(group.count, index in (chosen or linked)) for index, group in enumerate(fabric.groups)]
    )


def _same_fabric(fabric: Fabric, groups: Sequence[LinkGroup]) -> str:
    """Return the fabric that made exactly these link groups of all that stay inside the model, if any."""
    made = {fabric_of_group(group) for group in groups}
    name = made.pop() if len(made) == 1 else ""
    whole = [group for group in groups_of(fabric, name) if group.has_b] if name else []
    return name if len(whole) == len(groups) else ""


def groups_of(fabric: Fabric, name: str) -> list[LinkGroup]:
    """Return the link groups of a fabric of the file, else those of a network."""
    if name in fabric.spec.fabrics:
        return [group for group in fabric.links if fabric_of_group(group) == name]
    return [group for group in fabric.links if group.network == name]


def fabric_of_group(group: LinkGroup) -> str:
    """Return the fabric that made a link group; empty for a group of ``links``."""
    fabric, slash, _ = (group.base or group.name).partition("/")
    return fabric if slash else ""


def names(fabric: Fabric) -> list[str]:
    """Return every fabric, and every network of more than one fabric, that has links inside the model.

    Last comes ``end_to_end``, where devices are attached to others. Links on a board are left out: no cut
    crosses them.
    """
    found: dict[frozenset[str], str] = {}
    networks = dict.fromkeys(group.network for group in fabric.links if group.network != "board")
    for name in (*fabric.spec.fabrics, *networks):
        inside = frozenset(group.name for group in groups_of(fabric, name) if group.has_b)
        if inside:
            found.setdefault(inside, name)
    return [*found.values(), *([END_TO_END] if found and fabric.attached else [])]
