"""Runs: what is the same for many consecutive devices is stored once.

Racks and pods are alike, so that a million devices differ in a few places only. A table over devices is cut
into runs of equal rows; where every device differs a run is one device, and nothing is lost but the saving.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import changes, classify_rows
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.model.arrays import Ints


DENSE = 8
"""How many numbers there may be for each step up or down before steps are sorted, not stored densely."""


@dataclass(frozen=True)
class Runs:
    """A row of values for each number from 0 to ``count`` - 1, equal from each start to the next.

    ``starts``, shape (runs,), ascends from 0; ``values`` has shape (runs, ...).

    >>> runs = Runs(5, np.array([0, 3]), np.array([7, 8]))
    >>> runs.full().tolist(), runs.lengths.tolist(), runs.at(np.array([2, 4])).tolist()
    ([7, 7, 7, 8, 8], [3, 2], [7, 8])
    """

    count: int
    starts: Ints
    values: Ints

    @classmethod
    def uniform(cls, count: int, value: Ints | int) -> Runs:
        """Return one value, or row of values, for all numbers."""
        return cls(count, np.zeros(1, np.int64), np.asarray(value, np.int64)[None])

    @classmethod
    def of(cls, values: Ints) -> Runs:
        """Return a table over numbers, shape (count, ...), as runs of its equal rows."""
        differ = values[1:] != values[:-1]
        new = differ.any(axis=tuple(range(1, differ.ndim)))
        starts = np.concatenate([[0], np.flatnonzero(new) + 1])
        return cls(len(values), starts, values[starts])

    @cached_property
    def lengths(self) -> Ints:
        """Return how many numbers each run has, shape (runs,)."""
        return np.diff(self.starts, append=self.count)

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.starts)

    def run_of(self, numbers: Ints) -> Ints:
        """Return the run that each number lies in."""
        return np.searchsorted(self.starts, numbers, side="right") - 1

    def at(self, numbers: Ints) -> Ints:
        """Return the values of some numbers."""
        return np.asarray(self.values[self.run_of(numbers)])

    def full(self) -> Ints:
        """Return the values of all numbers, shape (count, ...)."""
        return np.repeat(self.values, self.lengths, axis=0)

    def part(self, start: int, stop: int) -> Runs:
        """Return the numbers from ``start`` up to ``stop``, counted from 0."""
        first, last = (int(run) for run in self.run_of(np.array([start, stop - 1])))
        starts = np.maximum(self.starts[first : last + 1] - start, 0)
        return Runs(stop - start, starts, self.values[first : last + 1])


@dataclass(frozen=True)
class Rows:
    """A row of values for each of many numbers, where few rows differ.

    ``rows`` has shape (kinds, columns); ``kind`` has the kind of row that each number has.
    """

    kind: Runs
    rows: Ints

    @classmethod
    def uniform(cls, count: int, row: Ints) -> Rows:
        """Return one row for all numbers."""
        return cls(Runs.uniform(count, 0), row[None])

    @classmethod
    def of(cls, table: Ints) -> Rows:
        """Return a table, shape (count, columns), with equal neighbours as one."""
        runs = Runs.of(table)
        return cls(Runs(runs.count, runs.starts, np.arange(len(runs))), runs.values)

    @cached_property
    def weights(self) -> Ints:
        """Return how many numbers have each kind of row, shape (kinds,)."""
        weights = np.zeros(len(self.rows), np.int64)
        np.add.at(weights, self.kind.values, self.kind.lengths)
        return weights

    def laid(self, values: Ints) -> Runs:
        """Return values of kinds, shape (kinds, ...), as those of the numbers."""
        return Runs(self.kind.count, self.kind.starts, values[self.kind.values])

    def full(self) -> Ints:
        """Return the rows of all numbers, shape (count, columns)."""
        return np.asarray(self.rows[self.kind.full()])

    def entered(self, first: Ints, number: Ints, column: Ints, value: int) -> Rows:
        """Return the rows with a value in one column of each ``number``, shape (cells,), from each first on.

        >>> rows = Rows.uniform(4, np.array([0, 0]))
        >>> rows.entered(np.array([0, 2]), np.array([1]), np.array([0]), 7).full().tolist()
        [[0, 0], [7, 0], [0, 0], [7, 0]]
        """
        own = distinct(number)
        cells = np.zeros((len(own), self.rows.shape[1]), bool)
        cells[np.searchsorted(own, number), column] = True
        classes = classify_rows(cells)
        mask = np.zeros(self.kind.count, np.int64)
        mask[first[:, None] + own] = classes.class_of + 1
        both = Runs.of(self.kind.full() * (len(classes) + 1) + mask)
        found = distinct(both.values)
        old, entered = np.divmod(found, len(classes) + 1)
        empty = np.zeros((1, cells.shape[1]), bool)
        rows = np.where(
            np.concatenate([empty, cells[classes.representatives]])[entered], value, self.rows[old]
        )
        return Rows(Runs(both.count, both.starts, np.searchsorted(found, both.values)), rows)


def arange(count: int, step: int = 1) -> Ints:
    """Return 0, step, 2 step ... of shape (count,)."""
    return np.arange(count, dtype=np.int64) * step


def zeros(count: int) -> Ints:
    """Return zeros of shape (count,): an index that does not move the device or port."""
    return np.zeros(count, np.int64)


def distinct(values: Ints) -> Ints:
    """Return the different values of an array, ascending.

    What ``numpy.unique`` returns, without loading ``numpy.ma``, which takes it as long as a small fabric.

    >>> distinct(np.array([[3, 1], [1, 3]])).tolist()
    [1, 3]
    """
    ordered = np.sort(values, axis=None)
    return ordered[changes(ordered)]


def cuts(tables: Iterable[Runs]) -> Ints:
    """Return where a run starts in any of some tables over the same numbers, shape (runs of all,)."""
    starts = [table.starts for table in tables]
    return distinct(np.concatenate(starts)) if len(starts) > 1 else starts[0]


def aligned(tables: Sequence[Runs]) -> list[Runs]:
    """Return tables over the same numbers cut at the same starts."""
    if not tables:
        return []
    starts = cuts(tables)
    return [Runs(table.count, starts, table.at(starts)) for table in tables]


@dataclass(frozen=True)
class Copies:
    """Devices that are counted ``each`` time they are listed, once more from each of ``first`` on.

    ``device`` has shape (entries,), ``first`` has shape (copies,) or is a range.
    """

    first: range | Ints
    device: Ints
    each: int


def tally(copies: Iterable[Copies], count: int) -> Runs:
    """Return how often each of ``count`` devices is counted.

    A copy is a step up where its devices begin and a step down where they end: the steps are added up, and
    no device is looked at alone unless its neighbours differ from it.

    >>> whole = Copies(np.array([0, 4]), np.array([0, 1, 2, 3]), 2)
    >>> tally([whole], 8).values.tolist(), tally([whole], 10).full().tolist()
    ([2], [2, 2, 2, 2, 2, 2, 2, 2, 0, 0])
    """
    steps = [_steps(one) for one in copies]
    if not steps:
        return Runs.uniform(count, 0)
    if len(steps) == 1 and steps[0][0].tolist() == [0, count]:
        return Runs.uniform(count, steps[0][1][0])
    place, height = (np.concatenate(part) for part in zip(*steps, strict=True))
    if len(place) * DENSE > count:  # few more devices than steps: faster than sorting them
        rise = np.zeros(count + 1, np.int64)
        np.add.at(rise, place, height)
        return Runs.of(np.cumsum(rise[:-1]))
    order = np.argsort(place, kind="stable")
    place, level = place[order], np.cumsum(height[order])
    last = changes(place[::-1])[::-1] & (place < count)
    place, level = place[last], level[last]
    if not len(place) or place[0] > 0:
        place, level = np.append(0, place), np.append(0, level)
    new = changes(level)
    return Runs(count, place[new], level[new])


def _steps(copies: Copies) -> tuple[Ints, Ints]:
    """Return where the count of copies rises, and by how much (falls are negative); in any order."""
    place, height = _edges(copies.device, copies.each)
    low, *more = place
    if len(more) == 1:
        starts, ends = _chains(copies.first, int(more[0] - low))
        return np.concatenate([starts + low, ends + more[0]]), np.repeat(height, len(starts))
    first = listed(copies.first)
    other, rise = _edges(first, copies.each)
    if len(other) * len(copies.device) < len(place) * len(first):  # a sum: either number may take the edges
        place, height, first = other, rise, copies.device
    return (first[:, None] + place).ravel(), np.tile(height, len(first))


def _edges(numbers: Ints, each: int) -> tuple[Ints, Ints]:
    """Return where the count of some numbers rises, ``each`` time they are listed, and by how much."""
    if (numbers[1:] > numbers[:-1]).all():
        if numbers[-1] - numbers[0] == len(numbers) - 1:
            return np.array([numbers[0], numbers[-1] + 1]), np.array([each, -each])
        starts, ends = _chains(numbers, 1)
        return np.concatenate([starts, ends + 1]), np.repeat([each, -each], len(starts))
    low = int(numbers.min())
    times = np.bincount(numbers - low) * each
    rises = np.zeros(len(times) + 1, np.int64)
    rises[:-1] = times
    rises[1:] -= times
    edges = np.flatnonzero(rises)
    return edges + low, rises[edges]


def _chains(numbers: range | Ints, step: int) -> tuple[Ints, Ints]:
    """Return the first and the last of numbers that follow one another by a step, shape (chains,) each."""
    if isinstance(numbers, range):
        if numbers.step == step or len(numbers) == 1:
            return np.array([numbers[0]]), np.array([numbers[-1]])
        numbers = listed(numbers)
    if len(numbers) == 1:
        return numbers, numbers
    new = np.flatnonzero(numbers[1:] - numbers[:-1] != step) + 1
    return numbers[np.append(0, new)], numbers[np.append(new - 1, -1)]


def listed(numbers: range | Ints) -> Ints:
    """Return numbers as an array."""
    if isinstance(numbers, range):
        return np.arange(numbers.start, numbers.stop, numbers.step, dtype=np.int64)
    return numbers


def cumcount(values: Ints) -> Ints:
    """Return how many equal values stand before each one.

    >>> cumcount(np.array([5, 7, 5, 5])).tolist()
    [0, 0, 1, 2]
    """
    if len(values) > 1 and (values[1:] >= values[:-1]).all():
        starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        return arange(len(values)) - np.repeat(starts, np.diff(np.append(starts, len(values))))
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    new = np.concatenate([[True], ranked[1:] != ranked[:-1]]) if len(values) else np.zeros(0, bool)
    starts = np.flatnonzero(new)
    counts = np.empty(len(values), np.int64)
    counts[order] = arange(len(values)) - np.repeat(starts, np.diff(np.append(starts, len(values))))
    return counts
