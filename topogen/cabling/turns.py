"""The turn of each link in the cages at one of its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cages import cage_order

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import Terminal


def turns_in_cages(fabric: Fabric, columns: Columns, side: int = 0) -> tuple[Ints, Ints, Ints]:
    """Return, for one end of each link, who owns its cages, its turn in them, and the links of a cage."""
    owner, turn, size = (np.ones(len(columns), np.int64) for _ in range(3))
    devices, ports = (columns.b, columns.b_port) if side else (columns.a, columns.a_port)
    ends = [(block.b if side else block.a, rows) for block, rows in columns.blocks]
    kinds = sorted(
        {_cage_kind(fabric, end) for block, _ in columns.blocks for end in (block.a, block.b) if end}
    )
    for end, rows in ends:
        if end is None:
            continue
        order = cage_order(fabric, end.group, end.port)
        device = devices[rows] - fabric.groups[end.group].first
        # Devices, racks and trays are all numbered from 0: each kind of port counts in a class of its own.
        owner[rows] = order.owner[device] * len(kinds) + kinds.index(_cage_kind(fabric, end))
        turn[rows] = ports[rows].astype(np.int64) * order.members[device] + order.rank[device]
        size[rows] = fabric.groups[end.group].type.ports[end.port].cage_links
    return owner, turn, size


def _cage_kind(fabric: Fabric, end: Terminal) -> tuple[str, int]:
    """Return the device type and port group of an end."""
    return fabric.groups[end.group].type.name, end.port
