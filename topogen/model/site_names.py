"""Names as the site has them, made once for a fabric; what has none keeps its design name."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.language.names import NamePattern
    from topogen.model.arrays import Ints
    from topogen.model.text_buffer import Texts


@dataclass(frozen=True, eq=False)
class SiteNames:
    """Names of devices by device group, places by path, racks by number; patterns by ``type.port group``.

    ``turns``, shape (devices,), has the number of each device in the place above it, from 0.
    """

    devices: Mapping[int, Texts] = field(default_factory=dict)
    places: Mapping[tuple[object, ...], Texts] = field(default_factory=dict)
    racks: tuple[str, ...] = ()
    ports: Mapping[str, NamePattern] = field(default_factory=dict)
    turns: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


def listed_texts(texts: Texts) -> list[str]:
    """Return a table of texts as a list.

    >>> from topogen.model.text_buffer import texts_of
    >>> listed_texts(texts_of(["a", "Räck"]))
    ['a', 'Räck']
    """
    rows = zip(texts.cells, texts.widths.tolist(), strict=True)
    return [row[:width].tobytes().decode() for row, width in rows]
