"""The ports of a model as numbers, and as the names that a table of found cables may have for them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.cabling.cables import cable_of_link
from topogen.language.names import NameField
from topogen.media.medium import is_installed
from topogen.model.expand import expand
from topogen.model.path import count_of, path_name, path_names
from topogen.model.site_names import listed_texts
from topogen.naming.ports import names_of_group
from topogen.schedule.port_numbers import ports_of_text

if TYPE_CHECKING:
    from topogen.model.arrays import Bools, Ints
    from topogen.model.devices import DeviceGroup, Port
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import Terminal
    from topogen.model.path import Steps

Offsets = dict[str, int]
"""The ports of a device, or of a place with devices, by name; numbers from the first port of the device."""

_MOST_DIGITS = 6


class PortNames:
    """Numbers for all ports of a fabric, from 0, and the ports that names mean.

    ``design_first`` prefers design names of ports to those of the site, where both are in use for two ports.
    """

    def __init__(self, fabric: Fabric, *, design_first: bool = False) -> None:
        self._fabric, self._design_first = fabric, design_first
        self._width = [sum(port.count for port in group.type.ports) for group in fabric.groups]
        counts = [width * group.count for width, group in zip(self._width, fabric.groups, strict=True)]
        self._first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self._names: dict[tuple[str, int, int], Offsets] = {}
        self._port_texts: dict[tuple[str, str, int, int], tuple[list[str], list[str]]] = {}
        self._linked = np.zeros(self.count, bool)
        self._used: dict[tuple[int, int], Ints] = {}

    @property
    def count(self) -> int:
        """Return the number of ports."""
        return int(self._first[-1])

    def ports_of(self, end: Terminal, devices: Ints, numbers: Ints) -> Ints:
        """Return the ports of links of a block, by device and number in the port group."""
        group = self._fabric.groups[end.group]
        before = sum(port.count for port in group.type.ports[: end.port])
        inside = (devices - group.first) * self._width[end.group]
        return np.asarray(self._first[end.group] + inside + before + numbers)

    def devices_of(self, ports: Ints) -> Ints:
        """Return a number for the device of each port; different devices have different numbers."""
        index = np.searchsorted(self._first, ports, side="right") - 1
        widths, firsts = (
            np.array([*self._width, 1]),
            np.array([*(one.first for one in self._fabric.groups), 0]),
        )
        return np.asarray(firsts[index] + (ports - self._first[index]) // np.maximum(widths[index], 1))

    # From names to ports

    def device(self, name: str) -> str:
        """Return the known name of a device or place, without its domain if need be; empty if unknown."""
        if name in self._owners:
            return name
        short = name.partition(".")[0]
        return short if short in self._owners else ""

    def ports(self, device: str, port: str) -> list[int]:
        """Return the ports that a text means at a known device or place; none if it has no such port."""
        found: list[int] = []
        for group, number in self._owners[device]:
            found = [*found, *self._at_device(group, number, port)]
        return found or self._in_place(device, port) or self._by_number(device, port)

    def note_linked(self, ports: Ints) -> None:
        """Note which ports have links: hosts of InfiniBand sheets count those from 1."""
        self._linked = np.zeros(self.count, bool)
        self._linked[ports] = True

    def _by_number(self, name: str, text: str) -> list[int]:
        """Return the port of a host by its number among those that links end at, from 1."""
        if not text.isdecimal() or len(text) > _MOST_DIGITS:
            return []
        groups = self._fabric.groups
        boxes = [(index, first, count_of(inner)) for index, first, inner in self._places.get(name, ())]
        boxes += [(index, number, 1) for index, number in self._owners[name]]
        if any(groups[index].type.role == "switch" for index, _, _ in boxes):
            return []
        ports = [port for box in boxes for port in self._linked_ports(*box)]
        return ports[int(text) - 1 : int(text)] if int(text) else []

    def _linked_ports(self, index: int, first: int, devices: int) -> list[int]:
        """Return the ports of a box that links end at, in this one or in another of its kind."""
        width = self._width[index] * devices
        if (index, devices) not in self._used:
            every = self._linked[self._first[index] : self._first[index + 1]]
            self._used[index, devices] = (
                np.flatnonzero(every.reshape(-1, width).any(axis=0)) if width else every
            )
        start = int(self._first[index]) + first * self._width[index]
        return [port + start for port in self._used[index, devices].tolist()]

    @cached_property
    def _owners(self) -> dict[str, list[tuple[int, int]]]:
        """Return the devices, each a group and a number in it, by design name and by name of the site."""
        owners: dict[str, list[tuple[int, int]]] = {}
        site = self._fabric.names.devices if self._fabric.names else {}
        for index, group in enumerate(self._fabric.groups):
            tables = [path_names(group.path)]
            tables += [listed_texts(site[index])] if index in site else []
            for names in tables:
                for number, name in enumerate(names):
                    known = owners.setdefault(name, [])
                    if (index, number) not in known:
                        known.append((index, number))
        for name in self._places:
            owners.setdefault(name, [])
        return owners

    @cached_property
    def _places(self) -> dict[str, list[tuple[int, int, Steps]]]:
        """Return the places that hold devices, by name: device group, first device, and the path inside."""
        places: dict[str, list[tuple[int, int, Steps]]] = {}
        for index, group in enumerate(self._fabric.groups):
            for depth in range(1, len(group.path)):
                inner = group.path[depth:]
                for names in self._tables_of_places(group.path[:depth]):
                    for number, name in enumerate(names):
                        known = places.setdefault(name, [])
                        one = (index, number * count_of(inner), inner)
                        if one not in known[-1:]:
                            known.append(one)
        return places

    def _tables_of_places(self, path: Steps) -> list[list[str]]:
        """Return the design names of places, and those of the site if there are any."""
        made = self._fabric.names.places.get(path) if self._fabric.names else None
        return [path_names(path), *([] if made is None else [listed_texts(made)])]

    def _at_device(self, index: int, number: int, text: str) -> list[int]:
        group = self._fabric.groups[index]
        first = int(self._first[index]) + number * self._width[index]
        offset = self._offsets(group, number).get(text)
        if offset is not None:
            return [first + offset]
        before = 0
        for port in group.type.ports:
            several = ports_of_text(port.name, text)
            if several and max(several) < port.count:
                return [first + before + one for one in several]
            before += port.count
        return []

    def _in_place(self, place: str, text: str) -> list[int]:
        """Return the port of a device inside a place: ``nic0/eth0``, or ``eth0`` where only one has it."""
        found: list[int] = []
        for index, first, inner in self._places.get(place, ()):
            group = self._fabric.groups[index]
            for number, where in enumerate(path_names(inner)):
                own = text.removeprefix(f"{where}/") if text.startswith(f"{where}/") else ""
                if text == where and self._width[index] == 1:
                    return [int(self._first[index]) + (first + number) * self._width[index]]
                if own:
                    return self._at_device(index, first + number, own)
                if text in self._offsets(group, first + number):
                    found += self._at_device(index, first + number, text)
        return found if len(found) == 1 else []

    def _offsets(self, group: DeviceGroup, number: int) -> Offsets:
        site = self._fabric.names
        patterns = site.ports if site else {}
        own = [patterns.get(f"{group.type.name}.{port.name}") for port in group.type.ports]
        turning = any(
            isinstance(part, NameField) and part.name in {"n", "n0"}
            for one in own
            if one
            for part in one.parts
        )
        turn = int(site.turns[group.first + number]) if site and turning else 0
        chip = number % max((port.chips for port in group.type.ports), default=1)
        key = group.type.name, turn, chip
        if key not in self._names:
            self._names[key] = self._made(group, turn, chip)
        return self._names[key]

    def _made(self, group: DeviceGroup, turn: int, chip: int) -> Offsets:
        design: Offsets = {}
        shown: Offsets = {}
        before = 0
        for port in group.type.ports:
            for number, names in enumerate(zip(*self._texts(group, port, turn, chip), strict=True)):
                design[names[0]] = before + number
                shown.setdefault(names[1], before + number)
            before += port.count
        return shown | design if self._design_first else design | shown

    def _texts(self, group: DeviceGroup, port: Port, turn: int, chip: int) -> tuple[list[str], list[str]]:
        """Return the design names of a port group and those shown, made once: reports name port by port."""
        key = group.type.name, port.name, turn, chip
        if key not in self._port_texts:
            self._port_texts[key] = self._made_texts(group, port, turn, chip)
        return self._port_texts[key]

    def _made_texts(
        self, group: DeviceGroup, port: Port, turn: int, chip: int
    ) -> tuple[list[str], list[str]]:
        patterns = self._fabric.names.ports if self._fabric.names else {}
        pattern = patterns.get(f"{group.type.name}.{port.name}")
        shown = names_of_group(self._fabric.catalog, group.type, port, pattern, turn, chip)
        return [f"{port.name}{number}" for number in range(port.count)], shown

    # From ports to names

    def name(self, port: int) -> str:
        """Return ``device:port`` as the site names both, else by design."""
        index = int(np.searchsorted(self._first, port, side="right")) - 1
        group = self._fabric.groups[index]
        number, offset = divmod(port - int(self._first[index]), self._width[index])
        site = self._fabric.names
        table = site.devices.get(index) if site else None
        device = path_name(group.path, number)
        if table is not None:
            device = table.cells[number][: table.widths[number]].tobytes().decode()
        turn = int(site.turns[group.first + number]) if site else 0
        for one in group.type.ports:
            if offset < one.count:
                return f"{device}:{self._texts(group, one, turn, number % one.chips)[1][offset]}"
            offset -= one.count
        return device


class ModelLinks(NamedTuple):
    """The links of a model between two modelled ends, each array of shape (links,).

    ``rate`` is in Mb/s, ``cable`` numbers cables over the whole model; ``wanted`` are links that are pulled
    on site. ``outside`` are the ports whose links leave the model.
    """

    a: Ints
    b: Ints
    rate: Ints
    cable: Ints
    wanted: Bools
    outside: Ints


def model_links(fabric: Fabric, names: PortNames, *, all_links: bool) -> ModelLinks:
    """Return the links of a fabric; ``all_links`` wants those too that come installed from the factory."""
    parts: list[tuple[Ints, ...]] = []
    outside: list[Ints] = [np.zeros(0, np.int64)]
    cables = 0
    for group in fabric.links:
        if not group.count:
            continue
        columns = expand(fabric, group)
        a = _side(names, columns, "a")
        if not group.has_b:
            outside.append(a)
            continue
        cable = cable_of_link(fabric, group, columns)
        wanted = np.full(len(columns), all_links or is_installed(fabric, group))
        parts.append(
            (a, _side(names, columns, "b"), np.full(len(columns), group.rate), cable + cables, wanted)
        )
        cables += int(cable.max()) + 1
    empty = (np.zeros(0, np.int64),) * 4 + (np.zeros(0, bool),)
    a, b, rate, cable, wanted = (np.concatenate(column) for column in zip(empty, *parts, strict=True))
    return ModelLinks(a, b, rate, cable, wanted, np.concatenate(outside))


def _side(names: PortNames, columns: Columns, side: str) -> Ints:
    devices, numbers = (columns.a, columns.a_port) if side == "a" else (columns.b, columns.b_port)
    ports = np.empty(len(columns), np.int64)
    for block, rows in columns.blocks:
        end = block.a if side == "a" else block.b
        if end is not None:
            ports[rows] = names.ports_of(end, devices[rows].astype(np.int64), numbers[rows].astype(np.int64))
    return ports
