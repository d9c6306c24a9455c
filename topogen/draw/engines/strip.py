"""Pieces that serve several boxes: each kind below its number, side by side, all in squares of one size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.engines.kinds import caption
from topogen.draw.furniture import ELS_WORDS
from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import Area, label
from topogen.draw.shown.squares import abreast_fit, pieces, room_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.squares import Fit, Kind

HEAD, APART = 18, 12
LARGEST = 22
"""Pixels of the largest pieces."""
MOST = 0.8
"""How much of the width words may take before they are shortened."""


def shared_strip(kinds: Sequence[Kind], area: Area) -> Iterator[Mark]:
    """Yield pieces that serve several boxes, each kind with its count, side by side from the left."""
    words, least = _captions(kinds, area.width)
    below = Area(area.x, area.y + HEAD, area.width, area.height - HEAD)
    fit = abreast_fit(kinds, least, below, LARGEST, APART)
    rooms = [max(room, room_of([one], fit)) for one, room in zip(kinds, least, strict=True)]
    spare = area.width - sum(rooms) - APART * (len(kinds) - 1)
    x = area.x
    for one, text, room in zip(kinds, words, rooms, strict=True):
        whole = text.replace(" ELS", f" ELS{ELS_WORDS}", 1)
        more = max(0.0, _wide(whole) - room)
        if more <= spare:
            text, room, spare = whole, room + more, spare - more  # noqa: PLW2901 - this one has its room
        yield label(x, area.y + 12, text, room, bold=True)
        yield from pieces([one], _rows_within(one, room, fit), x, below.y)
        x += room + APART


def _rows_within(kind: Kind, room: float, fit: Fit) -> Fit:
    """Return a fit with fewer rows where the words above a kind leave room for more columns."""
    return next(
        now
        for rows in range(1, fit.rows + 1)
        if room_of([kind], now := fit._replace(rows=rows)) <= room + 1e-6 or rows == fit.rows
    )


def _captions(kinds: Sequence[Kind], width: float) -> tuple[list[str], list[float]]:
    """Return what stands above each kind and how wide that is: without its network where that is too wide."""
    room = width - APART * (len(kinds) - 1)
    short = [caption(one).partition(" (")[0] for one in kinds]
    full = [f"{text}, {one.network.replace('_', '-')}" for text, one in zip(short, kinds, strict=True)]
    several = len({one.network for one in kinds}) > 1
    words = full if several and sum(map(_wide, full)) <= MOST * room else short
    least = [_wide(text) for text in words]
    return words, [min(one, _level(least, room)) for one in least]


def _level(widths: Sequence[float], room: float) -> float:
    """Return the width that the widest are cut to, so that all of them fit into a room."""
    left = room
    for number, one in enumerate(sorted(widths)):
        if one * (len(widths) - number) > left:
            return left / (len(widths) - number)
        left -= one
    return room


def _wide(text: str) -> float:
    return width_of(text, SMALLEST, bold=True)
