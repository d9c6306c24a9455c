"""Many lines of text without a loop over lines: texts picked from tables, put side by side in one buffer.

A text is copied to its exact place, so nothing is padded and nothing has to be removed afterwards. Lines that
differ from those before in a few pieces only have these pieces written anew: that is how the lines of a rack
serve all racks of its kind.
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
"""How wide the texts of a piece are: all alike, or one number a line."""

QUICK = (1, 2, 4, 8, 16, 32)
"""Sizes of items that numpy picks from a table several times as fast as others."""

SPILL = 256
"""Bytes behind the last line that may be written without meaning."""


@dataclass(frozen=True, eq=False)
class Texts:
    """A table of texts: ``cells`` of shape (texts, room), and the bytes that each one takes of its row."""

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
        """Return these texts, each between two others."""
        if not before and not after:
            return self
        alike = np.zeros(len(self), np.int64)
        ends = [Piece(texts_of([text]), alike) for text in (before, after)]
        return table_of([ends[0], Piece(self, np.arange(len(self))), ends[1]])

    def picked(self, rows: Ints, width: int) -> NDArray[np.void]:
        """Return the first bytes of the texts of some rows as one item each."""
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
    """Return the bytes of a row that holds texts up to a width."""
    return next((size for size in QUICK if size >= widest), widest)


@dataclass(frozen=True, eq=False)
class Piece:
    """A stretch of some lines: the rows of a table of texts, one a line."""

    table: Texts
    rows: Ints

    def widths(self) -> Widths:
        """Return how wide it is in each line."""
        if self.table.narrowest == self.table.widest:
            return self.table.widest
        widths = self.table.widths.take(self.rows)
        first = int(widths[0])
        return first if (widths == first).all() else widths

    def equals(self, other: Piece) -> bool:
        """Return whether another piece says the same."""
        return self.table is other.table and (
            self.rows is other.rows or np.array_equal(self.rows, other.rows)
        )


@dataclass(frozen=True)
class Spots:
    """Where a piece goes whose texts have one width: which lines (None: all), and the byte of each."""

    width: int
    lines: Ints | None
    start: Ints


class Layout:
    """Where pieces go that stand side by side: the width of each, from the byte on where each line starts."""

    def __init__(self, widths: Sequence[Widths], start: Ints) -> None:
        self.widths = widths
        self._starts = list(accumulate(widths, np.add, initial=start))
        self._spots: dict[int, list[Spots]] = {}

    def put_all(self, buffer: Bytes, pieces: Sequence[Piece]) -> None:
        """Write all pieces of every line; the buffer holds `SPILL` bytes more.

        Sorting texts by width takes longer than copying them. So the widest is copied of every line: what is
        too much is written over by the pieces that come later, the last ones by the first of the next line.
        Begun behind a piece of one width, nothing spills over what stands.
        """
        even = [number for number, width in enumerate(self.widths) if isinstance(width, int)]
        begin = even[-1] + 1 if even else 0
        order = [*range(begin, len(pieces)), *range(begin)]
        behind = sum(piece.table.narrowest for piece in pieces)
        for number in order:
            piece = pieces[number]
            widest, narrowest = piece.table.widest, piece.table.narrowest
            behind -= narrowest
            if isinstance(self.widths[number], int) or widest - narrowest > min(behind, SPILL):
                self.put(buffer, number, piece)
            else:
                _put(buffer, piece, Spots(widest, None, self._starts[number]))

    def put(self, buffer: Bytes, number: int, piece: Piece) -> None:
        """Write one piece of every line, and nothing else."""
        if number not in self._spots:
            self._spots[number] = list(self._exact(number))
        for spots in self._spots[number]:
            _put(buffer, piece, spots)

    def _exact(self, number: int) -> Iterator[Spots]:
        """Yield the spots of a piece, one for each width that it has."""
        width, start = self.widths[number], self._starts[number]
        if isinstance(width, int):
            yield Spots(width, None, start)
        else:
            for kind in np.flatnonzero(np.bincount(width)).tolist():
                lines = np.flatnonzero(width == kind)
                yield Spots(kind, lines, start[lines])


class Page:
    """Lines of text in one buffer; what is as it was on the page before stays as it stands."""

    def __init__(self) -> None:
        self._buffer: Bytes = np.empty(0, np.uint8)
        self._size = 0
        self._pieces: Sequence[Piece] = ()
        self._layout = Layout((), np.zeros(0, np.int64))

    def write(self, pieces: Sequence[Piece]) -> memoryview:
        """Return lines made of pieces, as many lines each; they are there until the page is written again."""
        same = self._standing(pieces)
        widths = [
            piece.widths() if width is None else width for piece, width in zip(pieces, same, strict=True)
        ]
        if _equal(widths, self._layout.widths):
            for number, piece in enumerate(pieces):
                if same[number] is None:
                    self._layout.put(self._buffer, number, piece)
        else:
            self._layout = self._laid_out(widths, len(pieces[0].rows))
            self._layout.put_all(self._buffer, pieces)
        self._pieces = pieces
        return self._buffer[: self._size].data

    def _standing(self, pieces: Sequence[Piece]) -> list[Widths | None]:
        """Return the width of each piece that says the same as before, None of the others."""
        if [len(piece.rows) for piece in pieces] != [len(piece.rows) for piece in self._pieces]:
            self._layout = Layout((), np.zeros(0, np.int64))
            return [None] * len(pieces)
        return [
            width if piece.equals(before) else None
            for piece, before, width in zip(pieces, self._pieces, self._layout.widths, strict=True)
        ]

    def _laid_out(self, widths: Sequence[Widths], lines: int) -> Layout:
        """Return the place of every piece, line after line."""
        total = np.broadcast_to(np.asarray(sum(widths)), lines)
        ends = np.cumsum(total)
        self._size = int(ends[-1])
        if self._size + SPILL > len(self._buffer):
            self._buffer = np.empty(self._size + self._size // 8 + SPILL, np.uint8)
        return Layout(widths, ends - total)


def table_of(pieces: Sequence[Piece]) -> Texts:
    """Return a table of texts that are made of pieces."""
    lines = len(pieces[0].rows)
    widths = [piece.widths() for piece in pieces]
    total = np.broadcast_to(np.asarray(sum(widths), np.int64), lines)
    room = _room(int(total.max()))
    buffer = np.empty(lines * room + SPILL, np.uint8)
    Layout(widths, np.arange(lines) * room).put_all(buffer, pieces)
    return Texts(buffer[: lines * room].reshape(lines, room), total)


def _equal(widths: Sequence[Widths], others: Sequence[Widths]) -> bool:
    return len(widths) == len(others) and all(
        one is other or np.array_equal(one, other) for one, other in zip(widths, others, strict=True)
    )


def _put(buffer: Bytes, piece: Piece, spots: Spots) -> None:
    """Write a piece of some lines."""
    if spots.width:
        rows = piece.rows if spots.lines is None else piece.rows[spots.lines]
        # Every byte of the buffer seen as the start of an item: one assignment copies one text a line.
        items = np.ndarray(len(buffer) - spots.width + 1, f"V{spots.width}", buffer, strides=(1,))
        items[spots.start] = piece.table.picked(rows, spots.width)
