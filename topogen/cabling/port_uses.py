"""Counts of used and unused ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.fabric import FREE, Fabric
from topogen.model.runs import Runs, aligned
from topogen.records import dataclass
from topogen.units import format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.errors import Problems


@dataclass(frozen=True)
class PortUse:
    """Ports of one kind over all devices of a group."""

    devices: str
    type: str
    port: str
    rate: str
    n_devices: int
    ports_each: int
    used: int
    free: int
    reserved: int = 0
    """Ports that are fitted and never used; neither used nor free."""


def port_uses(fabric: Fabric) -> tuple[PortUse, ...]:
    """Return how many ports of each kind are used and free, in the order of the tree.

    Devices of one name in several places, such as those of two racks of one template, are one row.
    """
    rows: dict[tuple[str, str, str], PortUse] = {}
    for (index, port), used in fabric.ports.items():
        group = fabric.groups[index]
        kind = group.type.ports[port]
        taken = int((used.rows != FREE).sum(axis=1) @ used.weights)
        key = (group.label, group.type.name, kind.name)
        before = rows.get(key)
        rows[key] = PortUse(
            devices=group.label,
            type=group.type.name,
            port=kind.name,
            rate=format_rate(kind.rate) if kind.rate else "any",
            n_devices=group.count + (before.n_devices if before else 0),
            ports_each=kind.count,
            used=taken + (before.used if before else 0),
            free=group.count * kind.usable - taken + (before.free if before else 0),
            reserved=group.count * kind.reserved + (before.reserved if before else 0),
        )
    return tuple(rows.values())


def links_of_users(fabric: Fabric, index: int, users: Iterable[int]) -> Runs:
    """Return how many ports of each device of a group some users (``2 * link group + side``) have."""
    counts = np.zeros(2 * len(fabric.links) + 1, np.int64)  # the last is that of FREE
    counts[list(users)] = 1
    group = fabric.groups[index]
    used = [fabric.ports[index, port] for port in range(len(group.type.ports))]
    ports = aligned([one.laid(counts[one.rows].sum(axis=1)) for one in used])
    if not ports:
        return Runs.uniform(group.count, 0)
    return Runs(group.count, ports[0].starts, np.sum([one.values for one in ports], axis=0))


def warn_of_free_ports(fabric: Fabric, problems: Problems) -> None:
    """Warn of unused ports, unless the file expects them."""
    uses = port_uses(fabric)
    unused: dict[str, set[str]] = {}
    for use in uses:
        unused.setdefault(use.devices, set()).update({use.port} if use.free else ())
    for use in uses:
        if use.free and not says_what_stays_free(fabric, use.type, use.devices, use.port):
            free = f"{format_count(use.free)} of {format_count(use.used + use.free)} ports"
            message = f'{use.devices}: {free} "{use.port}" are unused'
            key = use.devices if len(unused[use.devices]) == 1 else f"{use.devices}.{use.port}"
            hint = f"to accept this, add expect: {{free_ports: {{{key}: {use.free}}}}}"
            problems.add("W202", message, ("devices", use.type, "ports", use.port), hint)


def says_what_stays_free(fabric: Fabric, device: str, label: str, port: str = "") -> bool:
    """Return whether the file says how many ports of these devices, or of one port group, stay free."""
    names = (device, label.rsplit("/", maxsplit=1)[-1])
    keys = (key.rsplit("/", maxsplit=1)[-1].partition(".") for key in fabric.spec.expect.free_ports)
    return any(name in names and (not of or not port or of == port) for name, _, of in keys)
