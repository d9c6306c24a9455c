"""The racks of a row from the front, and the links between them along the cable tray."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.row.fronts import (
    BOTTOM,
    GUTTER,
    TOP,
    network_front,
    slots_of,
    switch_places,
    tray_front,
    words_below,
)
from topogen.draw.row.ways import WHOLE, network_racks, ways_of
from topogen.draw.sheet import BODY, Box, Key, Sheet, Stroke, label
from topogen.draw.shown.boxes import boxes_of
from topogen.draw.shown.finding import alert_words, key_figures
from topogen.draw.shown.tips import Tip, Tips
from topogen.draw.shown.words import FAMILY_WORDS, span, span_of_counts
from topogen.errors import InputError, Problem
from topogen.language.device import SWITCH_ROLES
from topogen.takeoff.basis_line import footer_of
from topogen.units import count_words, format_count, format_rate

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
SHADES = (1.0, 1.3, 0.7, 1.5, 0.85, 1.15)
"""How light the lines of one switch after another are, so that rails can be told apart."""
PIECE_WORDS = {
    "gpu": "GPU",
    "cpu": "CPU",
    "nic": "NIC",
    "switch": "switch",
    "copper": "copper cartridges",
    "module": "modules (light)",
    "engine": "engines (light)",
    "own_laser": "engines with lasers (light)",
    "els": "ELS",
}
"""What a legend calls the pieces of a colour."""
READABLE = {"cable": "module", "own_laser": "engine", "no_medium": "soft"}
"""Colours of words about families whose own are too light for letters."""


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
    slots = slots_of(racks)
    return Sheet(
        fabric.name,
        _title(fabric, ways, touched),
        _subtitle(ways, touched),
        tuple(_marks(Tips(fabric, roll_up), boxes, ways, slots)),
        key_figures(fabric, roll_up),
        tuple(_legend(boxes, ways, racks)),
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
    if not away:
        return f"All {count_words(total, 'link')} stay in their rack"
    lengths = [mm for one in ways.leaving for mm in (one.low_mm, one.high_mm)]
    long = f", {span(min(lengths), max(lengths))} long" if min(lengths) >= 0 else ""
    verb = "leaves its" if away == 1 else "leave their"
    return f"{format_count(away)} of {count_words(total, 'link')} {verb} rack{long}"


def _subtitle(ways: Ways, touched: Selection | None) -> str:
    words = [
        f"only {touched.text}" if touched else "",
        f"{format_count(ways.inside)} stay in their rack",
        f"{format_count(ways.beyond)} end outside racks" if ways.beyond else "",
        _lines_stand_for(ways),
    ]
    return "; ".join(word for word in words if word)


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
    yield from _cable_tray(fabric)
    network = network_racks(fabric)
    names = fabric.sites.racks
    for rack, slot in slots.items():
        words = [(names[rack].name, "ink"), *_rack_words(fabric, ways, rack)]
        tip, name = "\n".join(text for text, _ in words), names[rack].name
        yield Box(slot.x, TOP, slot.width, BOTTOM - TOP, "paper", "soft", 3, tip, name, 1.5)
        if rack in network and (front := [*network_front(tips, rack, slot)]):
            yield from front
        else:
            yield from tray_front(tips, boxes, rack, slot)
        yield from words_below(slot, words)
    yield from _lines(tips, ways, slots)


def _cable_tray(fabric: Fabric) -> Iterator[Mark]:
    tray = fabric.spec.layout.tray if fabric.spec.layout else None
    words = f"{tray.where} cable tray" if tray else "links between racks"
    if tray and tray.where == "underfloor":
        words += ", drawn above"
    yield Box(BODY.x, BODY.y + 24, BODY.width, 7, "nic", tip=words)
    yield label(BODY.x, BODY.y + 15, words, BODY.width, colour="soft")


def _rack_words(fabric: Fabric, ways: Ways, rack: int) -> Iterator[tuple[str, str]]:
    held: Counter[str] = Counter()
    for group in fabric.groups:
        count = int((fabric.sites.rack[group.first : group.first + group.count] == rack).sum())
        if group.type.role == "gpu":
            held["GPU"] += count
        elif group.type.role in SWITCH_ROLES:
            held[group.label.rpartition("/")[2]] += count
    yield from ((f"{format_count(count)} {name}", "ink") for name, count in held.items() if count)
    total: dict[tuple[str, str, int], tuple[int, int, int]] = {}
    for one in ways.leaving:
        if one.rack == rack:
            key = (one.family, one.medium, one.rate)
            links, low, high = total.get(key, (0, one.low_mm, one.high_mm))
            total[key] = (links + one.links, min(low, one.low_mm), max(high, one.high_mm))
    for (family, medium, rate), (links, low, high) in total.items():
        colour = READABLE.get(family, family)
        yield f"{format_count(links)} x {format_rate(rate)} {medium.replace('_', ' ')}", colour
        yield (span(low, high) if low >= 0 else "length unknown"), "soft"


def _lines(tips: Tips, ways: Ways, slots: Mapping[int, Slot]) -> Iterator[Stroke]:
    """Yield a line a way: up, along its lane below the tray, and down."""
    fabric = tips.fabric
    places = switch_places(fabric, [rack for rack in slots if rack in network_racks(fabric)])
    order = {rack: turn for turn, rack in enumerate(slots)}
    drawn = [one for one in ways.ways if one.a in slots and one.b in slots]
    lanes = {lane: turn for turn, lane in enumerate(dict.fromkeys(_lane(one) for one in drawn))}
    step = min(12.0, (TOP - BODY.y - 42) / max(1, len(lanes)))
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
        yield Stroke(
            points, one.family, min(3.0, max(1.2, step * 0.5)), shade=shade, tip=tip.tip, key=tip.key
        )


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


def _legend(boxes: Boxes, ways: Ways, racks: Sequence[int]) -> Iterator[Key]:
    held = boxes.counts[np.isin(boxes.rack, list(racks)) & boxes.picked].sum(axis=0)
    totals = (held + boxes.shared[list(racks)].sum(axis=0)).tolist()
    found = {thing.colour for thing, count in zip(boxes.things, totals, strict=True) if count > 0}
    for colour, words in PIECE_WORDS.items():
        if colour in found:
            yield Key("square", colour, words)
    for family in dict.fromkeys(one.family for one in ways.ways):
        yield Key("line", family, FAMILY_WORDS[family])
