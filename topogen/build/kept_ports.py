"""Ports of one design in another: which of its links can stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.build.pins import Pins, PortIds, devices_named
from topogen.build.repinned import Links
from topogen.model.path import path_names
from topogen.model.runs import arange, zeros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

GONE = -1


def pins_of_phase(before: Fabric, name: str, ids: PortIds) -> Pins:
    """Return the links of a fabric or link group in an earlier design both of whose ports are there."""
    links = [link for link in before.links if (link.base or link.name).partition("/")[0] == name]
    a, b = linked_ports(before, links, ids)
    both = np.flatnonzero((a != GONE) & (b != GONE))
    return Pins(both, a[both], b[both])


def linked_ports(fabric: Fabric, links: Sequence[LinkGroup], ids: PortIds) -> tuple[Ints, Ints]:
    """Return the ports at both ends of links inside the model, as numbers in ``ids``; GONE if not there."""
    own = PortIds(fabric.groups)
    known = _translated(own, ids)
    found = [Links.of(own, number, group) for number, group in enumerate(links)]
    a, b = (
        np.concatenate([zeros(0), *sides]) for sides in ([one.a for one in found], [one.b for one in found])
    )
    return known[a], known[b]


def _translated(old: PortIds, new: PortIds) -> Ints:
    """Return the number in ``new`` of each port of ``old``, by the names of its device and port group."""
    firsts = np.array([group.first for group in new.groups])
    names = [path_names(group.path) for group in old.groups]
    found = devices_named(new.groups, [name for some in names for name in some])
    starts = np.cumsum([0, *map(len, names)])
    parts = [zeros(0)]
    for index, port in old.keys:
        device = found[starts[index] : starts[index + 1]]
        group = np.searchsorted(firsts, device, side="right") - 1
        kind = old.groups[index].type.ports[port]
        ports = np.full((len(device), kind.count), GONE, np.int64)
        for one in np.unique(group[device >= 0]).tolist():
            place = _port_named(new.groups[one], kind.name)
            if place is None:
                continue
            key, rows = new.number_of(one, place), np.flatnonzero((group == one) & (device >= 0))
            number = arange(min(kind.count, int(new.counts[key])))
            first = new.bases[key] + (device[rows] - firsts[one]) * new.counts[key]
            ports[rows[:, None], number] = first[:, None] + number
        parts.append(ports.ravel())
    return np.concatenate(parts)


def _port_named(group: DeviceGroup, name: str) -> int | None:
    return next((index for index, port in enumerate(group.type.ports) if port.name == name), None)
