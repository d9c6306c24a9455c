"""Boxes: what other programs call a node or a device, the thing in a rack that cables are plugged into.

A switch is a box. A NIC is not: its box is the node or tray that it stands in, and its name is part of the
names of the ports of that box.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.port_names import names_of_ports
from topogen.model.devices import BOX_STEPS
from topogen.model.path import count_of, level_depth, path_names
from topogen.model.site_names import listed_texts
from topogen.naming.ports import names_of_group
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup, DeviceType
    from topogen.model.fabric import Fabric
    from topogen.model.links import Terminal
    from topogen.model.path import Steps

BOX_LEVELS = ("node", "tray")
"""Levels whose places are boxes, whatever else the file says."""


@dataclass(frozen=True)
class Member:
    """Equal devices of a box: ``inner`` is their path inside it, empty where the device is the box.

    ``first_box`` is the first box that has them; at ``ports`` the texts of each of their port groups begin.
    """

    group: int
    inner: Steps
    first_box: int
    ports: tuple[int, ...]

    @property
    def each(self) -> int:
        """Return how many of them a box has."""
        return count_of(self.inner)


@dataclass(frozen=True)
class BoxGroup:
    """Equal boxes: one template or device type reached by one path. ``first`` is the number of the first."""

    path: Steps
    first: int
    members: tuple[Member, ...]

    @property
    def type(self) -> str:
        """Return the name of the template or device type."""
        return self.path[-1].type

    @property
    def count(self) -> int:
        """Return the number of boxes."""
        return count_of(self.path)


class Boxes:
    """The boxes of a fabric, numbered from 0, and the names of their ports."""

    def __init__(self, fabric: Fabric) -> None:
        self.fabric = fabric
        self.ports: list[str] = []
        """The name of every port inside its box: a device of each kind has its own stretch."""
        paths = [group.path[: _box_depth(fabric, group)] for group in fabric.groups]
        found: dict[Steps, list[int]] = {}
        for index, path in enumerate(paths):
            found.setdefault(path, []).append(index)
        groups: list[BoxGroup] = []
        self.count = 0
        for path, indices in found.items():
            groups.append(BoxGroup(path, self.count, self._members(indices, len(path))))
            self.count += count_of(path)
        self.groups = tuple(groups)
        self._member_of = {member.group: member for group in groups for member in group.members}

    def _members(self, indices: list[int], depth: int) -> tuple[Member, ...]:
        """Return the devices of the boxes that follow, and add the names of their ports.

        Names of the site, and those on the panel of the box, stand alone, unless two ports of a box would
        have the same.
        """
        start = len(self.ports)
        members = tuple(self._member(index, depth, alone=True) for index in indices)
        if len(set(self.ports[start:])) < len(self.ports) - start:
            del self.ports[start:]
            members = tuple(self._member(index, depth, alone=False) for index in indices)
        return members

    def _member(self, index: int, depth: int, *, alone: bool) -> Member:
        group = self.fabric.groups[index]
        inner, kind = group.path[depth:], group.type
        shared = any(port.chips > 1 for port in kind.ports)
        named = [_ports_of(self.fabric, kind, chip) for chip in range(inner[-1].count if shared else 1)]
        within = path_names(inner) if inner else [""]
        single = kind.role != "switch" and sum(len(names) for names in named[0]) == 1
        site = self.fabric.names
        starts = []
        for at, port in enumerate(kind.ports):
            starts.append(len(self.ports))
            pattern = site.ports.get(f"{kind.name}.{port.name}") if site else None
            for number, where in enumerate(within):
                chip = number % len(named)
                if site is None or pattern is None:
                    printed = alone and port.chips > 1
                    names = named[chip][at]
                    self.ports += names if printed else [_within(where, one, single=single) for one in names]
                    continue
                turn = int(site.turns[group.first + number])
                own = names_of_group(self.fabric.catalog, kind, port, pattern, turn, chip)
                self.ports += own if alone else [_within(where, name, single=False) for name in own]
        return Member(index, inner, self.count, tuple(starts))

    def member(self, group: int) -> Member:
        """Return what the devices of a group are in their boxes."""
        return self._member_of[group]

    @cached_property
    def names(self) -> list[str]:
        """Return the name of each box."""
        return [name for group in self.groups for name in self._names_of(group)]

    def _names_of(self, group: BoxGroup) -> list[str]:
        site, member = self.fabric.names, group.members[0]
        made = None
        if site is not None:
            made = site.places.get(group.path) if member.inner else site.devices.get(member.group)
        return path_names(group.path) if made is None else listed_texts(made)

    @cached_property
    def racks(self) -> list[str]:
        """Return the name of each rack, and an empty one for -1: in no rack."""
        site = self.fabric.names
        return [*(site.racks if site else (one.name for one in self.fabric.sites.racks)), ""]

    @cached_property
    def of_device(self) -> Ints:
        """Return the box of each device, shape (devices,)."""
        box = np.empty(self.fabric.n_devices, np.int64)
        for group, member in self.members():
            here = self.fabric.groups[member.group]
            box[here.first : here.first + here.count] = group.first + np.arange(here.count) // member.each
        return box

    @cached_property
    def places(self) -> tuple[Ints, Ints]:
        """Return rack and U of each box, each -1 where unknown, shape (boxes,).

        Where the devices of a box stand at different U's, it is the lowest.
        """
        sites = self.fabric.sites
        most = np.iinfo(np.int64).max
        rack, unit = np.full(self.count, -1, np.int64), np.full(self.count, most, np.int64)
        np.maximum.at(rack, self.of_device, sites.rack)
        np.minimum.at(unit, self.of_device, np.where(sites.unit < 0, most, sites.unit))
        return rack, np.where(unit == most, -1, unit)

    def members(self) -> Iterator[tuple[BoxGroup, Member]]:
        """Yield the members of every group of boxes."""
        return ((group, member) for group in self.groups for member in group.members)

    def stretch(self, group: BoxGroup) -> list[int]:
        """Return the ports of each box of a group, by their numbers in ``ports``, in order."""
        return [
            start + number
            for member in group.members
            for start, port in zip(member.ports, self.fabric.groups[member.group].type.ports, strict=True)
            for number in range(member.each * port.count)
        ]

    def ends(
        self, end: Terminal, devices: NDArray[np.integer], ports: NDArray[np.integer]
    ) -> tuple[Ints, Ints]:
        """Return the box and the port, an index of ``ports``, of the ends of links of a block."""
        group, member = self.fabric.groups[end.group], self._member_of[end.group]
        box, inner = np.divmod(devices.astype(np.int64) - group.first, member.each)
        return box + member.first_box, member.ports[end.port] + inner * group.type.ports[
            end.port
        ].count + ports


def switches(boxes: Boxes) -> Sequence[bool]:
    """Return of each group of boxes whether they are switches: whether a device in them is one."""
    groups = boxes.fabric.groups
    return [
        any(groups[member.group].type.role == "switch" for member in group.members) for group in boxes.groups
    ]


def _box_depth(fabric: Fabric, group: DeviceGroup) -> int:
    """Return how many steps of a path lead to the box.

    That is a node or tray, or the box of a chip that a fabric made, else a place whose template states its
    height, else the outermost place in the rack, else the device itself.
    """
    depths = [depth for level in BOX_LEVELS if (depth := level_depth(group.path[:-1], level))]
    if depths:
        return min(depths)
    if group.is_boxed:
        return BOX_STEPS
    if len(group.path) > 1 and group.path[-2].type in group.type.boxes:
        return len(group.path) - 1
    templates = fabric.spec.templates
    places = range(len(group.path) - 1, 0, -1)
    stated = [depth for depth in places if _is_stated_box(templates, group.path[depth - 1].type)]
    if stated:
        return stated[0]
    rack = level_depth(group.path[:-1], "rack")
    inside = rack is not None and len(group.path) > rack + 1
    return rack + 1 if rack is not None and inside else len(group.path)


def _is_stated_box(templates: object, name: str) -> bool:
    template = templates.get(name) if isinstance(templates, dict) else None
    return template is not None and template.level != "rack" and template.height_u is not None


def _ports_of(fabric: Fabric, device: DeviceType, chip: int) -> list[list[str]]:
    """Return the names of the ports of a device type, port group by port group.

    Those of the operating system, else those printed, where the panel is known and they are all different;
    else those of the file.
    """
    found = [names_of_ports(fabric.catalog, device, port, chip) for port in device.ports]
    design = [[f"{port.name}{number}" for number in range(port.count)] for port in device.ports]
    for pick in ("nos", "printed"):
        named = [
            [getattr(one, pick) for one in names] if len(names) == port.count else ours
            for names, port, ours in zip(found, device.ports, design, strict=True)
        ]
        every = [name for names in named for name in names]
        if all(every) and len(set(every)) == len(every):
            return named
    return design


def _within(where: str, name: str, *, single: bool) -> str:
    """Return the name of a port in its box; a card with a single port is named as its port."""
    if not where:
        return name
    return where if single else f"{where}/{name}"
