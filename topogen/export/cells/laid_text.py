"""Many lines of text without a loop over lines: texts picked from tables, put side by side in one buffer.

A text is copied at its exact width to its exact place, so nothing is padded and nothing has to be removed
afterwards. Lines that differ from those before in a few pieces only have these pieces written anew: that is
how the lines of a rack serve all racks of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.fabric import Ints

Bytes: TypeAlias = NDArray[np.uint8]
Widths: TypeAlias = "int | Ints"
"""How wide the texts of a piece are: all alike, or one number a line."""


@dataclass(frozen=True, eq=False)
class Texts:
    """A table of texts: ``cells`` of shape (texts, widest), and the bytes that each one takes of its row."""

    cells: Bytes
    widths: Ints

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.cells)

    @cached_property
    def width(self) -> int | None:
        """Return the width of all texts, None where they differ."""
        low, high = int(self.widths.min()), int(self.widths.max())
        return low if low == high else None

    def framed(self, before: str, after: str) -> Texts:
        """Return these texts, each between two others."""
        if not before and not after:
            return self
        alike = np.zeros(len(self), np.int64)
        ends = [Piece(texts_of([text]), alike) for text in (before, after)]
        return table_of([ends[0], Piece(self, np.arange(len(self))), ends[1]])

    def cut_to(self, width: int) -> NDArray[np.void]:
        """Return the first bytes of every text as one item each, no copy."""
        return np.ndarray(len(self), f"V{width}", self.cells, strides=self.cells.strides[:1])


def texts_of(texts: Sequence[str]) -> Texts:
    """Return a table of texts, encoded as UTF-8."""
    encoded = [text.encode() for text in texts]
    widths = np.array([len(text) for text in encoded], np.int64)
    cells = np.array(encoded, f"S{max(1, int(widths.max()))}")
    return Texts(cells.view(np.uint8).reshape(len(encoded), -1), widths)


@dataclass(frozen=True, eq=False)
class Piece:
    """A stretch of some lines: the rows of a table of texts, one a line."""

    table: Texts
    rows: Ints

    def widths(self) -> Widths:
        """Return how wide it is in each line."""
        if self.table.width is not None:
            return self.table.width
        widths = self.table.widths[self.rows]
        first = int(widths[0])
        return first if (widths == first).all() else np.asarray(widths)

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


class Page:
    """Lines of text in one buffer; what is as it was on the page before stays as it stands."""

    def __init__(self) -> None:
        self._buffer: Bytes = np.empty(0, np.uint8)
        self._size = 0
        self._pieces: Sequence[Piece] = ()
        self._widths: list[Widths] = []
        self._spots: list[list[Spots]] = []

    def write(self, pieces: Sequence[Piece]) -> bytes:
        """Return lines made of pieces, as many lines each."""
        lines = len(pieces[0].rows)
        before = self._pieces if self._pieces and len(self._pieces[0].rows) == lines else [None] * len(pieces)
        stands = [
            other is not None and piece.equals(other) for piece, other in zip(pieces, before, strict=True)
        ]
        widths = [
            width if same else piece.widths()
            for piece, same, width in zip(pieces, stands, self._widths or [0] * len(pieces), strict=True)
        ]
        if before[0] is None or not _equal(widths, self._widths):
            self._lay_out(widths, lines)
            stands = [False] * len(pieces)
        self._pieces = pieces
        for piece, spots, same in zip(pieces, self._spots, stands, strict=True):
            if not same:
                _put(self._buffer, piece, spots)
        return self._buffer[: self._size].tobytes()

    def _lay_out(self, widths: list[Widths], lines: int) -> None:
        """Find the place of every piece of every line."""
        ends = np.cumsum(np.broadcast_to(np.asarray(sum(widths)), lines))
        self._size = int(ends[-1])
        if self._size > len(self._buffer):
            self._buffer = np.empty(self._size + self._size // 8, np.uint8)
        starts = np.concatenate([[0], ends[:-1]])
        self._widths, self._spots = widths, _spots(widths, starts)


def table_of(pieces: Sequence[Piece]) -> Texts:
    """Return a table of texts that are made of pieces."""
    lines = len(pieces[0].rows)
    widths = [piece.widths() for piece in pieces]
    total = np.broadcast_to(np.asarray(sum(widths), np.int64), lines)
    widest = max(1, int(total.max()))
    buffer = np.empty(lines * widest, np.uint8)
    for piece, spots in zip(pieces, _spots(widths, np.arange(lines) * widest), strict=True):
        _put(buffer, piece, spots)
    return Texts(buffer.reshape(lines, widest), total)


def _equal(widths: Sequence[Widths], others: Sequence[Widths]) -> bool:
    return all(one is other or np.array_equal(one, other) for one, other in zip(widths, others, strict=True))


def _spots(widths: Sequence[Widths], starts: Ints) -> list[list[Spots]]:
    """Return the spots of pieces side by side in lines that start at given bytes."""
    spots: list[list[Spots]] = []
    start = starts
    for width in widths:
        if isinstance(width, int):
            spots.append([Spots(width, None, start)])
        else:
            kinds = np.flatnonzero(np.bincount(width)).tolist()
            alike = [(kind, np.flatnonzero(width == kind)) for kind in kinds]
            spots.append([Spots(kind, lines, start[lines]) for kind, lines in alike])
        start = start + width
    return spots


def _put(buffer: Bytes, piece: Piece, spots: Sequence[Spots]) -> None:
    """Write a piece of every line."""
    for one in spots:
        if one.width:
            rows = piece.rows if one.lines is None else piece.rows[one.lines]
            # Every byte of the buffer seen as the start of an item: one assignment copies one text a line.
            items = np.ndarray(len(buffer) - one.width + 1, f"V{one.width}", buffer, strides=(1,))
            items[one.start] = piece.table.cut_to(one.width)[rows]
