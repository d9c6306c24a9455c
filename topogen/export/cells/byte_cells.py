"""Many lines of text without a loop over lines: cells of fixed width, padded with NUL, dropped at the end.

A cell array has dtype uint8 and shape (rows, width). Names are plain by the language, so NUL is in no text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.fabric import Steps
    from topogen.selector import Entry

Cells: TypeAlias = NDArray[np.uint8]

ZERO = ord("0")


def text_cells(texts: Sequence[str]) -> Cells:
    """Return one row a text, encoded as UTF-8."""
    encoded = np.array([text.encode() for text in texts], dtype=np.bytes_)
    return encoded.view(np.uint8).reshape(len(texts), -1)


def number_cells(numbers: NDArray[np.integer], zeros: int = 1, digits: int = 0) -> Cells:
    """Return one row a number, with zeros in front up to ``zeros`` digits, in cells of ``digits`` at least.

    >>> to_bytes(number_cells(np.array([7, 12]), 2))
    b'0712'
    """
    digits = digits or max(len(str(int(numbers.max(initial=0)))), zeros)
    cells = np.empty((len(numbers), digits), np.uint8)
    rest = numbers.astype(np.uint32)
    for place in range(digits - 1, -1, -1):
        higher = rest // np.uint32(10)
        digit = (rest - higher * np.uint32(10) + np.uint32(ZERO)).astype(np.uint8)
        cells[:, place] = digit if place >= digits - zeros else np.where(rest > 0, digit, 0)
        rest = higher
    return cells


def join(*pieces: Cells) -> Cells:
    """Return cells side by side; a piece of one row stands in every row."""
    rows = max(len(piece) for piece in pieces)
    return np.hstack([np.broadcast_to(piece, (rows, piece.shape[1])) for piece in pieces])


def stack(tables: Sequence[Cells]) -> Cells:
    """Return cells below each other, all as wide as the widest."""
    width = max(table.shape[1] for table in tables)
    return np.vstack([np.pad(table, ((0, 0), (0, width - table.shape[1]))) for table in tables])


def to_bytes(cells: Cells) -> bytes:
    """Return the text of all rows, one after another."""
    return cells.tobytes().translate(None, b"\0")


def path_cells(path: Steps) -> Cells:
    """Return the full names of all places or devices of a path, one row each, by their numbers."""
    names = np.zeros((1, 0), np.uint8)
    for depth, step in enumerate(path):
        own = _entry_cells(step.entry)
        above = np.repeat(names, len(own), axis=0)
        below = np.tile(own, (len(names), 1))
        names = join(above, text_cells(["/"]), below) if depth else below
    return names


def _entry_cells(entry: Entry) -> Cells:
    """Return the names of the places of one line of a template."""
    if entry.plain:
        return text_cells([entry.stem])
    numbers = np.array(entry.numbers, np.int64)
    return join(text_cells([entry.stem + entry.separator]), number_cells(numbers, entry.width))
