"""Names as the site has them, made once for a fabric; what has none keeps its design name."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.errors import Mark
    from topogen.language.names import NamePattern
    from topogen.model.arrays import Ints
    from topogen.model.text_buffer import Texts

LABEL_LENGTH = 32
"""Characters of a label where the file does not say; printers cut off more."""


@dataclass(frozen=True, eq=False)
class SiteNames:
    """Names of devices by device group, places by path, racks by number; patterns by ``type.port group``.

    ``label`` is the pattern of labels, None for the default, and ``label_length`` their most characters;
    ``label_at`` is where the pattern is written, with the text of that line.
    ``turns``, shape (devices,), has the number of each device in the place above it, from 0.
    """

    devices: Mapping[int, Texts] = field(default_factory=dict)
    places: Mapping[tuple[object, ...], Texts] = field(default_factory=dict)
    racks: tuple[str, ...] = ()
    ports: Mapping[str, NamePattern] = field(default_factory=dict)
    label: NamePattern | None = None
    label_length: int = LABEL_LENGTH
    label_at: tuple[Mark | None, str] = (None, "")
    turns: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


def listed_texts(texts: Texts) -> list[str]:
    """Return a table of texts as a list.

    >>> from topogen.model.text_buffer import texts_of
    >>> listed_texts(texts_of(["a", "Räck"]))
    ['a', 'Räck']
    """
    room, held = texts.cells.shape[1], texts.cells.tobytes()
    starts = range(0, len(held), room)
    return [
        held[start : start + width].decode()
        for start, width in zip(starts, texts.widths.tolist(), strict=True)
    ]
