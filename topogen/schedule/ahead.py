"""Making the next pieces of a file while the one before is compressed."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Made = TypeVar("Made")


def made_ahead(pieces: Iterator[Made], count: int = 1) -> Iterator[Made]:
    """Yield pieces, so many of them made ahead: numpy works while another library does.

    With two the thread that makes them need not sleep until it is asked again; all of them are in memory.
    """
    with ThreadPoolExecutor(1) as pool:
        coming = deque(pool.submit(next, pieces, None) for _ in range(count))
        while (piece := coming.popleft().result()) is not None:
            coming.append(pool.submit(next, pieces, None))
            yield piece
