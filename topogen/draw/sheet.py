"""A sheet: a picture that topogen lays out itself, 1,200 by 675, as marks with colours by name.

A diagram fills in the marks; title, figures and footer have the same place on every sheet. Coordinates are
pixels from the top left. ``key`` names what a mark stands for, so that a page can find it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from topogen.draw.lettering import SMALLEST, fitted, width_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

Anchor: TypeAlias = Literal["start", "middle", "end"]

WIDTH, HEIGHT, MARGIN = 1200, 675, 28
TITLE_SIZE, SUBTITLE_SIZE, VALUE_SIZE = 28, 18, 28
FIGURES_X = 924
"""Where the column of figures begins."""
SWATCH = 18
"""Pixels of the square in the colour of a figure: letters are dark, so that they can be read."""
HOLLOW = {"nic"}
"""Colours whose squares have an outline only, so that they differ from their neighbours in grey as well."""
FOLLOWED, FAINT = 12, 0.3
"""How many lines that cross have their full colour; of more only some have, the others are so opaque."""
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


def crossed(x: float, y: float, radius: float, colour: str, tip: str = "", key: str = "") -> Iterable[Mark]:
    """Yield a ring with a cross on a patch of paper: what must be seen without colours as well."""
    arm = 0.5 * radius
    yield Disc(x, y, radius + 2, "paper")
    yield Disc(x, y, radius, "paper", colour, tip, key, thick=2)
    for turn in (-1, 1):
        yield Stroke(((x - arm, y - turn * arm), (x + arm, y + turn * arm)), colour, 2.4)
