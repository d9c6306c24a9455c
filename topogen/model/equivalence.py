"""Equivalence classes: of many equal items one representative is computed, and its result serves all.

Racks, scopes, devices and drawn boxes are all compared here. Comparison is exact: numbers are compared, never
their hashes.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from numpy.typing import NDArray

    from topogen.model.arrays import Bools, Ints

MOST_CELLS = 1 << 24
"""Values up to this one are marked in a table; larger ones are sorted."""


@dataclass(frozen=True, eq=False)
class Classes:
    """Which of some items are equal.

    ``representatives``, shape (classes,), has the first item of each class; ``class_of``, shape (items,), the
    class of each item.

    >>> classes = classify(["rack", "pod", "rack"])
    >>> [column.tolist() for column in (classes.representatives, classes.class_of, classes.copies)]
    [[0, 1], [0, 1, 0], [2, 1]]
    """

    representatives: Ints
    class_of: Ints

    @classmethod
    def single(cls, count: int) -> Classes:
        """Return ``count`` items that are all equal."""
        return cls(np.zeros(min(1, count), np.int64), np.zeros(count, np.int64))

    @classmethod
    def separate(cls, count: int) -> Classes:
        """Return ``count`` items of which no two are equal."""
        numbers = np.arange(count, dtype=np.int64)
        return cls(numbers, numbers)

    def __len__(self) -> int:
        """Return the number of classes."""
        return len(self.representatives)

    @cached_property
    def copies(self) -> Ints:
        """Return the number of items in each class, shape (classes,)."""
        return np.bincount(self.class_of, minlength=len(self)).astype(np.int64, copy=False)

    @cached_property
    def members(self) -> list[Ints]:
        """Return the items of each class, ascending."""
        if not len(self):
            return []
        return np.split(np.argsort(self.class_of, kind="stable"), np.cumsum(self.copies)[:-1])

    def total(self, values: Ints) -> Ints:
        """Return the sum of a value of each item over each class, shape (classes,).

        >>> classify(["rack", "pod", "rack"]).total(np.array([1, 2, 3])).tolist()
        [4, 2]
        """
        total = np.zeros(len(self), np.int64)
        np.add.at(total, self.class_of, values)
        return total

    def by_representative(self) -> Classes:
        """Return the same classes in the order of their first items."""
        order = np.argsort(self.representatives)
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        return Classes(self.representatives[order], rank[self.class_of])


def changes(values: NDArray[np.integer] | Bools) -> Bools:
    """Return where a value, or a row of values, differs from the one before; the first always does.

    >>> changes(np.array([5, 5, 7])).tolist()
    [True, False, True]
    """
    new = np.ones(len(values), bool)
    differ = values[1:] != values[:-1]
    new[1:] = differ if differ.ndim == 1 else differ.any(axis=1)
    return new


def classify(keys: Iterable[Hashable]) -> Classes:
    """Return the classes of items with equal keys, in the order of their first items."""
    first: dict[Hashable, int] = {}
    found = np.array([first.setdefault(key, item) for item, key in enumerate(keys)], np.int64)
    representatives = np.array(list(first.values()), np.int64)
    return Classes(representatives, np.searchsorted(representatives, found))


def classify_rows(table: NDArray[np.integer] | Bools) -> Classes:
    """Return the classes of equal rows of a table, in ascending order of the rows.

    ``table`` has shape (items, columns), or (items,) for one column. As ``numpy.unique``, without loading
    ``numpy.ma``, which takes as long as building a small fabric.

    >>> classes = classify_rows(np.array([[1, 2], [0, 0], [1, 2]]))
    >>> classes.representatives.tolist(), classes.class_of.tolist()
    ([1, 0], [1, 0, 1])
    """
    if table.ndim == 1:
        order = np.argsort(table, kind="stable")
        ordered = table[order]
    else:
        differ = table[:, (table != table[:1]).any(axis=0)]
        if not differ.size:
            return Classes.single(len(table))
        order = np.lexsort(differ.T[::-1])
        ordered = differ[order]
    new = changes(ordered)
    class_of = np.empty(len(table), np.int64)
    class_of[order] = np.cumsum(new) - 1
    return Classes(order[new], class_of)


def classify_values(values: NDArray[np.integer]) -> tuple[NDArray[np.int32], list[int]]:
    """Return the class of each of millions of values, shape (values,), and the values of the classes.

    Values are never negative. They are marked in a table rather than sorted, unless the table would be larger
    than both the values and ``MOST_CELLS``.

    >>> classify_values(np.array([7, 0, 7, 3]))
    (array([2, 0, 2, 1], dtype=int32), [0, 3, 7])
    """
    cells = int(values.max(initial=0)) + 1
    if cells > max(MOST_CELLS, len(values)):
        classes = classify_rows(values)
        return classes.class_of.astype(np.int32), values[classes.representatives].tolist()
    seen = np.zeros(cells, bool)
    seen[values] = True
    number = np.cumsum(seen, dtype=np.int32) - 1
    return number[values], np.flatnonzero(seen).tolist()


def refine(look: Ints, node: Ints, neighbour: Ints, label: Ints) -> Classes:
    """Return the classes of the nodes of a graph that look the same and have the same neighbours.

    Two nodes are equal if their ``look``, shape (nodes,), is equal and their edges have the same labels and
    lead to nodes of the same classes, each equally often (colour refinement). Each edge is listed from both
    ends: ``node`` has a ``neighbour`` over an edge with a ``label``, all of shape (2 x edges,).

    >>> a, b, same = np.array([0, 1, 2]), np.array([1, 2, 3]), np.zeros(6, np.int64)  # a path of four nodes
    >>> refine(np.zeros(4, np.int64), np.append(a, b), np.append(b, a), same).class_of.tolist()
    [0, 1, 1, 0]
    """
    classes = classify_rows(look)
    label = classify_rows(label).class_of  # small numbers, so that the product below cannot overflow
    while True:
        finer = _split_by_neighbours(classes, node, classes.class_of[neighbour] + label * len(classes))
        if len(finer) == len(classes):
            return classes
        classes = finer


def _split_by_neighbours(classes: Classes, node: Ints, seen: Ints) -> Classes:
    """Return classes split by what their nodes see: ``seen`` of ``node``, both of shape (entries,)."""
    order = np.lexsort((seen, node))
    node, seen = node[order], seen[order]
    first = np.flatnonzero(changes(node) | changes(seen))
    times = np.diff(first, append=len(node))
    node, seen = node[first], seen[first]
    start = np.searchsorted(node, np.arange(len(classes.class_of) + 1))
    length = np.diff(start)
    class_of = np.empty(len(length), np.int64)
    representatives: list[Ints] = []
    found = 0
    for size in np.flatnonzero(np.bincount(length)).tolist():  # lists of one length make a table
        nodes = np.flatnonzero(length == size)
        entry = start[nodes][:, None] + np.arange(size)
        own = classes.class_of[nodes][:, None]
        part = classify_rows(np.concatenate([own, seen[entry], times[entry]], axis=1))
        class_of[nodes] = part.class_of + found
        representatives.append(nodes[part.representatives])
        found += len(part)
    return Classes(np.concatenate(representatives), class_of) if representatives else classes
