"""A sheet: a picture that topogen lays out itself, 1,200 by 675, as marks with colours by name.

A diagram fills in the marks; title, figures and footer have the same place on every sheet. Coordinates are
pixels from the top left. ``key`` names what a mark stands for, so that a page can find it again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from topogen.draw.lettering import SMALLEST, fitted, width_of, wrapped_to
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Anchor: TypeAlias = Literal["start", "middle", "end"]

WIDTH, HEIGHT, MARGIN = 1200, 675, 28
TITLE_SIZE, SUBTITLE_SIZE, VALUE_SIZE = 28, 18, 28
FIGURES_X = 924
"""Where the column of figures begins."""
SWATCH = 18
"""Pixels of the square in the colour of a figure: letters are dark, so that they can be read."""
LEGEND_ROW = 22
"""From a row of the legend to the next."""
PALE = {"compute_tray", "switch_tray", "mixed_tray", "outside"}
"""Colours so near to that of the paper that a sample of them has an outline."""
HOLLOW = {"nic"}
"""Colours whose squares have an outline only, so that they differ from their neighbours in grey as well."""
FOLLOWED, FAINT = 12, 0.3
"""How many lines that cross have their full colour; of more only some have, the others are so opaque."""
ELS, ELS_WORDS = re.compile(r"^([\d,]+ )?ELS$"), " (external light sources)"
MANY_SQUARES = 800
"""Up to this number of equal things each is a square that can be counted; above, draw bands."""


class Area(NamedTuple):
    """A rectangle that a diagram may fill."""

    x: float
    y: float
    width: float
    height: float


BODY = Area(MARGIN, 108, FIGURES_X - 2 * MARGIN, 512)
"""What is between heading, figures, legend and footer."""


@dataclass(frozen=True)
class Box:
    """A rectangle; ``fill`` and ``line`` are colours by name or empty, ``tip`` shows under the pointer."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    line: str = ""
    round: float = 0
    tip: str = ""
    key: str = ""
    thick: float = 1
    dashed: bool = False
    id: str = ""
    """Its name as a node, where the sheet is a graph."""
    shade: float = 1
    """How much lighter (above 1) or darker than the colour it is filled."""


@dataclass(frozen=True)
class Squares:
    """Equal rectangles that can be counted, one for each corner of ``at``; hollow ones are an outline."""

    at: tuple[tuple[float, float], ...]
    width: float
    height: float
    fill: str
    tip: str = ""
    key: str = ""
    hollow: bool = False


@dataclass(frozen=True)
class Stroke:
    """A line through points; if ``curved``, the second and third of four are the handles of a cubic curve.

    ``shade`` makes the colour lighter (above 1) or darker, ``opacity`` lets crossing lines show through.
    """

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1
    curved: bool = False
    dash: str = ""
    opacity: float = 1
    shade: float = 1
    tip: str = ""
    key: str = ""
    ends: tuple[str, str] = ("", "")
    """The nodes that it joins, where the sheet is a graph; empty where a link leaves the picture."""
    links: int = 1
    """How many links it stands for."""


@dataclass(frozen=True)
class Disc:
    """A filled circle; with a ``line`` only, a ring."""

    x: float
    y: float
    radius: float
    fill: str = ""
    line: str = ""
    tip: str = ""
    key: str = ""
    thick: float = 1
    dashed: bool = False
    id: str = ""
    """Its name as a node, where the sheet is a graph."""


@dataclass(frozen=True)
class Label:
    """One line of text; ``y`` is its base line. Make it with ``label``, which fits it into its room."""

    x: float
    y: float
    text: str
    size: float = SMALLEST
    bold: bool = False
    colour: str = "ink"
    anchor: Anchor = "start"
    back: bool = False
    """Whether the text stands on a patch of paper, so that lines behind it do not cross it."""
    on: str = ""
    """The colour of the box that it stands on: it is written in ink or paper, whichever can be read."""

    @property
    def left(self) -> float:
        """Return where the text begins at the latest, in the widest font."""
        return self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * self.width

    @property
    def width(self) -> float:
        """Return how wide the text is at most."""
        return width_of(self.text, self.size, bold=self.bold)


Mark: TypeAlias = Box | Squares | Stroke | Disc | Label


@dataclass(frozen=True)
class Figure:
    """A large number at the right, with what it says below it; ``colour`` is that of a square beside it."""

    value: str
    note: str
    colour: str = "ink"


@dataclass(frozen=True)
class Key:
    """A row of the legend: a sample in a colour, and what it means."""

    sample: Literal["square", "line", "dashed", "ring", "dashed ring", "box", "dotted", "disc", "wrong"]
    colour: str
    text: str
    shade: float = 1
    dash: str = ""
    """The dashes of a line, where they are those of the picture."""
    width: float = 4
    """How wide a line is."""


@dataclass(frozen=True)
class Sheet:
    """Everything on a sheet: ``title`` is the finding, ``alert`` must not be overlooked."""

    name: str
    title: str
    subtitle: str
    marks: tuple[Mark, ...]
    figures: tuple[Figure, ...] = ()
    legend: tuple[Key, ...] = ()
    footer: str = ""
    alert: str = ""


def label(  # noqa: PLR0913 - one argument an attribute
    x: float,
    y: float,
    text: str,
    room: float,
    size: float = SMALLEST,
    *,
    bold: bool = False,
    colour: str = "ink",
    anchor: Anchor = "start",
    back: bool = False,
    on: str = "",
) -> Label:
    """Return a line of text that is no wider than ``room``: smaller first, then cut with an ellipsis."""
    text, size = fitted(text, size, room, bold=bold)
    return Label(x, y, text, size, bold, colour, anchor, back, on)


def swatched(  # noqa: PLR0913 - one argument an attribute
    x: float, y: float, text: str, room: float, colour: str, *, bold: bool = False, shade: float = 1
) -> Iterable[Mark]:
    """Yield dark text behind a swatch of a colour that is itself too light for letters."""
    yield Box(x, y - 11, 12, 12, colour, round=1, shade=shade)
    yield label(x + SWATCH, y, text, room - SWATCH, bold=bold)


def grid(
    count: int, columns: int, corner: tuple[float, float], step: tuple[float, float]
) -> tuple[tuple[float, float], ...]:
    """Return the corners of so many equal things in rows of ``columns``.

    >>> grid(3, 2, (10, 20), (5, 6))
    ((10, 20), (15, 20), (10, 26))
    """
    return tuple(
        (corner[0] + step[0] * (number % columns), corner[1] + step[1] * (number // columns))
        for number in range(count)
    )


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

    >>> [one.text for one in spelled_out([Key("square", "els", "396 ELS")])]
    ['396 ELS (external light sources)']
    """
    spelled = [replace(one, text=f"{one.text}{ELS_WORDS}") if ELS.search(one.text) else one for one in legend]
    return spelled if rows_of(spelled) == rows_of(legend) else list(legend)


def rows_of(legend: Sequence[Key]) -> int:
    """Return how many rows a legend takes; all but the last one stand in the body."""
    return 1 + max((row for _, row in _legend_places(legend)), default=0)


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


def crossed(x: float, y: float, radius: float, colour: str, tip: str = "", key: str = "") -> Iterable[Mark]:
    """Yield a ring with a cross on a patch of paper: what must be seen without colours as well."""
    arm = 0.5 * radius
    yield Disc(x, y, radius + 2, "paper")
    yield Disc(x, y, radius, "paper", colour, tip, key, thick=2)
    for turn in (-1, 1):
        yield Stroke(((x - arm, y - turn * arm), (x + arm, y + turn * arm)), colour, 2.4)


def _footer(sheet: Sheet) -> Iterable[Mark]:
    yield label(MARGIN, HEIGHT - 18, sheet.footer, WIDTH - 2 * MARGIN, colour="soft")
