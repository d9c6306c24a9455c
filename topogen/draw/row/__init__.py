"""The racks of a row from the front, and the links between them along the cable tray."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.furniture import legend_room
from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.row.fronts import (
    TOP,
    network_front,
    slots_of,
    switch_places,
    tray_front,
    words_below,
)
from topogen.draw.row.lines import way_arcs, way_lines
from topogen.draw.row.ways import WHOLE, network_racks, ways_of
from topogen.draw.row.words import held_in, leaving_words, line_words, rack_words, staying_words, title_of
from topogen.draw.sheet import BODY, Box, Key, Sheet, Squares, Stroke, label
from topogen.draw.shown.boxes import boxes_of
from topogen.draw.shown.case import case_title
from topogen.draw.shown.finding import alert_words, key_figures, of_all_racks, subtitle_room
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
    "module": "modules",
    "own_laser": "optical engines with lasers",
    "engine": "optical engines",
    "els": "ELS",
    "copper": "copper cartridges",
}
"""What a legend calls the pieces of a colour, in the order of the bars."""
TRAYS = {"gpu": "compute trays", "switch": "switch trays", "mixed_tray": "trays of both"}
"""What it calls trays whose pieces are too small to be drawn."""
FEW_RACKS = 6
"""Up to so many racks have room for a line of text that is only about what they hold."""
APART = 16
"""Pixels between two texts over the cable tray."""
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
    rows = fabric.sites.row[racks].tolist()
    slots = slots_of(racks, rows, 0)
    named = [rack for rack in racks if rack in network_racks(fabric)]
    places = switch_places(fabric, named, slots)
    ways, boxes = ways_of(fabric, touched, places), boxes_of(fabric, roll_up, touched)
    subtitle, over = _said(fabric, ways, touched, len(set(rows)) > 1)
    tips = Tips(fabric, roll_up)
    marks = tuple(_marks(tips, boxes, ways, slots, over))
    if below := legend_room([*_legend(marks, bool(places))]):
        marks = tuple(_marks(tips, boxes, ways, slots_of(racks, rows, below), over))
    return Sheet(
        fabric.name,
        title_of(fabric, ways, touched),
        subtitle,
        marks,
        of_all_racks(key_figures(fabric, roll_up), fabric, len(racks)),
        tuple(_legend(marks, bool(places))),
        footer_of(fabric, roll_up),
        alert_words(fabric),
    )


def _said(fabric: Fabric, ways: Ways, touched: Selection | None, several: bool) -> tuple[str, str]:  # noqa: FBT001
    """Return the subtitle and what stands over the cable tray of a single row.

    These are the system, what was picked, what a line stands for, and what stays in its rack: the system
    only where all of it fits.
    """
    room = subtitle_room(alert_words(fabric))
    only = f"only {touched.text}" if touched else ""
    line, staying = line_words(ways), staying_words(ways)
    title = case_title(fabric) or fabric.name
    some = []
    for name in (title, title.partition(", ")[0], ""):
        if several:
            some.append((_joined(name, only, staying, line), ""))
        else:
            some.append((_joined(name, only, line), staying))
            some.append((_joined(name, only), _joined(staying, line)))
    return next((one for one in some if _fits(one, room)), some[-1])


def _fits(said: tuple[str, str], room: float) -> bool:
    beside = BODY.width - width_of("underfloor cable tray, drawn above", SMALLEST) - APART
    return width_of(said[0], SMALLEST) <= room and width_of(said[1], SMALLEST) <= beside


def _joined(*words: str) -> str:
    return "; ".join(filter(None, words))


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


def _marks(tips: Tips, boxes: Boxes, ways: Ways, slots: Mapping[int, Slot], over: str) -> Iterator[Mark]:
    fabric = tips.fabric
    yield from _cable_trays(fabric, slots, over)
    network = network_racks(fabric)
    names = fabric.sites.racks
    for rack, slot in slots.items():
        name = names[rack].name
        words = [*rack_words(fabric, ways, rack, slot.room - 2, brief=len(slots) > FEW_RACKS)]
        tip = "\n".join((name, listed(held_in(fabric, rack)), *leaving_words(ways, rack)))
        yield Box(slot.x, TOP, slot.width, slot.bottom - TOP, "paper", "soft", 3, tip, name, 1.5)
        if rack in network and (front := [*network_front(tips, rack, slot, ways)]):
            yield from front
        else:
            yield from tray_front(tips, boxes, rack, slot)
        yield from words_below(slot, words)
    if len(ways.ways) > MANY_WAYS and all(one.a_switch == one.b_switch == WHOLE for one in ways.ways):
        yield from way_arcs(tips, ways, slots)
    else:
        yield from way_lines(tips, ways, slots)


def _cable_trays(fabric: Fabric, slots: Mapping[int, Slot], over: str) -> Iterator[Mark]:
    """Yield the cable tray of each row over its racks; with its name where there are several rows.

    Over a single one also what is said ``over`` it.
    """
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
    if over:
        room = BODY.width - width_of(words, SMALLEST) - APART
        yield label(BODY.x + BODY.width, BODY.y + 15, over, room, colour="soft", anchor="end")


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
