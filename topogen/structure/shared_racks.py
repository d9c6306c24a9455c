"""Endpoints whose planes share a rack: one rack takes all their ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import changes
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric
    from topogen.structure.wires import Wires


@dataclass(frozen=True)
class SharedRack:
    """Endpoints of a network that are linked to several planes, and those of them whose planes share a rack.

    Of ``linked`` endpoints, the switches of ``ends`` are all in one rack, in which ``inside`` of them are
    too. For ``unknown`` ones the rack of some switch is not known. ``most`` have their switches in the same
    rack; ``rack`` is the number of the first such rack.
    """

    network: str
    planes: int
    linked: int
    ends: int
    inside: int
    unknown: int
    rack: int
    most: int


def shared_racks(fabric: Fabric, wires: Wires) -> Iterator[SharedRack]:
    """Yield, by network, the endpoints linked to several planes, and whether their planes share a rack."""
    racks = np.append(fabric.sites.rack, np.full(wires.n_nodes - fabric.n_devices, -1))
    for net in wires.nets:
        end, switch = net.homes
        several = net.planes[end] > 1
        end, rack = end[several], racks[switch[several]]
        if not len(end):
            continue
        starts = np.flatnonzero(changes(end))
        low, high = np.minimum.reduceat(rack, starts), np.maximum.reduceat(rack, starts)
        one = (low == high) & (low >= 0)
        counts = np.bincount(low[one], minlength=1)
        yield SharedRack(
            network=net.name,
            planes=int(net.planes[end].max()),
            linked=len(starts),
            ends=int(one.sum()),
            inside=int((racks[end[starts]] == low)[one].sum()),
            unknown=int((low < 0).sum()),
            rack=int(counts.argmax()) if one.any() else -1,
            most=int(counts.max()),
        )
