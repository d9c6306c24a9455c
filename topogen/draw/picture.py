"""A picture before any format: boxes, lines between them and frames around them, or panels; a legend.

Diagrams fill it in, ``dot`` prints it. How a medium or a network is drawn is decided here, once, so that it
is the same in every diagram of every file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias
from zlib import crc32

from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.catalog.model import Medium

Kind: TypeAlias = Literal["compute", "switch", "mixed", "outside"]
CellKind: TypeAlias = Literal["compute", "switch", "mixed", "outside", "plain", "head", "empty", "dark"]
Style: TypeAlias = Literal["solid", "dashed", "dotted", "double"]

MEDIUM_COLOURS = {
    "nvlink_backplane": "#D55E00",
    "nvlink_backplane_bidi": "#A04600",
    "dac": "#E69F00",
    "dac_splitter": "#F2C14E",
    "acc": "#B07A00",
    "aec": "#7D5600",
    "pcb": "#000000",
    "pcb_midplane": "#7A5C3E",
    "dr": "#0072B2",
    "dr8": "#2B8CC9",
    "fr": "#005A8C",
    "lr": "#003F63",
    "sr": "#3D8FC4",
    "lpo": "#1F5FA8",
    "lro": "#4A7FC1",
    "aoc": "#56B4E9",
    "cpo_siph_3t2": "#009E73",
    "cpo_siph_3t2_box": "#00805D",
    "cpo_siph_1t6": "#33B58F",
    "cpo_siph_3t6": "#006146",
    "cpo_siph_6t4": "#5FA883",
    "npo_3t2": "#6F8F1F",
    "vcsel_cpo": "#CC79A7",
}
"""Colours of the shipped media, all different: a hue a family (copper, board, modules, silicon photonics,
VCSEL) after Okabe and Ito, whose hues colour-blind eyes tell apart, and a shade a member."""

OTHER_COLOURS = ("#8A2BE2", "#B8336A", "#5B5EA6", "#8C564B", "#2F4F4F", "#9B7A01")
"""For any other medium, by its name."""

NO_MEDIUM_COLOUR = "#9A9A9A"

NETWORK_WIDTHS = {"scale_up": 4.0, "scale_out": 2.0}
OTHER_WIDTH = 1.0


@dataclass(frozen=True)
class Stroke:
    """How a line is drawn: colours from its tail to its head (two where the media of its ends differ)."""

    colours: tuple[str, ...]
    style: Style
    width: float


@dataclass(frozen=True)
class Node:
    """A box: a bold title and lines of text; ``frame`` is the id of its frame."""

    id: str
    title: str
    lines: tuple[str, ...]
    kind: Kind
    frame: str = ""


@dataclass(frozen=True)
class Edge:
    """A line from a box to one that stands lower; the first two lines of text say how much of what."""

    tail: str
    head: str
    lines: tuple[str, ...]
    stroke: Stroke
    frame: str = ""
    """The innermost frame that holds both ends."""


@dataclass(frozen=True)
class Frame:
    """A frame around boxes and other frames; its text stands ``below`` where lines come in from above."""

    id: str
    title: str
    lines: tuple[str, ...]
    parent: str = ""
    below: bool = False


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


def medium_colour(medium: str) -> str:
    """Return the one colour of a medium.

    >>> medium_colour("dr")
    '#0072B2'
    """
    return MEDIUM_COLOURS.get(medium) or OTHER_COLOURS[crc32(medium.encode()) % len(OTHER_COLOURS)]


def medium_style(medium: Medium) -> Style:
    """Return the line style of a medium: copper solid, board dotted, modules dashed, engines double."""
    if medium.kind == "optical":
        return "double" if "engine" in medium.recipe else "dashed"
    return "dotted" if medium.kind == "board" else "solid"


def stroke_of(media: tuple[Medium, ...], network: str) -> Stroke:
    """Return how links of a network are drawn; ``media`` from tail to head, once where both are the same."""
    width = NETWORK_WIDTHS.get(network, OTHER_WIDTH)
    if not media:
        return Stroke((NO_MEDIUM_COLOUR,), "solid", width)
    style = medium_style(media[0]) if len(media) == 1 else "dashed"
    return Stroke(tuple(medium_colour(medium.id) for medium in media), style, width)
