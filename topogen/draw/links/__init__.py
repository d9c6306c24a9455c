"""The links diagram: port, engine and light source of each link, and the links that fail together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import HEADLINE, PAGE, width_of
from topogen.draw.links.panels import common_words, shelves_of
from topogen.draw.links.rows import drawn_links
from topogen.draw.links.said import NAMES
from topogen.draw.picture import NETWORK_WIDTHS, LegendRow, Picture
from topogen.draw.shown.finding import alert_words
from topogen.draw.shown.heading import finding_of, said_below
from topogen.draw.shown.strokes import legend_rows
from topogen.draw.shown.words import kinds_listed
from topogen.errors import InputError, Problem
from topogen.graph.contract import device_names
from topogen.graph.selection import select
from topogen.model.fabric import group_of
from topogen.model.path import path_name
from topogen.takeoff.basis_line import footer_of
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.links.rows import Carrier, Outage, Row
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.roll_up import RollUp

SPELLED = {"els": " (external light source)"}
"""What stands behind the name of a piece where it is said first."""

MANY_LINKS = 200
"""Above this number links are merged."""


def draw_links(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Picture:
    """Return links one by one, with everything marked that goes dark when one piece fails."""
    drawn = drawn_links(fabric, touched or select(fabric, ()))
    if not drawn.rows:
        raise InputError([Problem("E656", f"{fabric.name} has no links to draw here")])
    dark = drawn.dark
    return Picture(
        name=fabric.name,
        title=loss_words(fabric, dark, drawn.rows) if dark else finding_of(fabric, roll_up, touched),
        alert=alert_words(fabric),
        lines=(*said_below(fabric, "link by link", touched), *common_words(fabric, drawn.rows)),
        frames=(),
        nodes=(),
        edges=(),
        legend=(
            *legend_rows(fabric, *(_ways(drawn.rows, a_first=a_first) for a_first in (True, False))),
            *([LegendRow("dark", f"lost with {_spelled_name(dark.piece, drawn.rows)}")] if dark else []),
        ),
        notes=(NOTE,) if dark and dark.piece.line != "module" else (),
        shelves=shelves_of(fabric, drawn.rows, dark),
        footer=footer_of(fabric, roll_up),
    )


def _ways(rows: Sequence[Row], *, a_first: bool) -> list[LinkGroup]:
    """Return the link groups of rows that are drawn from their a end, or from their b end."""
    return list({row.link.name: row.link for row in rows if row.a_first == a_first}.values())


NOTE = (
    "lanes are assigned to engines and light sources in the order of devices and ports; "
    "any other order needs the same number"
)


def loss_words(fabric: Fabric, dark: Outage, rows: Sequence[Row]) -> str:
    """Return which links are lost when a piece fails, and at which devices; these only if there is room."""
    piece = dark.piece
    network = f"{piece.network.replace('_', '-')} " if piece.network in NETWORK_WIDTHS else ""
    name = f"{network}{_piece_name(piece, rows)} of {place_name(fabric, piece)}"
    words = f"If {name} fails: {_lost_words(dark, rows)}"
    where = f"{words}{_where_words(fabric, dark)}"
    return where if width_of(where, HEADLINE, bold=True) <= PAGE else words


def _lost_words(dark: Outage, rows: Sequence[Row]) -> str:
    """Return how many links are lost, of how many that a piece carries at the drawn ends."""
    carried = sum(bool(row.near.carriers or (row.far and row.far.carriers)) for row in rows)
    noun = "link" if carried == len(rows) else "optical link"
    if carried == dark.links:
        return f"{count_words(carried, noun)} lost"
    return f"{format_count(dark.links)} of {count_words(carried, noun)} lost"


def _where_words(fabric: Fabric, dark: Outage) -> str:
    """Return at which devices links are lost, without the one of its kind that the failing piece is in."""
    counts = dict(dark.devices)
    if (device := _device_of(fabric, dark.piece)) is not None:
        own = group_of(fabric, device).label
        counts[own] -= counts[own] == 1
    said = kinds_listed(counts)
    return f", at {said}" if said else ""


def _spelled_name(piece: Carrier, rows: Sequence[Row]) -> str:
    """Return what a piece is called, and what that means."""
    return f"{_piece_name(piece, rows)}{SPELLED.get(piece.line, '')}"


def _piece_name(piece: Carrier, rows: Sequence[Row]) -> str:
    """Return what a piece is called: by the cage printed on the panel, where it sits in one."""
    ends = (end for row in rows for end in (row.near, row.far) if end and end.cage)
    cages = (end.cage for end in ends if any(one.has(piece) for one in end.carriers))
    number = next(cages, "") if piece.line == "module" else ""
    return f"{NAMES[piece.line]} {number or piece.first}"


def place_name(fabric: Fabric, piece: Carrier) -> str:
    """Return the full name of the place that a piece is counted in."""
    for place in fabric.places:
        if place.level == piece.level and place.first <= piece.place < place.first + place.count:
            return path_name(place.path, piece.place - place.first)
    if piece.level == "fabric":
        return fabric.name
    return device_names(fabric, np.array([_device_of(fabric, piece)]))[0]


def _device_of(fabric: Fabric, piece: Carrier) -> int | None:
    """Return the device that a piece is counted in, None where it is counted in a larger place."""
    above = sum(place.count for place in fabric.places if place.level == piece.level)
    return None if piece.level == "fabric" or piece.place < above else piece.place - above
