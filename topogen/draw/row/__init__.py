"""The racks of a row from the front, and the links between them along the cable tray."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.row.fronts import (
    BOTTOM,
    GUTTER,
    TOP,
    Caption,
    network_front,
    slots_of,
    switch_places,
    tray_front,
    words_below,
)
from topogen.draw.row.ways import NOWHERE, WHOLE, network_racks, ways_of
from topogen.draw.sheet import BODY, Box, Key, Sheet, Squares, Stroke, label
from topogen.draw.shown.boxes import boxes_of
from topogen.draw.shown.finding import alert_words, key_figures
from topogen.draw.shown.tips import Tip, Tips
from topogen.draw.shown.words import FAMILY_WORDS, listed, span, span_of_counts
from topogen.errors import InputError, Problem
from topogen.language.device import SWITCH_ROLES
from topogen.takeoff.basis_line import footer_of
from topogen.units import count_words, format_count, format_decimal, format_rate, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.row.fronts import Slot
    from topogen.draw.row.ways import Way, Ways
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.boxes import Boxes
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MOST_RACKS = 12
THICKEST_NAMED = 3.0
"""Pixels of a line to a switch drawn by name: its end has little room."""
SHADES = (1.0, 1.3, 0.7, 1.5, 0.85, 1.15)
"""How light the lines of one switch after another are, so that rails can be told apart."""
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
LIGHT = ("engine", "own_laser", "module", "cable")
FEW_RACKS = 6
"""Up to so many racks have room for a line of text that is only about what they hold."""
WIDEST_ARC, FEW_ARCS = 6.0, 20
"""Pixels of an arc at most; half as many where there are more arcs than this."""
FOLLOWED, PALE = 12, 0.3
"""How many arcs may cross in full colour; of more, those of one rack have it and the others are paler."""
CASING = 1.0
"""Pixels of paper at both sides of a line, so that those that cross can be followed."""
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
        _title(fabric, ways, touched),
        _subtitle(ways, touched),
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
    other = "floor" if (fabric.sites.row >= 0).any() else "group"
    hint = f"use --diagram {other}, or pick some racks with --only"
    return Problem("E693", f"{format_count(racks)} racks side by side, at most {MOST_RACKS}", hint=hint)


def _too_few(racks: Sequence[int]) -> Problem:
    what = "one rack is no row" if racks else "there is no rack, so there is no row"
    hint = "use --diagram elevation for what is in a rack" if racks else "use --diagram group or tray"
    return Problem("E694", what, hint=hint)


def _title(fabric: Fabric, ways: Ways, touched: Selection | None) -> str:
    away, total = sum(one.links for one in ways.ways), touched.n_links if touched else fabric.n_links
    lit = sum(ways.staying[family] for family in LIGHT)
    if not away:
        return f"All {count_words(total, 'link')} stay in their rack"
    lengths = [mm for one in ways.leaving for mm in (one.low_mm, one.high_mm)]
    long = f", {span(min(lengths), max(lengths))} long" if min(lengths) >= 0 else ""
    verb = "leaves its" if away == 1 else "leave their"
    if lit > away:
        inside = f"{count_words(lit, 'link')} inside racks {'are' if lit > 1 else 'is'} light"
        return f"{inside}; {format_count(away)} {verb} rack{long}"
    return f"{format_count(away)} of {count_words(total, 'link')} {verb} rack{long}"


def _subtitle(ways: Ways, touched: Selection | None) -> str:
    words = [
        f"only {touched.text}" if touched else "",
        _staying(ways),
        f"{format_count(ways.beyond)} end outside racks" if ways.beyond else "",
        _lines_stand_for(ways),
    ]
    return "; ".join(word for word in words if word)


def _staying(ways: Ways) -> str:
    """Return how many links stay in their rack, and on what."""
    carried = Counter[str]()
    for family, links in ways.staying.items():
        word = "boards" if family == "board" else FAMILY_WORDS[family]
        carried["light" if family in LIGHT else word] += links
    if not carried:
        return "none stays in its rack"
    on = " and ".join(f"{format_count(links)} on {word}" for word, links in carried.most_common())
    if len(carried) == 1:
        return f"{format_count(carried.total())} stay in their rack on {next(iter(carried))}"
    return f"{format_count(carried.total())} stay in their rack: {on}"


def _lines_stand_for(ways: Ways) -> str:
    """Return how many links a line stands for."""
    counts = [one.links for one in ways.ways]
    if not counts:
        return ""
    links = span_of_counts(min(counts), max(counts))
    named = {max(one.a_switch, one.b_switch) != WHOLE for one in ways.ways}
    ends = " or ".join(("a rack and a switch" if one else "two racks") for one in sorted(named))
    return f"a line is the {links} link{'s' if max(counts) != 1 else ''} between {ends}"


def _marks(tips: Tips, boxes: Boxes, ways: Ways, slots: Mapping[int, Slot]) -> Iterator[Mark]:
    fabric = tips.fabric
    yield from _cable_trays(fabric, slots)
    network = network_racks(fabric)
    names = fabric.sites.racks
    for rack, slot in slots.items():
        name = names[rack].name
        words = [*_rack_words(fabric, ways, rack, slot.room - 2, brief=len(slots) > FEW_RACKS)]
        tip = "\n".join((name, listed(_held(fabric, rack)), *_leaving(ways, rack)))
        yield Box(slot.x, TOP, slot.width, BOTTOM - TOP, "paper", "soft", 3, tip, name, 1.5)
        if rack in network and (front := [*network_front(tips, rack, slot)]):
            yield from front
        else:
            yield from tray_front(tips, boxes, rack, slot)
        yield from words_below(slot, words)
    if len(ways.ways) > MANY_WAYS and all(one.a_switch == one.b_switch == WHOLE for one in ways.ways):
        yield from _arcs(tips, ways, slots)
    else:
        yield from _lines(tips, ways, slots)


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


def _held(fabric: Fabric, rack: int) -> Counter[str]:
    """Return the GPUs and the switches of a rack."""
    held: Counter[str] = Counter()
    for group in fabric.groups:
        count = int((fabric.sites.rack[group.first : group.first + group.count] == rack).sum())
        if group.type.role == "gpu":
            held["GPU"] += count
        elif group.type.role in SWITCH_ROLES:
            held[group.label.rpartition("/")[2]] += count
    return +held


def _rack_words(fabric: Fabric, ways: Ways, rack: int, room: float, *, brief: bool) -> Iterator[Caption]:
    """Yield what stands below a rack: what it holds, what leaves it and how long, and what stays in it.

    ``brief`` leaves out all but the first of what it holds.
    """
    name, held = fabric.sites.racks[rack].name, _held(fabric, rack)
    first, *more = [f"{format_count(count)} {kind}" for kind, count in held.items()] or [""]
    both = f"{name}: {first}"
    if first and width_of(both, SMALLEST, bold=True) <= room:
        yield Caption((both,))
    else:
        yield from (Caption((text,)) for text in (name, first) if text)
    if more and not brief:
        yield Caption((", ".join(more), more[0]))
    mine = [one for one in ways.leaving if one.rack == rack]
    total = Counter[tuple[str, int]]()
    for one in mine:
        total[one.family, one.rate] += one.links
    for (family, rate), links in total.items():
        count = format_count(links)
        yield Caption((f"{count} x {format_rate(rate)}", f"{count} links", count), family)
    if mine:
        yield _length_caption(min(one.low_mm for one in mine), max(one.high_mm for one in mine))
    for (here, family, rate), links in ways.inside.items():
        if here == rack and family != "board":
            count = format_count(links)
            yield Caption(
                (f"{count} x {format_rate(rate)} inside", f"{count} inside", f"{count} stay"), family
            )


def _length_caption(low_mm: int, high_mm: int) -> Caption:
    if low_mm < 0:
        return Caption(("length unknown", "no length"))
    exact = span(low_mm, high_mm)
    low, high = (format_decimal(to_metres(mm), 1) for mm in (low_mm, high_mm))
    about = f"{low_mm // 1000}\u2013{-(-high_mm // 1000)} m"
    return Caption((exact, exact.replace(" to ", "\u2013"), f"{low}\u2013{high} m", about))


def _leaving(ways: Ways, rack: int) -> Iterator[str]:
    """Yield what leaves a rack, medium by medium."""
    for one in ways.leaving:
        if one.rack == rack:
            long = span(one.low_mm, one.high_mm) if one.low_mm >= 0 else "length unknown"
            medium = one.medium.replace("_", " ")
            yield f"{format_count(one.links)} x {format_rate(one.rate)} {medium}, {long}"


def _lines(tips: Tips, ways: Ways, slots: Mapping[int, Slot]) -> Iterator[Stroke]:
    """Yield a line a way: up, along its lane below the tray, and down."""
    fabric = tips.fabric
    places = switch_places(fabric, [rack for rack in slots if rack in network_racks(fabric)])
    order = {rack: turn for turn, rack in enumerate(slots)}
    drawn = [one for one in ways.ways if one.a in slots and one.b in slots]
    lanes = {lane: turn for turn, lane in enumerate(dict.fromkeys(_lane(one) for one in drawn))}
    step = min(16.0, (TOP - BODY.y - 42) / max(1, len(lanes)))
    most = max((_rate(fabric, one) for one in drawn), default=1)
    widest = max(1.2, min(THICKEST_NAMED if places else step, 0.7 * step))
    ends = {rack: [one for one in drawn if rack in {one.a, one.b}] for rack in slots}
    for one in drawn:
        lane = lanes[_lane(one)]
        y = BODY.y + 40 + step * lane
        left, right = sorted((one.a, one.b), key=order.__getitem__)
        start, end = (
            _end(one, rack, other, places, slots, order, ends[rack], lane)
            for rack, other in ((left, right), (right, left))
        )
        tip = _way_tip(tips, one, left, right)
        shade = SHADES[lane % len(SHADES)] if WHOLE not in {one.a_switch, one.b_switch} or places else 1.0
        points = (*start, (start[-1][0], y), (end[-1][0], y), *reversed(end))
        wide = max(1.2, widest * _rate(fabric, one) / most)
        yield Stroke(points, "paper", wide + 2 * CASING)
        yield Stroke(points, one.family, wide, shade=shade, tip=tip.tip, key=tip.key)


def _rate(fabric: Fabric, way: Way) -> int:
    """Return the rate of all links of a way, in Mb/s per direction."""
    return sum(one.links * fabric.links[one.link].rate for one in way.bundles)


def _arcs(tips: Tips, ways: Ways, slots: Mapping[int, Slot]) -> Iterator[Stroke]:
    """Yield an arc a way between two racks, those to near racks outside and low, as wide as its bandwidth."""
    order = {rack: turn for turn, rack in enumerate(slots)}
    drawn = [one for one in ways.ways if one.a in slots and one.b in slots]
    most = max(_rate(tips.fabric, one) for one in drawn)
    ends = {rack: _ordered([one for one in drawn if rack in {one.a, one.b}], rack, order) for rack in slots}
    busiest = max(len(some) for some in ends.values())
    widest = WIDEST_ARC if len(drawn) <= FEW_ARCS else WIDEST_ARC / 2
    wide = max(1.2, min(widest, 0.5 * min(slot.width for slot in slots.values()) / busiest))
    first = _first_strong(drawn, order)
    for one in sorted(drawn, key=lambda way: (first in {way.a, way.b}, -abs(order[way.a] - order[way.b]))):
        left, right = sorted((one.a, one.b), key=order.__getitem__)
        xs = [
            slots[rack].x
            + slots[rack].width * (0.06 + 0.88 * (ends[rack].index(one) + 0.5) / len(ends[rack]))
            for rack in (left, right)
        ]
        high = (TOP - BODY.y - 40) * 4 / 3 * (order[right] - order[left] + 0.5) / len(slots)
        points = ((xs[0], TOP), (xs[0], TOP - high), (xs[1], TOP - high), (xs[1], TOP))
        width = max(1.2, wide * _rate(tips.fabric, one) / most)
        tip = _way_tip(tips, one, left, right)
        yield Stroke(points, "paper", width + 2 * CASING, curved=True)
        pale = 1 if first in {NOWHERE, one.a, one.b} else PALE
        yield Stroke(points, one.family, width, curved=True, opacity=pale, tip=tip.tip, key=tip.key)


def _first_strong(drawn: Sequence[Way], order: Mapping[int, int]) -> int:
    """Return the rack whose arcs alone have their full colour, where too many cross to follow all of them."""
    ends = {rack for one in drawn for rack in (one.a, one.b)}
    return min(ends, key=order.__getitem__) if len(drawn) > FOLLOWED else NOWHERE


def _ordered(ways: Sequence[Way], rack: int, order: Mapping[int, int]) -> list[Way]:
    """Return the ways of a rack from left to right: near racks outside, far ones inside."""
    steps = {one: order[one.b if one.a == rack else one.a] - order[rack] for one in ways}
    return sorted(ways, key=lambda one: (steps[one] > 0, -steps[one]))


def _way_tip(tips: Tips, one: Way, left: int, right: int) -> Tip:
    """Return between which racks a line runs, and the links on it group by group."""
    names = tips.fabric.sites.racks
    head = f"{names[left].name} to {names[right].name}: {count_words(one.links, 'link')}"
    found = [
        tips.links(tips.fabric.links[part.link], part.links, span_mm=(part.low_mm, part.high_mm))
        for part in one.bundles
    ]
    return Tip("\n".join([head, *(part.tip for part in found)]), found[0].key)


def _lane(one: Way) -> tuple[int, ...]:
    """Return what shares a lane: the links of one switch, else each two racks."""
    switch = one.b_switch if one.b_switch != WHOLE else one.a_switch
    return (switch,) if switch != WHOLE else (one.a, one.b)


def _end(  # noqa: PLR0913, PLR0917 - where everything else ends
    one: Way,
    rack: int,
    other: int,
    places: Mapping[int, tuple[int, float]],
    slots: Mapping[int, Slot],
    order: Mapping[int, int],
    here: Sequence[Way],
    lane: int,
) -> tuple[tuple[float, float], ...]:
    """Return the points of a line in and above a rack, from its end up."""
    slot = slots[rack]
    switch = one.a_switch if one.a == rack else one.b_switch
    if switch in places:
        far = order[other] > order[rack]
        inset = 4 + (GUTTER - 8) * (lane % 6) / 6
        x = slot.x + slot.width - inset if far else slot.x + inset
        y = places[switch][1]
        return ((slot.x + slot.width - GUTTER if far else slot.x + GUTTER, y), (x, y))
    ranked = sorted(here, key=lambda way: order[way.b if way.a == rack else way.a])
    x = slot.x + slot.width * (0.1 + 0.8 * (ranked.index(one) + 0.5) / len(ranked))
    return ((x, TOP),)


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
