"""Produce the next blocks of a file in a thread while the current one is compressed."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Item = TypeVar("Item")


def prefetch(pieces: Iterator[Item], count: int = 1) -> Iterator[Item]:
    """Yield pieces in order while a thread produces the next ``count``; all of these are in memory."""
    with ThreadPoolExecutor(1) as pool:
        pending = deque(pool.submit(next, pieces, None) for _ in range(count))
        while (piece := pending.popleft().result()) is not None:
            pending.append(pool.submit(next, pieces, None))
            yield piece
