"""Ids of cables: short texts made of the design paths of their ends, so that nothing else renames a cable.

Every step of a path and every text of a port has a code, a fixed hash of its text; the code of an end is the
sum of those. The code of a cable is the product of the codes of its two ends, which has no direction; one
that ends at several places has that of the line with its lowest port at a, so that a further leg renames
nothing. Medium, length, link group and position in the file are in none of it.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from topogen.model.text_buffer import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.fabric import Fabric
    from topogen.model.path import Step, Steps

Codes: TypeAlias = NDArray[np.uint64]

ALPHABET = b"0123456789abcdefghjkmnpqrstvwxyz"
"""Digits and letters without i, l, o and u, which are misread; upper and lower case mean the same."""
DIGIT_BITS = 5
DIGITS = 12
ID_BITS = DIGIT_BITS * DIGITS
FIRST = ord("c")
"""A letter first: no spreadsheet reads the id as a number."""

_PAIRS = np.array([[a, b] for a in ALPHABET for b in ALPHABET], np.uint8).view(np.uint16).ravel()
"""The text of each two digits."""
_SHIFTS = np.arange(ID_BITS - 2 * DIGIT_BITS, -1, -2 * DIGIT_BITS).astype(np.uint64)
_TWO_DIGITS = np.uint64(len(_PAIRS) - 1)
_UNUSED = np.uint64(64 - ID_BITS)
_ROW = 16
"""Bytes that a text of `id_texts` may take; numpy gathers this size fast."""

_ODD, _EVEN = np.uint64(1), np.uint64(2**64 - 2)


def device_codes(fabric: Fabric) -> Codes:
    """Return the code of each device, shape (devices,): odd, so that products of ends lose nothing."""
    codes = [mixed(_path_code(group.path)) | _ODD for group in fabric.groups]
    return np.concatenate(codes) if codes else np.zeros(0, np.uint64)


def port_codes(texts: Sequence[str]) -> Codes:
    """Return the code of each port text: even, so that its sum with that of a device is odd."""
    return np.array([_hashed(f"port {text}") for text in texts], np.uint64) & _EVEN


def outside_code(label: str) -> np.uint64:
    """Return the code of an end outside the model."""
    return np.uint64(_hashed(f"outside {label}")) | _ODD


def ids_of(codes: Codes) -> Codes:
    """Return the ids of cables as numbers of ``ID_BITS`` bits."""
    return codes >> _UNUSED


def id_texts(ids: Codes) -> Texts:
    """Return the text of each id.

    >>> texts = id_texts(np.array([0, 33, 2**60 - 1], np.uint64))
    >>> [row[:13].tobytes().decode() for row in texts.cells]
    ['c000000000000', 'c000000000011', 'czzzzzzzzzzzz']
    """
    cells = np.empty((len(ids), _ROW), np.uint8)
    cells[:, 0] = FIRST
    pairs = _PAIRS[((ids[:, None] >> _SHIFTS) & _TWO_DIGITS).view(np.int64)]
    cells[:, 1 : DIGITS + 1] = pairs.view(np.uint8)
    return Texts(cells, np.broadcast_to(np.int64(DIGITS + 1), len(ids)))


def id_text(number: np.uint64) -> str:
    """Return the text of one id."""
    return id_texts(np.array([number])).cells[0, : DIGITS + 1].tobytes().decode()


def id_number(text: str) -> int:
    """Return the number that an id is the text of.

    >>> id_number(id_text(np.uint64(1234567890123)))
    1234567890123
    """
    number = 0
    for digit in text[1:].encode():
        number = number << DIGIT_BITS | ALPHABET.index(digit)
    return number


def _path_code(path: Steps) -> Codes:
    """Return the sum of the codes of the steps of each device of a path."""
    codes = np.zeros(1, np.uint64)
    for depth, step in enumerate(path):
        codes = (codes[:, None] + _step_codes(depth, step)).ravel()
    return codes


def _step_codes(depth: int, step: Step) -> Codes:
    """Return the code of each name of a step; leading zeros of its number do not count."""
    entry = step.entry
    stem = np.uint64(_hashed(f"step {depth} {entry.stem}{entry.separator}{'' if entry.plain else '#'}"))
    if entry.plain:
        return np.full(entry.count, stem)
    return mixed(np.asarray(entry.numbers, np.uint64) + stem)


def _hashed(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def mixed(codes: Codes) -> Codes:
    """Return codes whose bits each depend on all bits of theirs (the finalizer of splitmix64)."""
    codes = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    codes = (codes ^ (codes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return codes ^ (codes >> np.uint64(31))
