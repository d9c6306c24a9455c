"""A picture before any format: boxes, lines between them, frames around them, a legend.

Diagrams fill it in, ``dot`` prints it. How a medium or a network is drawn is decided here, once, so that it
is the same in every diagram of every file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias
from zlib import crc32

if TYPE_CHECKING:
    from topogen.catalog import Medium

Kind: TypeAlias = Literal["compute", "switch", "mixed", "outside"]
Style: TypeAlias = Literal["solid", "dashed", "dotted", "double"]

PALETTE = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's colours, told apart by colour-blind eyes; without their yellow, which is lost on white."""

MEDIUM_COLOURS = {
    "nvlink_backplane": "#D55E00",
    "dac": "#E69F00",
    "pcb": "#000000",
    "pcb_midplane": "#7A5C3E",
    "dr": "#0072B2",
    "cpo_siph_1t6": "#56B4E9",
    "cpo_siph_3t2": "#009E73",
    "vcsel_cpo": "#CC79A7",
}
"""Colours of the shipped media, all different; any other medium takes one of the palette by its name."""

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
    """A box: a bold title and lines of text; ``frame`` is the id of the frame it stands in."""

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
    """A frame around boxes and other frames."""

    id: str
    title: str
    lines: tuple[str, ...]
    parent: str = ""


@dataclass(frozen=True)
class LegendRow:
    """What one kind of line means."""

    stroke: Stroke
    text: str


@dataclass(frozen=True)
class Picture:
    """Everything that is to be seen. ``alert`` is what nobody may overlook, ``notes`` stand below."""

    name: str
    title: str
    alert: str
    lines: tuple[str, ...]
    frames: tuple[Frame, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    legend: tuple[LegendRow, ...]
    notes: tuple[str, ...]


def medium_colour(medium: str) -> str:
    """Return the one colour of a medium.

    >>> medium_colour("dr")
    '#0072B2'
    """
    return MEDIUM_COLOURS.get(medium) or PALETTE[crc32(medium.encode()) % len(PALETTE)]


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
