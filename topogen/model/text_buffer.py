"""Format many lines of text without a loop over lines: gather texts from tables into one byte buffer.

Each text is copied to its exact offset, so nothing is padded or stripped. If the next lines differ from the
previous ones in a few columns only, only these are written again: racks of one kind share most of their text.
"""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.arrays import Ints

Bytes: TypeAlias = NDArray[np.uint8]
Widths: TypeAlias = "int | Ints"
"""Width of the texts of a piece in bytes: one number, or one per line."""

FAST_SIZES = (1, 2, 4, 8, 16, 32)
"""Item sizes that numpy gathers several times as fast as others."""

OVERRUN = 256
"""Bytes after the last line that may be overwritten."""


@dataclass(frozen=True, eq=False)
class Texts:
    """A table of texts: ``cells`` of shape (texts, row size), and the number of bytes each text uses."""

    cells: Bytes
    widths: Ints

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.cells)

    @cached_property
    def narrowest(self) -> int:
        """Return the width of the shortest text."""
        return int(self.widths.min())

    @cached_property
    def widest(self) -> int:
        """Return the width of the longest text."""
        return int(self.widths.max())

    def framed(self, before: str, after: str) -> Texts:
        """Return these texts with a prefix and a suffix."""
        if not before and not after:
            return self
        alike = np.zeros(len(self), np.int64)
        ends = [Piece(texts_of([text]), alike) for text in (before, after)]
        return table_of([ends[0], Piece(self, np.arange(len(self))), ends[1]])

    def gather(self, rows: Ints, width: int) -> NDArray[np.void]:
        """Gather the first ``width`` bytes of some rows, one item per row."""
        room = self.cells.shape[1]
        items = self.cells.view(f"V{room}").ravel().take(rows)
        return np.ndarray(len(rows), f"V{width}", items, strides=(room,))


def texts_of(texts: Sequence[str]) -> Texts:
    """Return a table of texts, encoded as UTF-8."""
    encoded = texts if "".join(texts).isascii() else [text.encode() for text in texts]
    widths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    cells = np.array(encoded, f"S{_room(int(widths.max()))}")
    return Texts(cells.view(np.uint8).reshape(len(encoded), -1), widths)


def _room(widest: int) -> int:
    """Return the row size for texts up to a width."""
    return next((size for size in FAST_SIZES if size >= widest), widest)


@dataclass(frozen=True, eq=False)
class Piece:
    """A column of some lines: one row of a text table per line."""

    table: Texts
    rows: Ints

    def widths(self) -> Widths:
        """Return its width in each line."""
        if self.table.narrowest == self.table.widest:
            return self.table.widest
        widths = self.table.widths.take(self.rows)
        first = int(widths[0])
        return first if (widths == first).all() else widths

    def equals(self, other: Piece) -> bool:
        """Return whether another piece has the same texts."""
        return self.table is other.table and (
            self.rows is other.rows or np.array_equal(self.rows, other.rows)
        )


@dataclass(frozen=True)
class Offsets:
    """Where texts of one width go: the lines (None: all), and the byte offset in each."""

    width: int
    lines: Ints | None
    start: Ints


class Layout:
    """The offsets of adjacent pieces, from their widths and the offset of each line."""

    def __init__(self, widths: Sequence[Widths], start: Ints) -> None:
        self.widths = widths
        self._starts = list(accumulate(widths, np.add, initial=start))
        self._offsets: dict[int, list[Offsets]] = {}

    def put_all(self, buffer: Bytes, pieces: Sequence[Piece]) -> None:
        """Write all pieces of every line; the buffer holds `OVERRUN` bytes more.

        Sorting texts by width takes longer than copying them, so the widest width is copied for every line.
        Pieces written later overwrite the excess, at the end of a line those of the next line. Starting after
        a piece of constant width, no excess overwrites a finished piece.
        """
        even = [number for number, width in enumerate(self.widths) if isinstance(width, int)]
        begin = even[-1] + 1 if even else 0
        order = [*range(begin, len(pieces)), *range(begin)]
        behind = sum(piece.table.narrowest for piece in pieces)
        for number in order:
            piece = pieces[number]
            widest, narrowest = piece.table.widest, piece.table.narrowest
            behind -= narrowest
            if isinstance(self.widths[number], int) or widest - narrowest > min(behind, OVERRUN):
                self.put(buffer, number, piece)
            else:
                _put(buffer, piece, Offsets(widest, None, self._starts[number]))

    def put(self, buffer: Bytes, number: int, piece: Piece) -> None:
        """Write one piece of every line without excess."""
        if number not in self._offsets:
            self._offsets[number] = list(self._exact(number))
        for offsets in self._offsets[number]:
            _put(buffer, piece, offsets)

    def _exact(self, number: int) -> Iterator[Offsets]:
        """Yield the offsets of a piece for each of its widths."""
        width, start = self.widths[number], self._starts[number]
        if isinstance(width, int):
            yield Offsets(width, None, start)
        else:
            for kind in np.flatnonzero(np.bincount(width)).tolist():
                lines = np.flatnonzero(width == kind)
                yield Offsets(kind, lines, start[lines])


class Page:
    """Lines of text in one reusable buffer; pieces equal to the previous ones are not written again."""

    def __init__(self) -> None:
        self._buffer: Bytes = np.empty(0, np.uint8)
        self._size = 0
        self._pieces: Sequence[Piece] = ()
        self._layout = Layout((), np.zeros(0, np.int64))

    def write(self, pieces: Sequence[Piece]) -> memoryview:
        """Return the lines as bytes; the view is valid until the page is written again."""
        same = self._unchanged(pieces)
        widths = [
            piece.widths() if width is None else width for piece, width in zip(pieces, same, strict=True)
        ]
        if _equal(widths, self._layout.widths):
            for number, piece in enumerate(pieces):
                if same[number] is None:
                    self._layout.put(self._buffer, number, piece)
        else:
            self._layout = self._new_layout(widths, len(pieces[0].rows))
            self._layout.put_all(self._buffer, pieces)
        self._pieces = pieces
        return self._buffer[: self._size].data

    def _unchanged(self, pieces: Sequence[Piece]) -> list[Widths | None]:
        """Return the width of each unchanged piece, None for the others."""
        if [len(piece.rows) for piece in pieces] != [len(piece.rows) for piece in self._pieces]:
            self._layout = Layout((), np.zeros(0, np.int64))
            return [None] * len(pieces)
        return [
            width if piece.equals(before) else None
            for piece, before, width in zip(pieces, self._pieces, self._layout.widths, strict=True)
        ]

    def _new_layout(self, widths: Sequence[Widths], lines: int) -> Layout:
        """Return the offsets of all pieces, line after line."""
        total = np.broadcast_to(np.asarray(sum(widths)), lines)
        ends = np.cumsum(total)
        self._size = int(ends[-1])
        if self._size + OVERRUN > len(self._buffer):
            self._buffer = np.empty(self._size + self._size // 8 + OVERRUN, np.uint8)
        return Layout(widths, ends - total)


def table_of(pieces: Sequence[Piece]) -> Texts:
    """Return a table of texts assembled from pieces."""
    lines = len(pieces[0].rows)
    widths = [piece.widths() for piece in pieces]
    total = np.broadcast_to(np.asarray(sum(widths), np.int64), lines)
    room = _room(int(total.max()))
    buffer = np.empty(lines * room + OVERRUN, np.uint8)
    Layout(widths, np.arange(lines) * room).put_all(buffer, pieces)
    return Texts(buffer[: lines * room].reshape(lines, room), total)


def _equal(widths: Sequence[Widths], others: Sequence[Widths]) -> bool:
    return len(widths) == len(others) and all(
        one is other or np.array_equal(one, other) for one, other in zip(widths, others, strict=True)
    )


def _put(buffer: Bytes, piece: Piece, offsets: Offsets) -> None:
    """Write a piece of some lines."""
    if offsets.width:
        rows = piece.rows if offsets.lines is None else piece.rows[offsets.lines]
        # Every byte of the buffer seen as the start of an item: one assignment copies one text a line.
        items = np.ndarray(len(buffer) - offsets.width + 1, f"V{offsets.width}", buffer, strides=(1,))
        items[offsets.start] = piece.table.gather(rows, offsets.width)
