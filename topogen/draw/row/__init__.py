"""The racks of a row from the front, and the links between them along the cable tray."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.row.fronts import (
    BOTTOM,
    TOP,
    network_front,
    slots_of,
    switch_places,
    tray_front,
    words_below,
)
from topogen.draw.row.lines import way_arcs, way_lines
from topogen.draw.row.ways import WHOLE, network_racks, ways_of
from topogen.draw.row.words import held_in, leaving_words, rack_words, subtitle_of, title_of
from topogen.draw.sheet import BODY, Box, Key, Sheet, Squares, Stroke, label
from topogen.draw.shown.boxes import boxes_of
from topogen.draw.shown.finding import alert_words, key_figures
from topogen.draw.shown.tips import Tips
from topogen.draw.shown.words import FAMILY_WORDS, listed
from topogen.errors import InputError, Problem
from topogen.graph.selection import select
from topogen.takeoff.basis_line import footer_of
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.row.fronts import Slot
    from topogen.draw.row.ways import Ways
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.boxes import Boxes
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MOST_RACKS = 12
PIECE_WORDS = {
    "gpu": "GPU",
    "cpu": "CPU",
    "nic": "NIC",
    "switch": "switch",
    "copper": "copper cartridges",
    "module": "modules",
    "engine": "optical engines",
    "own_laser": "optical engines with lasers",
    "els": "ELS",
}
"""What a legend calls the pieces of a colour."""
TRAYS = {"gpu": "compute trays", "switch": "switch trays", "mixed_tray": "trays of both"}
"""What it calls trays whose pieces are too small to be drawn."""
FEW_RACKS = 6
"""Up to so many racks have room for a line of text that is only about what they hold."""
MANY_WAYS = 8
"""More ways from rack to rack than these are arcs: the nearer the racks, the lower."""


def draw_row(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Sheet:
    """Return the racks of a row side by side, and the way of the links between them.

    Raises
    ------
    InputError
        E693 for more racks than a page holds, E694 for fewer than two.
    """
    racks = _racks(fabric, touched)
    if len(racks) > MOST_RACKS:
        raise InputError([_too_many(fabric, len(racks))])
    if len(racks) < 2:  # noqa: PLR2004 - a row is between racks
        raise InputError([_too_few(racks)])
    network = network_racks(fabric)
    places = switch_places(fabric, [rack for rack in racks if rack in network])
    ways, boxes = ways_of(fabric, touched, places), boxes_of(fabric, roll_up, touched)
    slots = slots_of(racks, fabric.sites.row[racks].tolist())
    marks = tuple(_marks(Tips(fabric, roll_up), boxes, ways, slots))
    return Sheet(
        fabric.name,
        title_of(fabric, ways, touched),
        subtitle_of(ways, touched),
        marks,
        key_figures(fabric, roll_up),
        tuple(_legend(marks, bool(places))),
        footer_of(fabric, roll_up),
        alert_words(fabric),
    )


def _racks(fabric: Fabric, touched: Selection | None) -> list[int]:
    """Return the racks to draw in their order along the rows; those in no row come last."""
    sites = fabric.sites
    order = np.lexsort((sites.x_mm, np.where(sites.row < 0, len(sites.rows), sites.row)))
    if touched is None:
        return [int(rack) for rack in order]
    here = set(np.unique(sites.rack[touched.joined]).tolist())
    return [int(rack) for rack in order if int(rack) in here]


def _too_many(fabric: Fabric, racks: int) -> Problem:
    one = _with_few_others(fabric)
    hint = f"--only {one} for that rack and those it is linked with" if one else ""
    return Problem("E693", f"{format_count(racks)} racks side by side, at most {MOST_RACKS}", hint=hint)


def _with_few_others(fabric: Fabric) -> str:
    """Return a rack that fits on a page with those it is linked with, of the first few, none without one."""
    for rack in fabric.sites.racks[:FEW_RACKS]:
        try:
            picked = select(fabric, [rack.name])
        except InputError:  # a rack of the site has a name, and is no place of the file
            continue
        if 1 < len(_racks(fabric, picked)) <= MOST_RACKS:
            return rack.name
    return ""


def _too_few(racks: Sequence[int]) -> Problem:
    return Problem("E694", "one rack is no row" if racks else "there is no rack, so there is no row")


def _marks(tips: Tips, boxes: Boxes, ways: Ways, slots: Mapping[int, Slot]) -> Iterator[Mark]:
    fabric = tips.fabric
    yield from _cable_trays(fabric, slots)
    network = network_racks(fabric)
    names = fabric.sites.racks
    for rack, slot in slots.items():
        name = names[rack].name
        words = [*rack_words(fabric, ways, rack, slot.room - 2, brief=len(slots) > FEW_RACKS)]
        tip = "\n".join((name, listed(held_in(fabric, rack)), *leaving_words(ways, rack)))
        yield Box(slot.x, TOP, slot.width, BOTTOM - TOP, "paper", "soft", 3, tip, name, 1.5)
        if rack in network and (front := [*network_front(tips, rack, slot)]):
            yield from front
        else:
            yield from tray_front(tips, boxes, rack, slot)
        yield from words_below(slot, words)
    if len(ways.ways) > MANY_WAYS and all(one.a_switch == one.b_switch == WHOLE for one in ways.ways):
        yield from way_arcs(tips, ways, slots)
    else:
        yield from way_lines(tips, ways, slots)


def _cable_trays(fabric: Fabric, slots: Mapping[int, Slot]) -> Iterator[Mark]:
    """Yield the cable tray of each row over its racks; with its name where there are several rows."""
    tray = fabric.spec.layout.tray if fabric.spec.layout else None
    words = f"{tray.where} cable tray" if tray else "links between racks"
    if tray and tray.where == "underfloor":
        words += ", drawn above"
    rows = [list(racks) for _, racks in groupby(slots, key=lambda rack: int(fabric.sites.row[rack]))]
    for racks in rows:
        first, last = slots[racks[0]], slots[racks[-1]]
        left = BODY.x if len(rows) == 1 else first.middle - first.room / 2
        right = BODY.x + BODY.width if len(rows) == 1 else last.middle + last.room / 2
        number = int(fabric.sites.row[racks[0]])
        row = f"row {fabric.sites.rows[number]}" if number >= 0 else "in no row"
        said = words if len(rows) == 1 else f"{row}: {words}" if racks == rows[0] else row
        yield Box(left, BODY.y + 24, right - left, 7, "soft", tip=said)
        yield label(left, BODY.y + 15, said, right - left, colour="soft")


def _legend(marks: Sequence[Mark], named: bool) -> Iterator[Key]:  # noqa: FBT001 - whether lines have shades
    """Yield what the colours mean that are drawn; trays only where their pieces are not."""
    strokes = [one for one in marks if isinstance(one, Stroke) and one.colour != "paper"]
    fills = {one.fill for one in marks if isinstance(one, Box | Squares) and one.tip}
    pieces = {one.fill for one in marks if isinstance(one, Squares)}
    for colour, words in {**PIECE_WORDS, **({} if pieces else TRAYS)}.items():
        if colour in fills:
            yield Key("square", colour, words)
    swatches = [
        one.fill for one in marks if isinstance(one, Box) and not one.tip and one.fill in FAMILY_WORDS
    ]
    for family in dict.fromkeys(swatches):
        if family not in fills and family not in {one.colour for one in strokes}:
            yield Key("square", family, FAMILY_WORDS[family])
    for family in dict.fromkeys(one.colour for one in strokes):
        shades = {one.shade for one in strokes if one.colour == family}
        each = ", a shade a switch" if named and len(shades) > 1 else ""
        pale = any(one.opacity < 1 for one in strokes if one.colour == family)
        each = "; of one rack in full colour" if pale else each
        yield Key("line", family, f"{FAMILY_WORDS[family]}{each}")
