"""Names of places and devices as texts, made for those in sight: memory does not grow with their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.fabric import count_of, path_names
from topogen.schedule.laid_text import Piece, table_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import DeviceGroup, PlaceGroup, Steps
    from topogen.schedule.laid_text import Texts

    Groups = Sequence[DeviceGroup | PlaceGroup]

IN_SIGHT = 16_384
"""Texts that are made at a time, more only where lines in sight of each other are further apart."""

SHARED = 2
"""Lines on average that a text must serve to be made before it is copied to them."""


class Numbering:
    """Places or devices of several groups, renumbered as one run: their turns, from 0."""

    def __init__(self, groups: Groups) -> None:
        sizes = [group.count for group in groups]
        self.count = sum(sizes)
        self._first = np.array([group.first for group in groups])
        self._start = np.cumsum([0, *sizes[:-1]])

    def ahead(self, numbers: Ints) -> Ints:
        """Return how far each number is ahead of its turn; all must be of the groups."""
        at = np.searchsorted(self._first, numbers, side="right") - 1
        return np.asarray((self._first - self._start)[at])

    def numbers(self, turns: Ints) -> Ints:
        """Return the numbers that have given turns."""
        return np.asarray(turns + (self._first - self._start)[self.group_of(turns)])

    def group_of(self, turns: Ints) -> Ints:
        """Return which of the groups each turn is of; one number where it is always one."""
        first, last = np.searchsorted(self._start, [turns.min(), turns.max()], side="right") - 1
        if first == last:
            return np.asarray(first)
        if (turns[1:] >= turns[:-1]).all():
            ends = np.searchsorted(turns, self._start[first + 1 : last + 1])
            return np.repeat(np.arange(first, last + 1), np.diff(ends, prepend=0, append=len(turns)))
        return np.searchsorted(self._start, turns, side="right") - 1


class VisibleNames:
    """A table of texts by turn, of which only a stretch is there at a time."""

    def __init__(self, turns: Numbering, make: Callable[[Ints], Sequence[Piece]]) -> None:
        self._turns, self._make = turns, make
        self._start = 0
        self._table: Texts | None = None

    def pieces(self, numbers: Ints) -> Sequence[Piece]:
        """Return the texts of the places or devices of given numbers; what few lines share is in no table."""
        ends = np.array([numbers.min(), numbers.max()])
        ahead = self._turns.ahead(ends)
        low, high = (ends - ahead).tolist()
        shift = ahead[0] if ahead[0] == ahead[1] else self._turns.ahead(numbers)
        if (high - low) * SHARED >= len(numbers):
            return self._make(numbers - shift)
        if self._table is None or low < self._start or high >= self._start + len(self._table):
            stop = min(self._turns.count, max(high + 1, low + IN_SIGHT))
            self._start, self._table = low, table_of(self._make(np.arange(low, stop)))
        return [Piece(self._table, numbers - (shift + self._start))]


class PathTexts:
    """Full names along paths, as what is above and what is below: two small tables make many names."""

    def __init__(self, groups: Groups, turns: Numbering) -> None:
        depths = [_middle(group.path) for group in groups]
        above = [_names(group.path[:depth], "/") for group, depth in zip(groups, depths, strict=True)]
        below = [_names(group.path[depth:]) for group, depth in zip(groups, depths, strict=True)]
        self._turns = turns
        self._sizes = np.array([len(names) for names in below])
        self._starts = [np.cumsum([0, *map(len, names[:-1])]) for names in (above, below)]
        self._above, self._below = (
            texts_of([name for one in names for name in one]) for names in (above, below)
        )
        self._first = np.cumsum([0, *(group.count for group in groups[:-1])])

    def framed(self, before: str, after: str) -> Callable[[Ints], tuple[Piece, Piece]]:
        """Return what makes the halves of names, with a text before the first and one after the other."""
        above, below = self._above.framed(before, ""), self._below.framed("", after)
        return lambda turns: self._pieces(turns, above, below)

    def pieces(self, turns: Ints) -> tuple[Piece, Piece]:
        """Return both halves of the names of given turns."""
        return self._pieces(turns, self._above, self._below)

    def _pieces(self, turns: Ints, above: Texts, below: Texts) -> tuple[Piece, Piece]:
        at = self._turns.group_of(turns)
        number, size = turns - self._first[at], self._sizes[at]
        which = number // size
        starts = [start[at] for start in self._starts]
        return Piece(above, which + starts[0]), Piece(below, number - which * size + starts[1])


def _middle(path: Steps) -> int:
    """Return the depth that cuts a path into two parts of the fewest names."""
    return min(range(len(path)), key=lambda depth: max(count_of(path[:depth]), count_of(path[depth:])))


def _names(path: Steps, end: str = "") -> list[str]:
    return [name + end for name in path_names(path)] if path else [""]
