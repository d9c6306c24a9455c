"""Shuffle cords: N connectors at each end, each with an equal share of its lanes to each at the other.

Lane group j of connector i at one end is lane group i of connector j at the other: a transposed square.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.cabling.turns import turns_in_cages
from topogen.model.equivalence import changes, classify_values

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric


class Shuffled(NamedTuple):
    """The links of shuffle cords, arrays of shape (links,).

    ``a`` and ``b`` number the connectors at both ends, ``a_slot`` and ``b_slot`` the place of a link within
    them, ``cord`` the cord: what links join, connector by connector, is one.
    """

    a: Ints
    b: Ints
    a_slot: Ints
    b_slot: Ints
    cord: Ints


def shuffled(fabric: Fabric, columns: Columns, links: int) -> Shuffled:
    """Return the links of shuffle cords whose connectors hold ``links`` of them each."""
    turns = [turns_in_cages(fabric, columns, side) for side in (0, 1)]
    owner, turn = (np.concatenate([one[part] for one in turns]) for part in (0, 1))
    number = _numbered(owner, turn, links)
    a, b = number[: len(columns)], number[len(columns) :]
    (_, a_turn, _), (_, b_turn, _) = turns
    return Shuffled(a, b, a_turn % links, b_turn % links, joined(a, b))


def _numbered(owner: Ints, turn: Ints, links: int) -> Ints:
    """Return a number for the connector of each end, from 0 in the order of owners.

    >>> _numbered(np.array([9, 9, 9, 4]), np.array([0, 1, 2, 3]), 2).tolist()
    [1, 1, 2, 0]
    """
    owners, values = classify_values(owner)
    plug = turn // links
    plugs = np.zeros(len(values), np.int64)
    np.maximum.at(plugs, owners, plug + 1)
    first = np.cumsum(plugs) - plugs
    return classify_values(first[owners] + plug)[0].astype(np.int64)


def joined(one: Ints, other: Ints) -> Ints:
    """Return a number for all links that are joined by what they end in, shape (links,).

    >>> joined(np.array([0, 0, 1, 2]), np.array([3, 4, 4, 5])).tolist()
    [0, 0, 0, 3]
    """
    number = np.arange(len(one), dtype=np.int64)
    while True:
        least = np.full(1 + max(int(one.max()), int(other.max())), len(one), np.int64)
        np.minimum.at(least, one, number)
        np.minimum.at(least, other, number)
        now = np.minimum(least[one], least[other])
        if (now == number).all():
            return number
        number = now


def misplaced(found: Shuffled, connectors: int, links: int) -> list[int]:
    """Return two links that no cord of so many connectors carries together, empty if all links fit.

    Each connector holds ``links``, in equal lane groups.

    >>> a, b = np.array([0, 0, 1, 1]), np.array([2, 3, 2, 3])
    >>> slots = np.array([0, 1, 0, 1])
    >>> misplaced(Shuffled(a, b, slots, np.array([0, 0, 1, 1]), np.zeros(4, int)), 2, 2)
    []
    >>> misplaced(Shuffled(a, b, slots, np.array([0, 1, 1, 0]), np.zeros(4, int)), 2, 2)
    [0, 1]
    """
    each = links // connectors
    to_b, to_a = found.a_slot // each, found.b_slot // each
    square = found.cord * connectors
    for one, other in (
        (found.b, to_b),  # all lanes to a connector come from the same place of the others
        (found.a, to_a),
        (square + to_b, found.b),  # and no two connectors of a cord are at one place
        (square + to_a, found.a),
    ):
        if pair := parted(one, other):
            return pair
    crossed = np.flatnonzero(found.a_slot % each != found.b_slot % each)
    return [int(crossed[0])] * 2 if len(crossed) else []


def parted(one: Ints, other: Ints) -> list[int]:
    """Return two positions with equal values of ``one`` and different ones of ``other``, empty without any.

    >>> parted(np.array([7, 8, 7]), np.array([1, 1, 2])), parted(np.array([7, 7]), np.array([1, 1]))
    ([0, 2], [])
    """
    by = np.lexsort((other, one))
    found = np.flatnonzero(~changes(one[by]) & changes(other[by]))
    return [int(by[found[0] - 1]), int(by[found[0]])] if len(found) else []
