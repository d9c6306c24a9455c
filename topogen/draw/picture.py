"""A picture before any format: boxes, lines between them and frames around them, or panels; a legend.

Diagrams fill it in, ``dot`` prints it. How a medium or a network is drawn is decided here, once, so that it
is the same in every diagram of every file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from topogen.palette import family_of, shade_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.catalog.model import Medium
    from topogen.draw.sheet import Figure

Kind: TypeAlias = Literal["compute", "switch", "mixed", "outside"]
CellKind: TypeAlias = Literal["compute", "switch", "mixed", "outside", "plain", "head", "empty", "dark"]
Style: TypeAlias = Literal["solid", "dashed", "dotted", "double", "double_dashed"]

Ink: TypeAlias = tuple[str, float]
"""A colour of the palette by its name, and how much lighter or darker it is drawn."""

NO_MEDIUM: Ink = ("no_medium", 1.0)

KEY = "key:"
"""What an id in DOT begins with that stands for a key: Graphviz hands no other attribute over."""

MANY_PIECES = 800
"""Up to this number of equal things a box shows each as a square; above, a bar and the number."""

MANY_LINES = 16
"""Lines between boxes above which a page is unreadable."""

NETWORK_WIDTHS = {"scale_up": 4.0, "scale_out": 2.0}
OTHER_WIDTH = 1.0
UNKNOWN_WIDTH = 2.0
"""A line without a medium is at least so wide: what is only attached has a thinner one."""


@dataclass(frozen=True)
class Stroke:
    """How a line is drawn: colours from its tail to its head (two where the media of its ends differ)."""

    inks: tuple[Ink, ...]
    style: Style
    width: float


@dataclass(frozen=True)
class Pieces:
    """Equal things in a box: squares that can be counted up to ``MANY_PIECES``, and text.

    The squares stand in groups of ``each``, those of one place; 0 where they are of one place, or differ.
    """

    count: int
    colour: str
    text: str
    each: int = 0

    @property
    def is_counted(self) -> bool:
        """Return whether each piece is a square."""
        return self.count <= MANY_PIECES


@dataclass(frozen=True)
class Badge:
    """Links that begin and end in one box: a sample of their line, and text. ``links`` is their number."""

    stroke: Stroke
    text: str
    links: int


@dataclass(frozen=True)
class Node:
    """A box: a bold title, lines of text and what it holds; ``frame`` is the id of its frame."""

    id: str
    title: str
    lines: tuple[str, ...]
    kind: Kind
    frame: str = ""
    pieces: tuple[Pieces, ...] = ()
    badges: tuple[Badge, ...] = ()
    tip: str = ""
    """What shows under the pointer; else the title."""
    key: str = ""
    """What a click on it looks for in the tables of a page, as in ``Tips``."""


@dataclass(frozen=True)
class Edge:
    """A line between two boxes, ``links`` links in all; the first line of text says how many of what rate.

    It is 0 links where two boxes only stand in one place.
    """

    tail: str
    head: str
    lines: tuple[str, ...]
    stroke: Stroke
    frame: str = ""
    """The innermost frame that holds both ends."""
    links: int = 0
    tip: str = ""
    key: str = ""
    """What a click on it looks for in the tables of a page, as in ``Tips``."""


@dataclass(frozen=True)
class Frame:
    """A frame around boxes and other frames; its text stands ``below`` where lines come in from above."""

    id: str
    title: str
    lines: tuple[str, ...]
    parent: str = ""
    below: bool = True
    tip: str = ""
    key: str = ""
    pieces: tuple[Pieces, ...] = ()
    """What its places hold in common."""


@dataclass(frozen=True)
class Cell:
    """A cell of a panel, so many ``rows`` high and ``columns`` wide; with a ``stroke`` it is a line.

    Text of several lines makes its row higher.
    """

    text: str = ""
    kind: CellKind = "plain"
    rows: int = 1
    columns: int = 1
    stroke: Stroke | None = None


@dataclass(frozen=True)
class Panel:
    """Cells in rows of one height under a title: a rack with its U, a column of links.

    A row has no cell where a cell above reaches down into it.
    """

    title: str
    lines: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class LegendRow:
    """What one kind of line or of cell means."""

    sample: Stroke | CellKind
    text: str


@dataclass(frozen=True)
class SquareKey:
    """What a square of a colour is one of."""

    colour: str
    text: str


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn: ``alert`` must not be overlooked, ``notes`` are below the picture."""

    name: str
    title: str
    alert: str
    lines: tuple[str, ...]
    frames: tuple[Frame, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    legend: tuple[LegendRow, ...]
    notes: tuple[str, ...]
    shelves: tuple[tuple[Panel, ...], ...] = ()
    """Panels side by side, shelf below shelf."""
    rows: tuple[tuple[str, ...], ...] = ()
    """The ids of the boxes that stand side by side, from the highest row to the lowest."""
    squares: tuple[SquareKey, ...] = ()
    figures: tuple[Figure, ...] = ()
    footer: str = ""


ATTACHED = Stroke((NO_MEDIUM,), "solid", OTHER_WIDTH)
"""The line between boxes that no link joins: one is attached to the other, or both stand in one place."""


def medium_ink(medium: Medium) -> Ink:
    """Return the one colour of a medium: the hue of its family, in a shade of its own.

    Copper is never lighter than its family: that is the colour of switches.
    """
    family, shade = family_of(medium), shade_of(medium.id)
    return family, min(1.0, shade) if family == "copper" else shade


def medium_style(medium: Medium) -> Style:
    """Return the line style of a medium: copper solid, board dotted, modules dashed, engines double."""
    if medium.kind == "optical":
        return "double" if "engine" in medium.recipe else "dashed"
    return "dotted" if medium.kind == "board" else "solid"


def stroke_of(media: tuple[Medium, ...], network: str) -> Stroke:
    """Return how links of a network are drawn; ``media`` from tail to head, once where both are the same."""
    width = NETWORK_WIDTHS.get(network, OTHER_WIDTH)
    if not media:
        return Stroke((NO_MEDIUM,), "solid", max(width, UNKNOWN_WIDTH))
    style = medium_style(media[0]) if len(media) == 1 else "dashed"
    if style == "double" and network == "scale_out":
        style = "double_dashed"
    return Stroke(tuple(medium_ink(medium) for medium in media), style, width)
