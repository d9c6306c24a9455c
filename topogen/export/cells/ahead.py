"""Making the next piece of a file while the one before is compressed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Made = TypeVar("Made")


def made_ahead(pieces: Iterator[Made]) -> Iterator[Made]:
    """Yield pieces, one of them made ahead: numpy works while another library does."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = pool.submit(next, pieces, None)
            yield piece
