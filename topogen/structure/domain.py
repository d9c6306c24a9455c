"""The links of one fabric or one network, as the graph that questions of structure are asked of.

Endpoints are all devices except switches. They forward traffic where the pattern of their fabric or the key
``endpoints_forward`` of their links says so. Where some endpoints are linked to each other, all forward but
those whose links deny it: a NIC on two planes is no way from one plane to the other. Where links join only
switches, the endpoints are those that the fabric was given as its ends, or else all devices that no fabric
made.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.errors import nearest
from topogen.language.device import SWITCH_ROLES
from topogen.model.expand import expand, links_at
from topogen.records import dataclass
from topogen.structure.circuits import SLASH, lit, setting_names
from topogen.structure.owners import owners_of
from topogen.wiring import generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.structure.owners import Owners


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
    """The links of ``groups`` that ``a`` and ``b`` have, where not all; -1 where a device meets a sharer."""
    by_links: Domain | None = None
    """The same with links alone, where devices are shared: each from every sharer."""
    onward: Ints | None = None
    """The further link of each row that light passes in a circuit switch, -1 where there is none."""

    @cached_property
    def nodes(self) -> Ints:
        """Return the devices that have a link, ascending."""
        linked = np.zeros(len(self.is_end), bool)
        linked[self.a] = linked[self.b] = True
        return np.flatnonzero(linked)

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

    @property
    def capacity(self) -> tuple[Ints, Ints, Ints]:
        """Return each two linked devices once, as numbers among ``nodes``, and the rate between them."""
        return self._pairs[:3]

    @property
    def links_between(self) -> tuple[Ints, Ints, Ints]:
        """Return each two linked devices once, as numbers among ``nodes``, and the links between them."""
        if self.joins.any():
            return self._between(self.links)[:3]
        near, far, _, links = self._pairs
        return near, far, links

    @cached_property
    def links(self) -> Ints:
        """Return how many links each row stands for: to a sharer, those of the shared device."""
        real = ~self.joins
        at = np.bincount(np.concatenate([self.a[real], self.b[real]]), minlength=len(self.is_end))
        return np.where(self.joins, at[self.b], 1)

    @cached_property
    def joins(self) -> Bools:
        """Return which rows are no links but join a sharer ``a`` and the device ``b`` that it shares."""
        return np.zeros(len(self.a), bool) if self.rows is None else self.rows < 0

    @cached_property
    def group_of(self) -> Ints:
        """Return the place among ``groups`` of each row, -1 where it is no link."""
        each = np.repeat(np.arange(len(self.groups)), [group.count for group in self.groups])
        return each if self.rows is None else np.where(self.joins, -1, each[self.rows])

    @cached_property
    def joined(self) -> Bools:
        """Return which pairs of ``capacity`` are no links."""
        low, high, _ = self.capacity
        a, b = (np.searchsorted(self.nodes, side[self.joins]) for side in (self.a, self.b))
        size = len(self.nodes)
        return np.isin(low * size + high, np.minimum(a, b) * size + np.maximum(a, b))

    @cached_property
    def _pairs(self) -> tuple[Ints, Ints, Ints, Ints]:
        return self._between(self.rate)

    def _between(self, amounts: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Return each two linked devices once, ascending, the amounts and the rows between them.

        Sorted is one number a row, of its two devices and its amount: an order of the rows takes three times
        as long as that.
        """
        if not len(self.a):
            return self.a, self.a, self.a, self.a
        kinds = np.unique(amounts)
        size = len(self.nodes)
        number = np.zeros(len(self.is_end), np.int64)
        number[self.nodes] = np.arange(size)
        a, b = number[self.a], number[self.b]
        key = np.minimum(a, b)
        key *= size
        key += np.maximum(a, b, out=b)
        del a, b
        key *= len(kinds)
        key += np.searchsorted(kinds, amounts)
        key.sort()
        pair, kind = np.divmod(key, len(kinds)) if len(kinds) > 1 else (key, None)
        start = np.flatnonzero(np.diff(pair, prepend=-1))
        rows = np.diff(start, append=len(pair))
        near, far = np.divmod(pair[start], size)
        total = rows * kinds[0] if kind is None else np.add.reduceat(kinds[kind], start)
        return near, far, total, rows

    @cached_property
    def around(self) -> tuple[Ints, Ints]:
        """Return where the neighbours of each node begin, shape (nodes + 1,), and all neighbours in turn."""
        near, far, _ = self.capacity
        return neighbours(len(self.nodes), near, far)


def neighbours(nodes: int, near: Ints, far: Ints) -> tuple[Ints, Ints]:
    """Return where the neighbours of each node begin, and the neighbours: ascending for each node."""
    key = np.concatenate([near, far])
    start = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(key, minlength=nodes), out=start[1:])
    key *= nodes
    key[: len(near)] += far
    key[len(near) :] += near
    key.sort()
    key %= max(1, nodes)
    return start, key


def domain(fabric: Fabric, name: str) -> Domain:
    """Return the links of a fabric of the file, or of a network; a network of one fabric is that fabric.

    ``end_to_end`` has those of all networks of attached devices, ``FABRIC/SETTING`` the circuits of one
    setting of the optical circuit switches of a fabric.
    """
    if name == END_TO_END and fabric.attached:
        return _end_to_end(fabric)
    if name in setting_names(fabric):
        of, _, setting = name.partition(SLASH)
        return _under_setting(fabric, domain(fabric, of), of, setting)
    groups = groups_of(fabric, name)
    if not groups:
        raise NoDomainError(f'no fabric or network "{name}"; {nearest(name, names(fabric))}')
    inside = tuple(group for group in groups if group.has_b)
    if not inside:
        raise NoDomainError(f'all links of "{name}" end outside the model')
    near, far, rate = _columns(fabric, inside)
    return Domain(
        name=_same_fabric(fabric, inside) or name,
        a=near,
        b=far,
        rate=rate,
        is_end=endpoints(fabric, inside),
        groups=inside,
        stated=stated_forwarding(fabric, groups),
    )


def _under_setting(fabric: Fabric, whole: Domain, of: str, setting: str) -> Domain:
    """Return a fabric whose circuits are links of two ends, at the lower rate of the links they pass."""
    direct, near, far = lit(fabric, whole.groups, of, setting)
    return replace(
        whole,
        name=f"{of}{SLASH}{setting}",
        a=np.concatenate([whole.a[direct], whole.a[near]]),
        b=np.concatenate([whole.b[direct], whole.a[far]]),
        rate=np.concatenate([whole.rate[direct], np.minimum(whole.rate[near], whole.rate[far])]),
        rows=np.concatenate([direct, near]),
        onward=np.concatenate([np.full(len(direct), -1), far]),
    )


def _end_to_end(fabric: Fabric) -> Domain:
    """Return the networks of attached devices as one, between the devices that these belong to.

    An attached device and the one it belongs to are one node. A node that has links of several networks
    passes traffic from one to another; else it forwards what its devices do. A device that several share
    stays a node, or one for each device that it is linked to where it passes nothing on, joined to each of
    its sharers at the bandwidth of its links.
    """
    owners = owners_of(fabric)
    passing, seen = np.zeros(fabric.n_devices, bool), np.zeros(fabric.n_devices, np.int64)
    groups: list[LinkGroup] = []
    for network in dict.fromkeys(link.network for link in fabric.links if link.network != "board"):
        inside = [group for group in fabric.links if group.network == network and group.has_b]
        near, far, _ = _columns(fabric, inside)
        linked = np.unique(np.concatenate([near, far]))
        if not owners.is_end[owners.linked(linked)].any():
            continue
        forward = forwards(endpoints(fabric, inside), (near, far), stated_forwarding(fabric, inside))
        passing[owners.linked(linked[forward[linked]])] = True
        seen[owners.linked(linked)] += 1
        groups += inside
    near, far, rate = _columns(fabric, groups)
    if (owners.owner[near] == owners.owner[far]).all():
        raise NoDomainError("no network has links from attached devices to others")
    forward = passing | (owners.is_end & (seen > 1))
    return _joined(owners, (owners.owner[near], owners.owner[far], rate), tuple(groups), (forward, passing))


def _joined(
    owners: Owners,
    links: tuple[Ints, Ints, Ints],
    groups: tuple[LinkGroup, ...],
    passing: tuple[Bools, Bools],
) -> Domain:
    """Return links of owners, without those inside one, and the rows that join shared devices to sharers."""
    (near, far, rate), (forward, transit) = links, passing
    a, b, row = owners.spread(near, far)
    out = a != b
    by_links = Domain(
        END_TO_END, a[out], b[out], rate[row[out]], owners.is_end, groups, passing=forward, rows=row[out]
    )
    kept = np.unique(row[out])
    apart = owners.apart(near[kept], far[kept], transit)
    if not len(apart.node):
        return by_links
    total = np.zeros(len(owners.owner) + apart.extra, np.int64)
    np.add.at(total, apart.near, rate[kept])
    np.add.at(total, apart.far, rate[kept])
    return Domain(
        name=END_TO_END,
        a=np.concatenate([apart.near, apart.sharer]),
        b=np.concatenate([apart.far, apart.node]),
        rate=np.concatenate([rate[kept], total[apart.node]]),
        is_end=np.append(owners.is_end, np.zeros(apart.extra, bool)),
        groups=groups,
        passing=np.append(forward, np.ones(apart.extra, bool)),
        rows=np.concatenate([kept, np.full(len(apart.node), -1)]),
        by_links=by_links,
    )


def _columns(fabric: Fabric, groups: Sequence[LinkGroup]) -> tuple[Ints, Ints, Ints]:
    """Return devices and rate of the links of some groups."""
    columns = [expand(fabric, group) for group in groups]
    none = np.zeros(0, np.int64)
    return (
        np.concatenate([none, *(one.a for one in columns)]).astype(np.int64),
        np.concatenate([none, *(one.b for one in columns)]).astype(np.int64),
        np.concatenate([none, *(np.full(group.count, group.rate, np.int64) for group in groups)]),
    )


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

    After them come ``FABRIC/SETTING`` of circuit switches and, where devices are attached to others,
    ``end_to_end``. Links on a board are left out: no cut crosses them.
    """
    found: dict[frozenset[str], str] = {}
    networks = dict.fromkeys(group.network for group in fabric.links if group.network != "board")
    for name in (*fabric.spec.fabrics, *networks):
        inside = frozenset(group.name for group in groups_of(fabric, name) if group.has_b)
        if inside:
            found.setdefault(inside, name)
    whole = [END_TO_END] if fabric.attached and _is_linked(fabric) else []
    return [*found.values(), *setting_names(fabric), *whole]


def _is_linked(fabric: Fabric) -> bool:
    """Return whether a network has links from attached devices to others."""
    try:
        _end_to_end(fabric)
    except NoDomainError:
        return False
    return True
