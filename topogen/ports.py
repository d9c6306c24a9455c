"""Who uses which port while links are being made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.fabric import FREE, DeviceGroup, Ints

if TYPE_CHECKING:
    from collections.abc import Sequence


class PortBook:
    """Port maps of all device groups, one row for all devices of a group until they differ."""

    def __init__(self) -> None:
        self.maps: dict[tuple[int, int], Ints] = {}
        self.refused: dict[tuple[int, int], int] = {}
        """Ends that found no port, of link groups that were refused: a later message counts them too."""

    def add(self, index: int, group: DeviceGroup) -> None:
        """Open the ports of a device group."""
        for port, ports in enumerate(group.type.ports):
            self.maps[index, port] = np.full(ports.count, FREE, np.int64)

    def free(self, key: tuple[int, int], devices: Ints, wanted: Sequence[int] | None) -> tuple[Ints, Ints]:
        """Return the free ports that a side may take, lowest first, and how many each device has.

        The first has shape (ports,), or (devices of the group, ports) padded with ``FREE`` where devices
        differ; the second has the shape of ``devices``.
        """
        used = self.maps[key]
        allowed = np.zeros(used.shape[-1], bool)
        allowed[list(wanted) if wanted is not None else slice(None)] = True
        open_ports = (used == FREE) & allowed
        if open_ports.ndim == 1 or (open_ports[devices] == open_ports[devices[0]]).all():
            table = np.flatnonzero(open_ports if open_ports.ndim == 1 else open_ports[devices[0]])
            return table, np.full(len(devices), len(table), np.int64)
        ranked = np.argsort(~open_ports, axis=1, kind="stable")
        counts = open_ports.sum(axis=1)
        ranked[np.arange(ranked.shape[1])[None, :] >= counts[:, None]] = FREE
        return ranked[:, : counts.max()], counts[devices]

    def take(self, key: tuple[int, int], table: Ints, degree: Ints, user: int) -> None:
        """Give the first ``degree`` ports of the table on each device of the group to a user."""
        used = self.maps[key]
        if table.ndim == 1 and used.ndim == 1 and (degree == degree[0]).all():
            used[table[: degree[0]]] = user
            return
        if used.ndim == 1:
            used = np.repeat(used[None, :], len(degree), axis=0)
            self.maps[key] = used
        taken = np.arange(table.shape[-1])[None, :] < degree[:, None]
        device, index = np.nonzero(taken)
        used[device, table[index] if table.ndim == 1 else table[device, index]] = user
