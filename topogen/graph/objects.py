"""Python objects by the million: made in runs from columns, with the cyclic collector out of the way."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

AT_ONCE = 65_536
"""Numbers that are Python integers, or take more bytes than they are kept in, at one time."""


@contextmanager
def paused_collector() -> Iterator[None]:
    """Pause the cyclic collector, which would look through every new object again and again for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def runs(count: int) -> Iterator[slice]:
    """Yield the rows of columns in short runs."""
    return (slice(first, first + AT_ONCE) for first in range(0, count, AT_ONCE))


def one_by_one(numbers: NDArray[np.integer]) -> Iterator[int]:
    """Return numbers as Python has them, never all at once: each takes 32 bytes."""
    return chain.from_iterable(numbers[some].tolist() for some in runs(len(numbers)))


def at(values: Sequence[T], indices: NDArray[np.integer]) -> Iterator[T]:
    """Return the value at each index, one by one."""
    return map(values.__getitem__, one_by_one(indices))
