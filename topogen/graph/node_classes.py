"""Values by the million of which few differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CELLS = 1 << 24


def coded(values: NDArray[np.integer]) -> tuple[NDArray[np.int32], list[int]]:
    """Return the place of each value among those that differ, shape (values,), and those, ascending.

    Values are never negative. They are marked in a table, not sorted, unless the table would be larger than
    both the values and ``MOST_CELLS``.

    >>> coded(np.array([7, 0, 7, 3]))
    (array([2, 0, 2, 1], dtype=int32), [0, 3, 7])
    """
    cells = int(values.max(initial=0)) + 1
    if cells > max(MOST_CELLS, len(values)):
        distinct, code = np.unique(values, return_inverse=True)
        return code.astype(np.int32), distinct.tolist()
    seen = np.zeros(cells, bool)
    seen[values] = True
    code = np.cumsum(seen, dtype=np.int32) - 1
    return code[values], np.flatnonzero(seen).tolist()
