"""The links of one plane of a direct network, by class, as the numbers of the devices they join."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shown.words import span_of_counts
from topogen.model.expand import expand
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.graph.selection import Selection
    from topogen.language.fabric import FabricSpec
    from topogen.model.arrays import Bools, Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


@dataclass(frozen=True)
class Wires:
    """The links of a class in one plane: ``a`` and ``b`` are devices, ``a_port`` the port at a.

    ``touched`` says which of them are to be drawn. All have shape (links,).
    """

    part: str
    link: LinkGroup
    a: Ints
    b: Ints
    a_port: Ints
    touched: Bools

    def between(self, keep: Bools) -> tuple[Ints, Ints, Ints]:
        """Return the different pairs of devices of some links, and how many links join each."""
        some = keep & self.touched
        return pairs(self.a[some], self.b[some])


@dataclass(frozen=True)
class Shape:
    """One plane of the network ``name``; ``focus`` is the device to open, ``picked`` or the first."""

    fabric: Fabric
    name: str
    pattern: str
    spec: FabricSpec | None
    planes: int
    plane: int
    focus: int
    picked: bool
    wires: tuple[Wires, ...]

    def routers(self, role: str = "router") -> range:
        """Return the switches of a role in the plane that is drawn."""
        group = next(one for one in self.fabric.groups if one.role == f"{self.name}/{role}")
        each = group.count // self.planes
        return range(group.first + self.plane * each, group.first + (self.plane + 1) * each)

    def parts(self, *names: str) -> Iterator[Wires]:
        """Yield the links of some classes."""
        return (one for one in self.wires if one.part in names)

    def links_each(self, devices: range, *names: str) -> str:
        """Return how many links of some classes a device has in the plane that is drawn."""
        ends = [side for one in self.parts(*names) for side in (one.a, one.b)]
        here = np.concatenate(ends or [np.zeros(0, np.int64)]) - devices.start
        counts = np.bincount(here[(here >= 0) & (here < len(devices))], minlength=len(devices))
        return span_of_counts(int(counts.min()), int(counts.max()))

    @property
    def a_plane(self) -> str:
        """Return what stands behind the count of what each plane has of its own."""
        return " a plane" if self.planes > 1 else ""

    def inner(self) -> Iterator[Wires]:
        """Yield the links that do not lead to hosts."""
        return (one for one in self.wires if one.part != "hosts")


def pairs(a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the different pairs, in either direction, ascending, and how often each is there.

    >>> [side.tolist() for side in pairs(np.array([1, 2, 0]), np.array([2, 1, 5]))]
    [[0, 1], [5, 2], [1, 2]]
    """
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b).astype(np.int64)
    base = int(high.max(initial=0)) + 1
    both, counts = np.unique(low * base + high, return_counts=True)
    return both // base, both % base, counts


def shape_of(
    fabric: Fabric, name: str, pattern: str, spec: FabricSpec | None, touched: Selection | None
) -> Shape:
    """Return the links of a network, of the plane in which the first device picked is."""
    planes = spec.planes if spec else 1
    numbers = [at for at, link in enumerate(fabric.links) if belongs(link, name)]
    found = {at: touched.columns[at] if touched else expand(fabric, fabric.links[at]) for at in numbers}
    focus = _focus(found, touched)
    plane_of = _planes(fabric, name, planes)
    plane = max(0, int(plane_of[focus]))
    wires = tuple(
        _wires(fabric.links[at], columns, _in_plane(columns, plane_of, planes) == plane, touched, at)
        for at, columns in found.items()
    )
    return Shape(fabric, name, pattern, spec, planes, plane, focus, touched is not None, wires)


def belongs(link: LinkGroup, name: str) -> bool:
    """Return whether a link group is one of a fabric, or the one of that name."""
    whole = link.base or link.name
    return whole == name or whole.startswith(f"{name}/")


def part_of(link: LinkGroup) -> str:
    """Return the class of a link group: ``global`` of ``net/global``, whichever its medium."""
    return (link.base or link.name).rpartition("/")[2]


def _focus(found: dict[int, Columns], touched: Selection | None) -> int:
    """Return the first device that is picked and in the network, else the first of its inner links."""
    if touched is not None:
        ends = [side[touched.links[at]] for at, one in found.items() for side in (one.a, one.b)]
        picked = np.concatenate([side[touched.devices[side]] for side in ends])
        return int(picked.min()) if len(picked) else -1
    return int(min(one.a.min() for one in found.values()))


def _planes(fabric: Fabric, name: str, planes: int) -> Ints:
    """Return the plane of every device, -1 for one that is in all, shape (devices,)."""
    plane = np.full(fabric.n_devices, -1, np.int64)
    for group in fabric.groups:
        if group.role.startswith(f"{name}/"):
            plane[group.first : group.first + group.count] = group.planes(planes)
    return plane


def _in_plane(columns: Columns, plane_of: Ints, planes: int) -> Ints:
    """Return the plane of every link: that of its switch, else in turn among those of the same ends."""
    plane = np.maximum(plane_of[columns.a], plane_of[columns.b])
    direct = np.flatnonzero(plane < 0)
    if not len(direct) or planes == 1:
        return np.asarray(np.maximum(plane, 0))
    pair = columns.a[direct].astype(np.int64) * len(plane_of) + columns.b[direct]
    order = np.argsort(pair, kind="stable")
    _, first, counts = np.unique(pair[order], return_index=True, return_counts=True)
    turn = np.arange(len(order)) - np.repeat(first, counts)
    plane[direct[order]] = turn * planes // np.repeat(counts, counts)
    return np.asarray(plane)


def _wires(link: LinkGroup, columns: Columns, keep: Bools, touched: Selection | None, at: int) -> Wires:
    drawn = touched.links[at][keep] if touched else np.ones(int(keep.sum()), bool)
    a, b, port = (side[keep].astype(np.int64) for side in (columns.a, columns.b, columns.a_port))
    return Wires(part_of(link), link, a, b, port, drawn)
