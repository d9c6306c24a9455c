"""The links of all networks of attached devices as wires of their own, for what fails from end to end.

A link of a shared device is there once for each that shares it; its rate is shared out among these, in the
least unit that makes all shares whole numbers.
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from topogen.records import dataclass
from topogen.structure.domain import END_TO_END, domain, names
from topogen.structure.outage import Elements
from topogen.structure.wires import Wires, net_of

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric


@dataclass(frozen=True)
class WholeWay:
    """Wires from end to end; ``wire``, shape (links,), is the number that each has in those of the fabric.

    ``shared`` says whether several ends share a link, so that a flow between two of them is not known.
    """

    wires: Wires
    wire: Ints
    shared: bool

    def carried(self, elements: Elements) -> Elements:
        """Return elements with the links that they carry here, and those of the ends that fail with them."""
        order = np.argsort(self.wire, kind="stable")
        link, owner = _each(self.wire[order], elements.link)
        ends = np.concatenate([self.wires.a, self.wires.b])
        by_end = np.argsort(ends, kind="stable")
        at_end, failing = _each(ends[by_end], elements.device)
        return Elements(
            elements.count,
            np.concatenate([elements.owner[owner], elements.failing[failing]]),
            np.concatenate([order[link], by_end[at_end] % max(1, len(self.wire))]),
            elements.failing,
            elements.device,
        )


def _each(known: Ints, asked: Ints) -> tuple[Ints, Ints]:
    """Return the places in ``known``, which ascends, of each number asked, and which number that was."""
    start = np.searchsorted(known, asked)
    count = np.searchsorted(known, asked, side="right") - start
    which = np.repeat(np.arange(len(asked)), count)
    turn = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    return start[which] + turn, which


def whole_way(fabric: Fabric, wires: Wires) -> WholeWay | None:
    """Return the wires from end to end; None where no attached device has links to others."""
    if END_TO_END not in names(fabric):
        return None
    one = domain(fabric, END_TO_END)
    one = one.by_links or one
    at = {group.name: span for group, _, span in wires.rows}
    number = np.concatenate([np.arange(at[group.name].start, at[group.name].stop) for group in one.groups])
    wire = number if one.rows is None else number[one.rows]
    _, which, copies = np.unique(wire, return_inverse=True, return_counts=True)
    rate = one.rate * (lcm(*copies.tolist()) // copies[which])
    net = net_of(
        (END_TO_END, slice(0, len(wire))), (one.is_end, one.forwards), (one.a, one.b, rate), fabric.n_devices
    )
    nowhere = np.full(len(wire), -1)
    made = Wires(one.a, one.b, nowhere, nowhere, rate, fabric.n_devices, (), (net,))
    return WholeWay(made, wire, bool((copies > 1).any()))
