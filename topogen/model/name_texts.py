"""Names of places and devices as texts, held in a window, so that memory does not grow with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.path import count_of, path_names
from topogen.model.text_buffer import Piece, table_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup, PlaceGroup
    from topogen.model.path import Steps
    from topogen.model.text_buffer import Texts

    Groups = Sequence[DeviceGroup | PlaceGroup]

WINDOW = 16_384
"""Names per window; more only if the lines of one part span more."""

SHARED = 2
"""Lines per name, on average, above which names are assembled once and then copied."""


class Numbering:
    """Places or devices of several groups, numbered consecutively: their positions, from 0."""

    def __init__(self, groups: Groups) -> None:
        sizes = [group.count for group in groups]
        self.count = sum(sizes)
        self._first = np.array([group.first for group in groups])
        self._start = np.cumsum([0, *sizes[:-1]])

    def offset(self, numbers: Ints) -> Ints:
        """Return the difference between each number and its position."""
        at = np.searchsorted(self._first, numbers, side="right") - 1
        return np.asarray((self._first - self._start)[at])

    def numbers(self, positions: Ints) -> Ints:
        """Return the numbers at given positions."""
        return np.asarray(positions + (self._first - self._start)[self.group_of(positions)])

    def group_of(self, positions: Ints) -> Ints:
        """Return the group of each position; a scalar if it is the same for all."""
        first, last = np.searchsorted(self._start, [positions.min(), positions.max()], side="right") - 1
        if first == last:
            return np.asarray(first)
        if (positions[1:] >= positions[:-1]).all():
            ends = np.searchsorted(positions, self._start[first + 1 : last + 1])
            return np.repeat(np.arange(first, last + 1), np.diff(ends, prepend=0, append=len(positions)))
        return np.searchsorted(self._start, positions, side="right") - 1


class NameWindow:
    """A table of texts by position, of which only a window is in memory."""

    def __init__(self, positions: Numbering, make: Callable[[Ints], Sequence[Piece]]) -> None:
        self._positions, self._make = positions, make
        self._start = 0
        self._table: Texts | None = None

    def pieces(self, numbers: Ints) -> Sequence[Piece]:
        """Return the texts of given numbers; if few lines share a text, no table is built."""
        ends = np.array([numbers.min(), numbers.max()])
        offset = self._positions.offset(ends)
        low, high = (ends - offset).tolist()
        shift = offset[0] if offset[0] == offset[1] else self._positions.offset(numbers)
        if (high - low) * SHARED >= len(numbers):
            return self._make(numbers - shift)
        if self._table is None or low < self._start or high >= self._start + len(self._table):
            stop = min(self._positions.count, max(high + 1, low + WINDOW))
            self._start, self._table = low, table_of(self._make(np.arange(low, stop)))
        return [Piece(self._table, numbers - (shift + self._start))]


class PathTexts:
    """Full names split into an upper and a lower part of the path: two small tables make many names."""

    def __init__(self, groups: Groups, positions: Numbering) -> None:
        depths = [_middle(group.path) for group in groups]
        above = [_names(group.path[:depth], "/") for group, depth in zip(groups, depths, strict=True)]
        below = [_names(group.path[depth:]) for group, depth in zip(groups, depths, strict=True)]
        self._positions = positions
        self._sizes = np.array([len(names) for names in below])
        self._starts = [np.cumsum([0, *map(len, names[:-1])]) for names in (above, below)]
        self._above, self._below = (
            texts_of([name for one in names for name in one]) for names in (above, below)
        )
        self._first = np.cumsum([0, *(group.count for group in groups[:-1])])

    def framed(self, before: str, after: str) -> Callable[[Ints], tuple[Piece, Piece]]:
        """Return a function from positions to both halves of the names, with a prefix and a suffix."""
        above, below = self._above.framed(before, ""), self._below.framed("", after)
        return lambda positions: self._pieces(positions, above, below)

    def pieces(self, positions: Ints) -> tuple[Piece, Piece]:
        """Return both halves of the names at given positions."""
        return self._pieces(positions, self._above, self._below)

    def _pieces(self, positions: Ints, above: Texts, below: Texts) -> tuple[Piece, Piece]:
        at = self._positions.group_of(positions)
        number, size = positions - self._first[at], self._sizes[at]
        which = number // size
        starts = [start[at] for start in self._starts]
        return Piece(above, which + starts[0]), Piece(below, number - which * size + starts[1])


def _middle(path: Steps) -> int:
    """Return the depth that splits a path into two parts with the fewest names."""
    return min(range(len(path)), key=lambda depth: max(count_of(path[:depth]), count_of(path[depth:])))


def _names(path: Steps, end: str = "") -> list[str]:
    return [name + end for name in path_names(path)] if path else [""]
