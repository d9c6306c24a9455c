"""Equal values of two lists, matched: which position of one belongs to which of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.runs import cumcount, distinct

if TYPE_CHECKING:
    from topogen.model.arrays import Ints

NONE = -1
"""What stands where a value is not found."""


def matched(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Return positions of equal values in two lists, the first of each with the first, and so on.

    >>> [found.tolist() for found in matched(np.array([5, 7, 5]), np.array([5, 5, 5, 9]))]
    [[0, 2], [0, 1]]
    """
    known = distinct(np.concatenate([one, other]))
    ranks = [np.searchsorted(known, values) for values in (one, other)]
    size = max(len(one), len(other), 1)
    turns = [rank * size + cumcount(rank) for rank in ranks]
    found = np.intersect1d(turns[0], turns[1], assume_unique=True, return_indices=True)
    return found[1], found[2]


def positions(known: Ints, values: Ints) -> Ints:
    """Return where values stand in an ascending list, NONE for those that do not."""
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[at] == values, at, NONE)


def count_equal(values: Ints, among: Ints) -> Ints:
    """Return how many of a list equal each value."""
    ordered = np.sort(among)
    return np.searchsorted(ordered, values, side="right") - np.searchsorted(ordered, values)


def in_order_of(some: Ints, ports: Ints) -> Ints:
    """Return some links in the order of their ports."""
    return some[np.argsort(ports[some], kind="stable")]


def others(count: int, taken: Ints) -> Ints:
    """Return the positions of a list that are not among some."""
    left = np.ones(count, bool)
    left[taken] = False
    return np.flatnonzero(left)
