"""Which U of each rack are free, while devices are placed."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.tree import HALVES, RACK_U, contained_u, rack_height, taken_halves
from topogen.model.runs import zeros
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.language.topology import TopologySpec
    from topogen.model.arrays import Ints
    from topogen.model.devices import PlaceGroup


@dataclass(frozen=True)
class RackRoom:
    """The U of every rack: ``height`` and ``loose`` have shape (racks,), ``taken`` has (racks, U).

    ``taken`` counts the halves of each U that something stands in. ``loose`` is how many U contents without
    a U position need.
    """

    height: Ints
    loose: Ints
    taken: np.ndarray

    @staticmethod
    def of(spec: TopologySpec, racks: Sequence[PlaceGroup]) -> RackRoom:
        """Return the room in the racks of a tree, each with what its template puts there."""
        counts = np.array([place.count for place in racks], np.int64)
        heights = np.array([rack_height(spec, place.template) for place in racks], np.int64)
        height = np.repeat(heights, counts)
        loose = zeros(len(height))
        taken = np.zeros((len(height), max(height.max(initial=0), RACK_U)), np.int8)
        for place in racks:
            these = slice(place.first, place.first + place.count)
            halves = taken_halves(spec, place.template)
            taken[these, : len(halves)] = halves
            loose[these] = ceil(contained_u(spec, place.template))
        return RackRoom(height, loose, taken)

    def with_racks(self, count: int) -> RackRoom:
        """Return the room with some empty racks more, of the default height."""
        added = np.zeros((count, self.taken.shape[1]), np.int8)
        height = np.append(self.height, np.full(count, RACK_U))
        return replace(
            self,
            height=height,
            loose=np.append(self.loose, zeros(count)),
            taken=np.vstack([self.taken, added]),
        )

    def take(self, racks: Ints, units: Ints, height: int, halves: int) -> None:
        """Enter that devices of a height stand in some racks at some U; -1 is nowhere."""
        stands = units > 0
        for above in range(height):
            np.add.at(self.taken, (racks[stands], units[stands] - 1 + above), halves)


def free_units(
    taken: list[int], count: int, height: int, abreast: int = 1, loose: int = 0, lowest: int = 0
) -> list[int]:
    """Return the U of up to ``count`` devices in a rack: above all that is there, then in the lowest gaps.

    ``taken`` has the halves taken of each U, ``loose`` U are kept for contents without a position. With
    ``lowest`` devices stand from that U up, wherever the rest does.

    >>> free_units([2, 0, 2, 0, 0, 0], 3, height=1)
    [4, 5, 6]
    >>> free_units([2, 0, 2, 0, 0, 0], 4, height=1)
    [4, 5, 6, 2]
    >>> free_units([0] * 6, 9, height=2, abreast=2, loose=2)
    [1, 1, 3, 3]
    >>> free_units([2, 0, 2, 0, 0, 0], 2, height=1, lowest=2)
    [2, 4]
    """
    taken, share = list(taken), HALVES // abreast
    above = next((unit for unit in range(len(taken), 0, -1) if taken[unit - 1] + share > HALVES), 0)
    units: list[int] = []
    for start in (lowest - 1,) if lowest else (above, 0):
        unit = start
        while len(units) < count and unit + height <= len(taken):
            spot = slice(unit, unit + height)
            fits = all(halves + share <= HALVES for halves in taken[spot])
            new = sum(halves == 0 for halves in taken[spot])
            if not fits or taken.count(0) - new < loose:
                unit += 1
                continue
            taken[spot] = [halves + share for halves in taken[spot]]
            units.append(unit + 1)
    return units


def within_room(meant: Ints, room: Ints) -> Ints:
    """Return how many devices each rack takes: what is meant for it, and the rest in the next with room.

    Where all racks together have no room for them, it is what was meant.

    >>> within_room(np.array([22, 21, 21]), np.array([21, 21, 42])).tolist()
    [21, 21, 22]
    >>> within_room(np.array([5, 5]), np.array([9, 2])).tolist()
    [8, 2]
    """
    if meant.sum() > room.sum():
        return meant
    taken = meant
    for turn in (
        slice(None),
        slice(None, None, -1),
    ):  # to later racks, and from the last back to earlier ones
        wanted, over = taken[turn].tolist(), 0
        for rack, most in enumerate(room[turn].tolist()):
            over += wanted[rack] - min(wanted[rack], most)
            wanted[rack] = min(wanted[rack], most)
            more = min(over, most - wanted[rack])
            wanted[rack], over = wanted[rack] + more, over - more
        wanted[-1] += over
        taken = np.array(wanted, np.int64)[turn]
    return taken
