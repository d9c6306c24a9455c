"""A file made smaller while it is written: gzip or Zstandard around the pieces of any export."""

from __future__ import annotations

import zlib
from io import RawIOBase
from typing import TYPE_CHECKING, Literal

from topogen.export.cells.extra import refuse_missing_pyarrow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

GZIP = 16 + zlib.MAX_WBITS
"""What zlib takes for a gzip header; it holds no time and no name, so the same text gives the same bytes."""


def compressed(pieces: Iterable[bytes | memoryview], kind: Literal["gz", "zst"]) -> Iterator[bytes]:
    """Yield one compressed stream of all pieces, at the fastest level.

    Raises
    ------
    InputError
        E654, for ``zst`` without pyarrow.
    """
    if kind == "zst":
        refuse_missing_pyarrow("a .zst file")
    return _fed(pieces, *(_zstd() if kind == "zst" else _gzip()))


def _fed(
    pieces: Iterable[bytes | memoryview],
    feed: Callable[[bytes | memoryview], bytes],
    end: Callable[[], bytes],
) -> Iterator[bytes]:
    """Yield what comes out while pieces are fed in."""
    for piece in pieces:
        if made := feed(piece):
            yield made
    yield end()


def _gzip() -> tuple[Callable[[bytes | memoryview], bytes], Callable[[], bytes]]:
    stream = zlib.compressobj(level=1, wbits=GZIP)
    return stream.compress, stream.flush


class _OutputBuffer(RawIOBase):
    """What a stream has written so far."""

    def __init__(self) -> None:
        self._made: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._made.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        made, self._made = b"".join(self._made), []
        return made


def _zstd() -> tuple[Callable[[bytes | memoryview], bytes], Callable[[], bytes]]:
    import pyarrow as pa

    made = _OutputBuffer()
    stream = pa.CompressedOutputStream(pa.PythonFile(made, mode="w"), "zstd")

    def feed(piece: bytes | memoryview) -> bytes:
        stream.write(piece)
        return made.take()

    def end() -> bytes:
        stream.close()
        return made.take()

    return feed, end
