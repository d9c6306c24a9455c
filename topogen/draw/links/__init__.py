"""The links diagram: port, engine and light source of each link, and the links that fail together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.links.panels import NAMES, shelves_of
from topogen.draw.links.rows import drawn_links
from topogen.draw.picture import LegendRow, Picture
from topogen.draw.shown.finding import alert_words
from topogen.draw.shown.heading import finding_of, said_below
from topogen.draw.shown.strokes import legend_rows
from topogen.draw.shown.words import listed
from topogen.errors import InputError, Problem
from topogen.graph.contract import device_names
from topogen.graph.selection import select
from topogen.model.path import path_name
from topogen.takeoff.basis_line import footer_of
from topogen.units import format_count

if TYPE_CHECKING:
    from topogen.draw.links.rows import Carrier, Outage
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MANY_LINKS = 200
"""Above this number links are merged."""


def draw_links(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Picture:
    """Return links one by one, with everything marked that goes dark when one piece fails."""
    drawn = drawn_links(fabric, touched or select(fabric, ()))
    if not drawn.rows:
        hint = "draw --diagram group shows devices without links"
        raise InputError([Problem("E656", f"{fabric.name} has no links to draw here", hint=hint)])
    links = list({row.link.name: row.link for row in drawn.rows}.values())
    dark = (dark_words(fabric, drawn.dark),) if drawn.dark else ()
    return Picture(
        name=fabric.name,
        title=dark[0][0].upper() + dark[0][1:] if dark else finding_of(fabric, roll_up, touched),
        alert=alert_words(fabric),
        lines=said_below(fabric, "one line per link", touched),
        frames=(),
        nodes=(),
        edges=(),
        legend=(*legend_rows(fabric, links), *(LegendRow("dark", text) for text in dark)),
        notes=(NOTE,) if drawn.dark and drawn.dark.piece.line != "module" else (),
        shelves=shelves_of(fabric, drawn.rows, drawn.dark),
        footer=footer_of(fabric, roll_up),
    )


NOTE = (
    "lanes are assigned to engines and light sources in the order of devices and ports; "
    "any other order needs the same number"
)


def dark_words(fabric: Fabric, dark: Outage) -> str:
    """Return which links go down when a piece fails, and at which devices."""
    piece = dark.piece
    name = f"{NAMES[piece.line]} {piece.first} of {place_name(fabric, piece)}"
    links = "1 link goes" if dark.links == 1 else f"{format_count(dark.links)} links go"
    return f"if {name} ({piece.part}, {piece.network}) fails: {links} down ({listed(dark.devices)})"


def place_name(fabric: Fabric, piece: Carrier) -> str:
    """Return the full name of the place that a piece is counted in."""
    for place in fabric.places:
        if place.level == piece.level and place.first <= piece.place < place.first + place.count:
            return path_name(place.path, piece.place - place.first)
    if piece.level == "fabric":
        return fabric.name
    above = sum(place.count for place in fabric.places if place.level == piece.level)
    return device_names(fabric, np.array([piece.place - above]))[0]
