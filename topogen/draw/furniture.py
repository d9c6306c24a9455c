"""What stands around the body of a sheet: heading, figures, legend and footer."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from topogen.draw.lettering import SMALLEST, width_of, wrapped_to
from topogen.draw.sheet import (
    BODY,
    FIGURES_X,
    HEIGHT,
    HOLLOW,
    MARGIN,
    SUBTITLE_SIZE,
    SWATCH,
    TITLE_SIZE,
    VALUE_SIZE,
    WIDTH,
    Box,
    Disc,
    Label,
    Squares,
    Stroke,
    crossed,
    grid,
    label,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.draw.sheet import Figure, Key, Mark, Sheet

LEGEND_ROW = 22
"""From a row of the legend to the next."""
PALE = {"compute_tray", "switch_tray", "mixed_tray", "outside"}
"""Colours so near to that of the paper that a sample of them has an outline."""
ELS, ELS_WORDS = re.compile(r"^([\d,]+ )?ELS$"), " (external light sources)"
"""What a legend calls light sources, and in how many more words if these have room."""


def furniture(sheet: Sheet) -> tuple[Mark, ...]:
    """Return the marks of heading, figures, legend and footer."""
    return (*_heading(sheet), *_figures(sheet.figures), *_legend(sheet.legend), *_footer(sheet))


def _heading(sheet: Sheet) -> Iterable[Mark]:
    wide = WIDTH - 2 * MARGIN
    yield label(MARGIN, 44, sheet.title, wide, TITLE_SIZE, bold=True)
    x = float(MARGIN)
    if sheet.alert:
        room = width_of(sheet.alert, SMALLEST, bold=True) + 16
        yield Box(MARGIN, 57, room, 24, "alert", round=3)
        yield Label(MARGIN + room / 2, 74, sheet.alert, SMALLEST, bold=True, colour="paper", anchor="middle")
        x += room + 12
    yield label(x, 75, sheet.subtitle, WIDTH - MARGIN - x, SUBTITLE_SIZE, colour="soft")


def _figures(figures: Sequence[Figure]) -> Iterable[Mark]:
    room, y = WIDTH - MARGIN - FIGURES_X, float(BODY.y)
    for one in figures:
        y += VALUE_SIZE
        x = float(FIGURES_X)
        if one.colour != "ink":
            yield Box(x, y - SWATCH - 1, SWATCH, SWATCH, one.colour)
            x += SWATCH + 10
        yield label(x, y, one.value, WIDTH - MARGIN - x, VALUE_SIZE, bold=True)
        for line in wrapped_to(one.note, SMALLEST, room):
            y += SMALLEST + 5
            yield label(FIGURES_X, y, line, room, colour="soft")
        y += 16


def figures_height(figures: Sequence[Figure]) -> int:
    """Return how high the column of some figures is."""
    room = WIDTH - MARGIN - FIGURES_X
    return sum(
        VALUE_SIZE + len(wrapped_to(one.note, SMALLEST, room)) * (SMALLEST + 5) + 16 for one in figures
    )


def _legend(rows: Sequence[Key]) -> Iterable[Mark]:
    """Yield the legend below the body, row by row: the last one is the lowest."""
    spelled = spelled_out(rows)
    for one, (x, row) in zip(spelled, _legend_places(spelled), strict=True):
        y = BODY.y + BODY.height + 14 - LEGEND_ROW * row
        yield from _sample(one, x, y)
        yield Label(x + 30, y, one.text)


def spelled_out(legend: Sequence[Key]) -> list[Key]:
    """Return a legend that says what ELS are, where that takes no further row.

    >>> from topogen.draw.sheet import Key
    >>> [one.text for one in spelled_out([Key("square", "els", "396 ELS")])]
    ['396 ELS (external light sources)']
    """
    spelled = [replace(one, text=f"{one.text}{ELS_WORDS}") if ELS.search(one.text) else one for one in legend]
    return spelled if rows_of(spelled) == rows_of(legend) else list(legend)


def rows_of(legend: Sequence[Key]) -> int:
    """Return how many rows a legend takes; all but the last one stand in the body."""
    return 1 + max((row for _, row in _legend_places(legend)), default=0)


def legend_room(legend: Sequence[Key]) -> int:
    """Return how many pixels of the body a legend takes: those of all rows but its last."""
    return LEGEND_ROW * (rows_of(legend) - 1)


def _legend_places(legend: Sequence[Key]) -> list[tuple[float, int]]:
    """Return where each entry begins, and in which row from the bottom.

    The lowest row is as full as it can be, since figures may stand beside those above it.
    """
    rooms = [52 + width_of(one.text, SMALLEST) for one in legend]
    row, left = 0, float(WIDTH - 2 * MARGIN)
    below: list[int] = []
    for room in reversed(rooms):
        if room - 22 > left and below and below[-1] == row:
            row, left = row + 1, float(WIDTH - 2 * MARGIN)
        below.append(row)
        left -= room
    begins: dict[int, float] = {}
    places = []
    for room, row in zip(rooms, reversed(below), strict=True):
        x = begins.get(row, float(MARGIN))
        places.append((x, row))
        begins[row] = x + room
    return places


def _sample(one: Key, x: float, y: float) -> Iterable[Mark]:
    if one.sample == "square" and one.colour in HOLLOW:
        yield Squares(((x + 4, y - 13),), 15, 15, one.colour, hollow=True)
    elif one.sample == "square":
        pale = one.colour in PALE
        yield Box(x + 4, y - 13, 15, 15, one.colour, "soft" if pale else "")
    elif one.sample == "box":
        yield Box(x + 4, y - 13, 15, 15, "paper", one.colour, 3, thick=2)
    elif one.sample == "dotted":
        yield Box(x + 2, y - 15, 19, 19, "paper", one.colour, 1, thick=1.5)
        yield Squares(grid(16, 4, (x + 5, y - 12), (3.7, 3.7)), 2, 2, one.colour)
    elif one.sample == "disc":
        yield Disc(x + 11, y - 5, 8, one.colour, "switch" if one.colour in PALE else "ink")
    elif one.sample in {"ring", "dashed ring"}:
        yield Disc(x + 11, y - 5, 7, line=one.colour, thick=2, dashed=one.sample == "dashed ring")
    elif one.sample == "wrong":
        yield from crossed(x + 11, y - 5, 8, one.colour)
    else:
        dash = one.dash or ("6 4" if one.sample == "dashed" else "")
        yield Stroke(((x, y - 5), (x + 24, y - 5)), one.colour, one.width, dash=dash, shade=one.shade)


def _footer(sheet: Sheet) -> Iterable[Mark]:
    yield label(MARGIN, HEIGHT - 18, sheet.footer, WIDTH - 2 * MARGIN, colour="soft")
