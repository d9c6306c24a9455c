"""Pairs of a list that name several devices by ranges, written out as pairs of single ports.

``n7/nic[0-3].net`` to ``leaf2.down[28-31]`` is four pairs. Pairs that name their ports in other ways, as many
as are free or several of an end's choice, are left as they are.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.select_many import NONE, NamedPorts, name_ports, spread_ports
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.arrays import Bools, Ints
    from topogen.model.devices import DeviceGroup

_SPAN = re.compile(r"\[(\d{1,6})-(\d{1,6})\]", re.ASCII)
MOST = 4_096
"""So many devices of a selector are written out."""


@dataclass(frozen=True, eq=False)
class WrittenOut:
    """Pairs of selectors, each naming ports of one device: a pair of the list, or one that was written out.

    ``row`` is the number in the list, in rising order; those written out of one pair share it.
    """

    row: Ints
    a: NamedPorts
    b: NamedPorts


def written_out(groups: Sequence[DeviceGroup], texts: tuple[Sequence[str], Sequence[str]]) -> WrittenOut:
    """Return what the pairs of a list name, with those that name several devices by ranges written out."""
    a, b = (name_ports(groups, side) for side in texts)
    count = len(a.group)
    left = np.flatnonzero((a.group == NONE) | (b.group == NONE)).tolist()
    spans = [row for row in left if any("[" in side[row].partition(".")[0] for side in texts)]
    if not spans:
        return WrittenOut(np.arange(count), a, b)
    sides = [_single_ports(groups, side, spans, count) for side in texts]
    ports = [np.bincount(side.row, minlength=count) for side in sides]
    fits = np.zeros(count, bool)
    fits[spans] = True
    fits &= sides[0].known & sides[1].known & (ports[0] == ports[1]) & (ports[0] > 0)
    one, other = (side.kept(fits[side.row]) for side in sides)
    apart = np.bincount(one.row, one.named.group == other.named.group, count) == 0
    one, other = (side.kept(apart[side.row]) for side in (one, other))
    whole = np.flatnonzero(~(fits & apart))
    row = np.concatenate([whole, one.row])
    order = np.argsort(row, kind="stable")
    return WrittenOut(row[order], _joined(a, whole, one.named, order), _joined(b, whole, other.named, order))


@dataclass(frozen=True, eq=False)
class _Ports:
    """Single ports in the order of their pairs: ``known`` says of which pairs of the list they are all."""

    row: Ints
    named: NamedPorts
    known: Bools

    def kept(self, some: Bools) -> _Ports:
        """Return some of the ports."""
        named = NamedPorts(*(column[some] for column in vars(self.named).values()))
        return _Ports(self.row[some], named, self.known)


def _single_ports(
    groups: Sequence[DeviceGroup], texts: Sequence[str], rows: Sequence[int], count: int
) -> _Ports:
    """Return the ports that one side of some pairs names, device after device."""
    every = [(row, text) for row in rows for text in _texts(texts[row])]
    named = name_ports(groups, [text for _, text in every])
    owner = np.array([row for row, _ in every], np.int64)
    by_number = np.array([text.endswith("]") for _, text in every], bool)
    sure = (named.group != NONE) & (by_number | (named.count == 1))
    known = np.bincount(owner, ~sure, count) == 0
    which, number = spread_ports(named, np.flatnonzero(known[owner]))
    one = np.ones(len(which), np.int64)
    ports = NamedPorts(named.group[which], named.port[which], named.device[which], number, one)
    return _Ports(owner[which], ports, known)


def _texts(text: str) -> list[str]:
    """Return the selectors of single devices that a selector with ranges stands for, in rising order.

    >>> _texts("r[1-2]/nic[0-1].net[3-4]")
    ['r[1]/nic[0].net[3-4]', 'r[1]/nic[1].net[3-4]', 'r[2]/nic[0].net[3-4]', 'r[2]/nic[1].net[3-4]']
    """
    places, dot, port = text.partition(".")
    fixed = _SPAN.split(places)
    spans = [range(int(low), int(high) + 1) for low, high in zip(fixed[1::3], fixed[2::3], strict=True)]
    size = 1
    for span in spans:
        size *= len(span)
    if not 1 < size <= MOST:
        return [text]
    return [
        "".join(f"{part}[{number}]" for part, number in zip(fixed[::3], numbers, strict=False))
        + fixed[-1]
        + dot
        + port
        for numbers in product(*spans)
    ]


def _joined(named: NamedPorts, whole: Ints, ports: NamedPorts, order: Ints) -> NamedPorts:
    """Return pairs left as they are and those written out, in the order of the list."""
    columns = zip(vars(named).values(), vars(ports).values(), strict=True)
    return NamedPorts(*(np.concatenate([column[whole], more])[order] for column, more in columns))
