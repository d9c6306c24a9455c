"""Group links into lines of the cable schedule if a cable carries several: one line per cable or leg.

If a cage is shared by several devices, each pair of devices of a cable has its own line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link, cages_of_links, in_order_of_first
from topogen.cabling.cages import cage_order
from topogen.cabling.shuffles import shuffled
from topogen.floor.per_link import length_numbers
from topogen.model.equivalence import changes
from topogen.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


@dataclass(frozen=True)
class CableRows:
    """Lines of a link group, each array of shape (lines,), in the order of the schedule.

    Line ``i`` stands for the ``links[i]`` links at positions ``order[start[i]]`` and following. ``number``
    counts cables from 0; ``leg`` counts the cages that a breakout ends in from 1, and is 0 without one; of
    a shuffle cord it is the connector at b, and ``leg_a`` that at a. ``length`` is the coded length of the
    cable's longest link, negative if one is unknown. ``naming`` is the line of each cable, shape (cables,),
    whose ends name it: the one with its lowest port at a. ``plug_a`` and ``plug_b`` say how many lines back
    the connector that a line ends in, at a and at b, has its first line.
    """

    order: Ints
    start: Ints
    links: Ints
    number: Ints
    leg: Ints
    length: Ints
    naming: Ints
    leg_a: Ints
    plug_a: Ints
    plug_b: Ints

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.start)


def cable_rows(fabric: Fabric, group: LinkGroup, columns: Columns) -> CableRows:
    """Return the lines of links of a group whose cables carry several."""
    if group.shuffle:
        cable, near, cage, *legs = _on_shuffle_cords(fabric, group, columns)
        plugs = near, cage
    else:
        cable, legs = cable_of_link(fabric, group, columns), []
        near, cage = columns.a.astype(np.int64), _far_cages(fabric, columns)
        plugs = cages_of_links(fabric, columns)[0], cage
    order = np.lexsort((near, columns.b, cage, cable))
    cable, cage = cable[order], cage[order]
    ends = changes(near[order]) | changes(columns.b[order])
    start = np.flatnonzero(changes(cable) | changes(cage) | ends)
    blocks = (block for block, _ in columns.blocks)
    coded = group.lengths.codes[length_numbers(fabric, group, blocks)][order]
    leg, leg_a = (one[order][start] for one in legs) if legs else (_legs(cable[start], cage[start]),) * 2
    return CableRows(
        order=order,
        start=start,
        links=np.diff(np.append(start, len(order))),
        number=cable[start],
        leg=leg,
        length=longest_known(coded, np.flatnonzero(changes(cable)))[cable[start]],
        naming=_naming(cable[start], columns.a_port[order].astype(np.int64), near[order], start),
        leg_a=leg_a,
        plug_a=_lines_back(cable[start], plugs[0][order][start]),
        plug_b=_lines_back(cable[start], plugs[1][order][start]),
    )


def _lines_back(cable: Ints, plug: Ints) -> Ints:
    """Return how many lines before each one its plug of its cable has its first line.

    >>> _lines_back(np.array([0, 0, 0, 1]), np.array([5, 6, 5, 5])).tolist()
    [0, 0, 2, 0]
    """
    key = cable.astype(np.int64) * (int(plug.max(initial=0)) + 1) + plug
    _, first, index = np.unique(key, return_index=True, return_inverse=True)
    return np.asarray(np.arange(len(key)) - first[index])


def _naming(cable: Ints, port: Ints, device: Ints, start: Ints) -> Ints:
    """Return the line of each cable that has its lowest port at a; cables are those of the lines."""
    rank = np.empty(len(port), np.int64)
    rank[np.lexsort((device, port))] = np.arange(len(port))
    order = np.lexsort((np.minimum.reduceat(rank, start), cable))
    return np.asarray(order[np.flatnonzero(changes(cable))])


def _on_shuffle_cords(
    fabric: Fabric, group: LinkGroup, columns: Columns
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return the cord of each link, its connectors at both ends, and which of b and of a they are, from 1."""
    links = group.links_per_cable // group.shuffle
    found = shuffled(fabric, columns, links)
    cable = in_order_of_first(found.cord)
    to_b, to_a = (slot * group.shuffle // links + 1 for slot in (found.a_slot, found.b_slot))
    return cable, found.a, found.b, to_b, to_a


def longest_known(coded: Ints, starts: Ints) -> Ints:
    """Return the longest of runs of coded lengths, along the last axis; the unknown one where a run has one.

    >>> longest_known(np.array([6, 18, -1, 30]), np.array([0, 2])).tolist()
    [18, -1]
    """
    least = np.minimum.reduceat(coded, starts, axis=-1)
    return np.where(least < 0, least, np.maximum.reduceat(coded, starts, axis=-1))


def _legs(cable: NDArray[np.integer], cage: Ints) -> Ints:
    """Return which cage of its cable each line ends in, from 1; 0 where the cable ends in one cage."""
    starts, sizes = _runs(cable)
    new = np.cumsum(changes(cable) | changes(cage))
    number = 1 + new - np.repeat(new[starts], sizes)
    several = np.maximum.reduceat(number, starts) > 1
    return np.where(np.repeat(several, sizes), number, 0)


def _far_cages(fabric: Fabric, columns: Columns) -> Ints:
    """Return a number for the cage of each link at its b end; all alike outside the model."""
    kind, owner, cage = (np.zeros(len(columns), np.int64) for _ in range(3))
    kinds: dict[tuple[str, int], int] = {}
    for block, rows in columns.blocks:
        if block.b is not None:
            group = fabric.groups[block.b.group]
            port = group.type.ports[block.b.port]
            kind[rows] = kinds.setdefault((group.type.name, block.b.port), len(kinds))
            order = cage_order(fabric, block.b.group, block.b.port)
            device = columns.b[rows] - group.first
            owner[rows] = order.owner[device]
            serial = columns.b_port[rows] * order.members[device] + order.rank[device]
            cage[rows] = serial // port.cage_links
    return np.asarray((kind * (owner.max() + 1) + owner) * (cage.max() + 1) + cage)


def _runs(values: NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Return where runs of equal values start, and how long each is."""
    starts = np.flatnonzero(changes(values))
    return starts, np.diff(np.append(starts, len(values)))
