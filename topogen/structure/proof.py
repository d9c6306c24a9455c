"""Proof from the columns: what every single link says of ports, degrees and cuts.

All go over one link group at a time, in pieces that stay in the cache of a processor: a few ns a link.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.port_uses import port_uses
from topogen.model.expand import expand
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import Terminal

    Numbers = NDArray[np.integer]
    Flags = NDArray[np.bool_]

AT_ONCE = 65_536
"""Links that are looked at together."""


@dataclass(frozen=True)
class PortProof:
    """Ports of one kind over all devices of a label, counted link by link.

    ``ends`` are the links that end there, ``distinct`` the ports that these take, ``missing`` the ends at a
    device or port that is not there, ``booked`` the ports that the model holds to be in use.
    """

    devices: str
    port: str
    ends: int
    distinct: int
    missing: int
    booked: int

    @property
    def holds(self) -> bool:
        """Return whether each end has a port of its own, and the model knows of exactly these."""
        return not self.missing and self.ends == self.distinct == self.booked


def prove_ports(fabric: Fabric, columns: Iterable[Columns] | None = None) -> tuple[PortProof, ...]:
    """Return for each kind of port whether every link ends at one that is there, and no two at the same.

    Without ``columns`` each link group is expanded in turn: 12 bytes a link of the largest, a byte a port.
    """
    kinds = {
        (index, number): kind
        for index, group in enumerate(fabric.groups)
        for number, kind in enumerate(group.type.ports)
    }
    taken = {key: np.zeros((fabric.groups[key[0]].count, kind.count), bool) for key, kind in kinds.items()}
    ends, distinct, missing, booked = (Counter[tuple[str, str]]() for _ in range(4))
    names = {key: (fabric.groups[key[0]].label, kind.name) for key, kind in kinds.items()}
    every = (expand(fabric, group) for group in fabric.links) if columns is None else columns
    for one in every:
        for terminal, device, port in _ends_with_columns(one):
            key = terminal.group, terminal.port
            ends[names[key]] += len(device)
            missing[names[key]] += _take(taken[key], device, port, fabric.groups[terminal.group].first)
    for key, ports in taken.items():
        distinct[names[key]] += int(np.count_nonzero(ports))
    for use in port_uses(fabric):
        booked[use.devices, use.port] += use.used
    return tuple(
        PortProof(*name, ends[name], distinct[name], missing[name], booked[name])
        for name in dict.fromkeys(names.values())
    )


def degrees(fabric: Fabric, columns: Iterable[Columns]) -> Ints:
    """Return the links that end at each device, shape (devices,)."""
    total = np.zeros(fabric.n_devices, np.int64)
    for one in columns:
        for _, device, _ in _ends_with_columns(one):
            for rows in _slices_in_cache(0, len(device)):
                # The devices of neighbouring links lie close together: only their range is counted.
                low = int(device[rows].min())
                found = np.bincount(device[rows] - low)
                total[low : low + len(found)] += found
    return total


def _ends_with_columns(columns: Columns) -> Iterator[tuple[Terminal, Numbers, Numbers]]:
    """Yield each terminal with the devices and ports of its links."""
    for block, rows in columns.blocks:
        yield block.a, columns.a[rows], columns.a_port[rows]
        if block.b is not None:
            yield block.b, columns.b[rows], columns.b_port[rows]


def _slices_in_cache(start: int, stop: int) -> Iterator[slice]:
    return (slice(first, min(first + AT_ONCE, stop)) for first in range(start, stop, AT_ONCE))


def _take(taken: Flags, device: Numbers, port: Numbers, first: int) -> int:
    """Mark the ports that some ends take, shape (devices, ports); return how many ends have none there."""
    missing = 0
    for rows in _slices_in_cache(0, len(device)):
        local, number = device[rows] - first, port[rows]
        if _all_below(local, taken.shape[0]) and _all_below(number, taken.shape[1]):
            taken[local, number] = True
        else:
            there = (local >= 0) & (local < taken.shape[0]) & (number >= 0) & (number < taken.shape[1])
            taken[local[there], number[there]] = True
            missing += int(np.count_nonzero(~there))
    return missing


def _all_below(values: Numbers, limit: int) -> bool:
    return bool(values.min() >= 0 and values.max() < limit)
