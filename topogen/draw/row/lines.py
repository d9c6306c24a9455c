"""The links between racks of a row: a line along the cable tray, or an arc where there are many."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from topogen.draw.row.fronts import TOP, gutter_of, switch_places
from topogen.draw.row.ways import NOWHERE, WHOLE, network_racks
from topogen.draw.sheet import BODY, FAINT, FOLLOWED, Stroke
from topogen.draw.shown.tips import Tip
from topogen.units import count_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.row.fronts import Slot
    from topogen.draw.row.ways import Way, Ways
    from topogen.draw.shown.tips import Tips
    from topogen.model.fabric import Fabric

THICKEST_NAMED = 3.0
"""Pixels of a line to a switch drawn by name: its end has little room."""
SHADES = (1.0, 1.3, 0.7, 1.5, 0.85, 1.15)
"""How light the lines of one switch after another are, so that rails can be told apart."""
WIDEST_ARC, FEW_ARCS = 6.0, 20
"""Pixels of an arc at most; half as many where there are more arcs than this."""
CASING = 1.0
"""Pixels of paper at both sides of a line, so that those that cross can be followed."""


def way_lines(tips: Tips, ways: Ways, slots: Mapping[int, Slot]) -> Iterator[Stroke]:
    """Yield a line a way: up, along its lane below the tray, and down; lines of a lane meet."""
    fabric = tips.fabric
    places = switch_places(fabric, [rack for rack in slots if rack in network_racks(fabric)], slots)
    order = {rack: turn for turn, rack in enumerate(slots)}
    drawn = [one for one in ways.ways if one.a in slots and one.b in slots]
    lanes = {lane: turn for turn, lane in enumerate(dict.fromkeys(_lane(one) for one in drawn))}
    step = min(16.0, (TOP - BODY.y - 42) / max(1, len(lanes)))
    most = max((_rate(fabric, one) for one in drawn), default=1)
    widest = max(1.2, min(THICKEST_NAMED if places else step, 0.7 * step))
    ends = {rack: [one for one in drawn if rack in {one.a, one.b}] for rack in slots}
    by_lane = sorted(drawn, key=lambda one: lanes[_lane(one)])
    for lane, some in groupby(by_lane, key=lambda one: lanes[_lane(one)]):
        strokes = []
        for one in some:
            left, right = sorted((one.a, one.b), key=order.__getitem__)
            start, end = (
                _end(one, rack, other, places, slots, order, ends[rack], (lane + 0.5) / len(lanes))
                for rack, other in ((left, right), (right, left))
            )
            tip = _way_tip(tips, one, left, right)
            shade = SHADES[lane % len(SHADES)] if WHOLE not in {one.a_switch, one.b_switch} or places else 1.0
            y = BODY.y + 40 + step * lane
            points = (*start, (start[-1][0], y), (end[-1][0], y), *reversed(end))
            wide = max(1.2, widest * _rate(fabric, one) / most)
            strokes.append(Stroke(points, one.family, wide, shade=shade, tip=tip.tip, key=tip.key))
        yield from (Stroke(one.points, "paper", one.width + 2 * CASING) for one in strokes)
        yield from strokes


def _rate(fabric: Fabric, way: Way) -> int:
    """Return the rate of all links of a way, in Mb/s per direction."""
    return sum(one.links * fabric.links[one.link].rate for one in way.bundles)


def way_arcs(tips: Tips, ways: Ways, slots: Mapping[int, Slot]) -> Iterator[Stroke]:
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
        pale = 1 if first in {NOWHERE, one.a, one.b} else FAINT
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
    share: float,
) -> tuple[tuple[float, float], ...]:
    """Return the points of a line in and above a rack, from its end up; ``share`` is where in the gutter."""
    slot = slots[rack]
    switch = one.a_switch if one.a == rack else one.b_switch
    if switch in places:
        far = order[other] > order[rack]
        gutter = gutter_of(slot)
        inset = 4 + (gutter - 8) * share
        x = slot.x + slot.width - inset if far else slot.x + inset
        y = places[switch][1]
        return ((slot.x + slot.width - gutter if far else slot.x + gutter, y), (x, y))
    ranked = sorted(here, key=lambda way: order[way.b if way.a == rack else way.a])
    x = slot.x + slot.width * (0.1 + 0.8 * (ranked.index(one) + 0.5) / len(ranked))
    return ((x, TOP),)
