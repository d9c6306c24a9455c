"""One rack as marks: a frame with U, a bar per tray with its pieces, beside it what serves the whole rack."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.elevation.fronts import links_of_boxes
from topogen.draw.elevation.leaving import ROOM, leaving_marks
from topogen.draw.lettering import SMALLEST, width_of, wrapped_to
from topogen.draw.sheet import Area, Box, Label, Stroke, label
from topogen.draw.shown.boxes import drawn_names
from topogen.draw.shown.squares import Fit, Kind, any_fit, best_fit, block, filled, held_key, room_of
from topogen.draw.shown.words import listed
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np

    from topogen.draw.elevation.fronts import Front
    from topogen.draw.elevation.leaving import Exits
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.model.links import LinkGroup

UNIT_ROOM = 42
HEAD = 46
"""Room of the U at the left, and of the names above a rack."""
NAME_LINE, COUNT_LINE = 14, 34
"""Base lines of the names of equal racks and of how many they are, in that room."""

BETWEEN, CLEAR = 16, 12
"""Pixels between two racks, and between the words of one and those of the next at least."""

TALLEST = 150
"""The most pixels of a U."""

LOOSE = 0.42
"""How much of its height a rack gives at most to what stands in it at no known U."""

FEW_SHARED = 12
"""So many pieces that serve a whole rack need little room."""

SAID = 24
"""From this many pixels on a bar says its name."""

EMPTY = 4
"""From so many U in a row on that hold nothing a rack says so."""

CARTRIDGES = {"copper"}
DIGITS = "0123456789"
PAD = 3.0
LEAD, SHORT_LEAD = 0.34, 0.2
"""The share of the room beside a rack that curves take, to one kind of piece and to several."""
LABEL = 18
"""Pixels from one line above what serves a rack to the next."""
WIRE = 0.8
"""How dark the curves are that run to pieces beside a rack."""
LARGEST = 44
"""Pixels of the largest pieces."""


def rack_marks(
    tips: Tips, front: Front, beside: Sequence[Front], place: tuple[Exits, Area]
) -> Iterator[Mark]:
    """Yield the marks of a rack; all racks beside it are drawn to one scale, U for U."""
    exits, area = place
    if exits.families_of(beside):
        area = area._replace(height=area.height - ROOM)
    low, top = span_of(beside)
    free = area.height - HEAD - SMALLEST
    under = _loose_room(beside, free)
    scale = min(TALLEST, (free - under) / (top - low))
    inner = Area(area.x, area.y + HEAD, area.width, scale * (top - low))
    gear = area.width * _gear_share(front, beside)
    bars = Area(inner.x + UNIT_ROOM, inner.y, inner.width - UNIT_ROOM - gear, inner.height)
    beside_bars = Area(bars.x + bars.width, bars.y, gear, bars.height)
    said = _gear_words(_shared_kinds(tips, front), beside_bars)
    yield from said
    yield from _names(front, area, said)
    yield from _units(low, top, scale, bars)
    tip = "\n".join((count_words(len(front.names), "rack"), ", ".join(front.names)))
    yield Box(
        bars.x - 4, bars.y - 4, bars.width + 8, bars.height + 8, line="rule", round=4, thick=2, tip=tip,
        key=held_key(front.names[0], _kinds(tips, front, front.counts.sum(axis=0), "")),
    )  # fmt: skip
    yield from _bars(tips, front, bars, top, scale)
    yield from _empty(front, bars, top, scale)
    bottom = bars.y + bars.height + 8
    if under and front.loose_boxes:
        loose = Area(bars.x, bottom, bars.width, area.y + area.height - 8 - bottom)
        yield from _loose(tips, front, loose)
        bottom = area.y + area.height - 6
    wide = area.x + area.width + BETWEEN - CLEAR - bars.x
    yield from leaving_marks(tips, front, beside, exits, Area(bars.x, bottom - 4, wide, ROOM))
    if gear:
        sides = _sides(tips, beside, bars._replace(width=area.width))
        trays = _middles(front, bars, top, scale)
        yield from _gear(tips, front, beside_bars, trays, sides)


def _gear_share(front: Front, beside: Sequence[Front]) -> float:
    """Return how much of its width a rack gives to what serves all of it."""
    if not front.shared.any():
        return 0
    if len(beside) == 1:
        return 0.5
    return 0.42 if front.shared.sum() > FEW_SHARED else 0.3


def _loose_room(beside: Sequence[Front], free: float) -> float:
    """Return the height for what stands in racks at no known U; the fewer U are in use, the more."""
    if not any(one.loose_boxes for one in beside):
        return 0
    low, top = span_of(beside)
    return max(free * LOOSE, free - TALLEST * (top - low))


def _loose(tips: Tips, front: Front, area: Area) -> Iterator[Mark]:
    """Yield what stands in a rack at no known U, kind by kind in rows of its own."""
    where = f"{front.names[0]}, U not given"
    kinds = _kinds(tips, front, front.loose, where)
    yield Box(area.x - 4, area.y, area.width + 8, area.height, line="rule", round=4, dashed=True, tip=where)
    said = f"in each rack, U not given: {listed({one.name: one.count for one in kinds})}"
    yield label(area.x + 4, area.y + 20, said, area.width - 8, colour="soft")
    high = (area.height - 32) / len(kinds)
    for turn, one in enumerate(kinds):
        spot = Area(area.x + 4, area.y + 28 + turn * high, area.width - 8, high - 6)
        yield from block(one, spot, LARGEST)


def span_of(fronts: Sequence[Front]) -> tuple[int, int]:
    """Return the lowest U of some racks, and the first one above the highest."""
    low = min(int(one.unit.min()) for one in fronts)
    return low, max(int((one.unit + one.height).max()) for one in fronts)


def _names(front: Front, area: Area, said: Sequence[Label]) -> Iterator[Mark]:
    """Yield the names of equal racks and their number, each left of what is said on its line."""
    many, rooms = len(front.racks), []
    for y in (area.y + NAME_LINE, area.y + COUNT_LINE):
        beside = [one.left - CLEAR for one in said if abs(one.y - y) < LABEL]
        rooms.append(min([*beside, area.x + area.width]) - area.x)
    yield label(area.x, area.y + NAME_LINE, _called(front.names, rooms[0]), rooms[0], 18, bold=True)
    if many > 1:
        texts = (count_words(many, "equal rack"), f"{format_count(many)} equal")
        words = next((text for text in texts if width_of(text, SMALLEST) <= rooms[1]), texts[1])
        yield label(area.x, area.y + COUNT_LINE, words, rooms[1], colour="soft")


def _called(names: list[str], room: float) -> str:
    """Return the names of equal racks where there is room, else the first of them, or how it ends."""
    for text in (drawn_names(names, 99), drawn_names(names, 0), names[0]):
        if width_of(text, SMALLEST, bold=True) <= room:
            return text
    first = names[0]
    while len(first) > 1 and width_of(f"...{first}", SMALLEST, bold=True) > room:
        first = first[1:]
    return f"...{first}"


def _units(low: int, top: int, scale: float, bars: Area) -> Iterator[Mark]:
    """Yield the numbers of U, as many as can be read."""
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 1000) if one * scale >= SMALLEST + 1)
    for unit in range(low, top):
        if step == 1 or unit % step == 0 or top - low < step:
            y = bars.y + (top - unit - 0.5) * scale + 5
            yield Label(bars.x - 10, y, f"U{unit}", SMALLEST, colour="soft", anchor="end")


def _empty(front: Front, bars: Area, top: int, scale: float) -> Iterator[Label]:
    """Yield which U hold nothing, where these are many and there is room for the words."""
    for first, last in empty_units(front, round(top - bars.height / scale), top):
        lines = wrapped_to(f"U{first} to U{last} empty", SMALLEST, bars.width - 8)
        high, wide = (last + 1 - first) * scale, max(width_of(line, SMALLEST) for line in lines)
        if wide <= bars.width - 8 and len(lines) * LABEL <= high - 8:
            middle = bars.y + (top - (first + last + 1) / 2) * scale
            for turn, line in enumerate(lines):
                y = middle + 5 + LABEL * (turn - (len(lines) - 1) / 2)
                yield Label(bars.x + bars.width / 2, y, line, colour="soft", anchor="middle")


def empty_units(front: Front, low: int, top: int) -> list[tuple[int, int]]:
    """Return the first and the last U of each long stretch that holds nothing, from the lowest up."""
    if front.unplaced:
        return []
    found, start = [], low
    for one in [*sorted(spots_of(front)), Spot(top, 0, 0, 1)]:
        free = math.floor(one.low)
        if free - start >= EMPTY:
            found.append((start, free - 1))
        start = max(start, math.ceil(one.low + one.height))
    return found


def _middles(front: Front, bars: Area, top: int, scale: float) -> list[float]:
    return [bars.y + (top - one.low - one.height / 2) * scale for one in spots_of(front)]


def _kinds(tips: Tips, front: Front, counts: np.ndarray, where: str) -> list[Kind]:
    """Return counts by thing as kinds of pieces; a part that serves several networks is one kind."""
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for thing, count in zip(front.things, counts.tolist(), strict=True):
        if count:
            before, _ = found.get((thing.colour, thing.name), (0, ""))
            found[thing.colour, thing.name] = before + count, thing.network
    return [
        Kind(count, colour, *tips.thing(name, count, where, network), name)
        for (colour, name), (count, network) in found.items()
    ]


def _bars(tips: Tips, front: Front, bars: Area, top: int, scale: float) -> Iterator[Mark]:
    """Yield a bar for each box, and its pieces; those of equal trays are of one size."""
    places = [
        Area(
            bars.x + one.turn * bars.width / one.abreast,
            bars.y + (top - one.low - one.height) * scale,
            bars.width / one.abreast - 1.5,
            one.height * scale - 1.5,
        )
        for one in spots_of(front)
    ]
    contents = [_kinds(tips, front, *one) for one in zip(front.counts, front.tips, strict=True)]
    sizes = _fits(places, contents)
    for number, (bar, kinds) in enumerate(zip(places, contents, strict=True)):
        fill = _tray_colour(kinds) if front.picked[number] else "outside"
        tip = front.tips[number]
        held = listed({one.name: one.count for one in kinds})
        said = f"{tip}, U{front.unit[number]}\n{held}".rstrip()
        yield Box(*bar, fill, "rule", 2, said, held_key(tip, kinds))
        yield from _filled(kinds, sizes[number], bar, tip.rpartition("/")[2])


def _fits(places: Sequence[Area], contents: Sequence[list[Kind]]) -> list[Fit]:
    """Return how large pieces are in each bar: all that hold the same colours, at one height, alike."""
    alike: dict[tuple[float, frozenset[str]], list[int]] = {}
    for number, (bar, kinds) in enumerate(zip(places, contents, strict=True)):
        alike.setdefault((bar.height, frozenset(one.colour for one in kinds)), []).append(number)
    found = [Fit(1, 1, 1)] * len(places)
    for (height, _), numbers in alike.items():
        width = min(places[number].width for number in numbers) - 2 * PAD
        fit = any_fit([contents[number] for number in numbers], width, height - 2 * PAD, LARGEST)
        for number in numbers:
            found[number] = fit
    return found


def _filled(contents: list[Kind], fit: Fit, bar: Area, name: str) -> Iterator[Mark]:
    """Yield the pieces in the middle of a bar; beside its name, where there is room for that."""
    inside = room_of(contents, fit) if fit.rows else bar.width - 2 * PAD
    words = width_of(name, SMALLEST) + 2 * PAD + 8
    said = bar.height >= SAID and inside + words <= bar.width
    left = bar.x + (words if said else 0)
    if said:
        yield label(bar.x + 8, bar.y + bar.height / 2 + 5, name, words)
    middle = left + (bar.x + bar.width - left - inside) / 2
    yield from filled(contents, fit, Area(middle, bar.y + PAD, inside, bar.height - 2 * PAD))


def _tray_colour(contents: Sequence[Kind]) -> str:
    colours = {one.colour for one in contents}
    if {"gpu", "switch"} <= colours:
        return "mixed_tray"
    return "switch_tray" if "switch" in colours else "compute_tray"


class Spot(NamedTuple):
    """Where a box is: its lowest U and height in U, and which of so many side by side it is."""

    low: float
    height: float
    turn: int
    abreast: int


def spots_of(front: Front) -> list[Spot]:
    """Return where each box is: at its U, or one over another where trays of less than one U share some.

    Boxes that share each of their U in equal numbers stand side by side.
    """
    spots = [
        Spot(low, high, 0, 1) for low, high in zip(front.unit.tolist(), front.height.tolist(), strict=True)
    ]
    alike: dict[str, list[int]] = {}
    for number, name in enumerate(front.tips):
        alike.setdefault(name.rstrip(DIGITS), []).append(number)
    for numbers in alike.values():
        shares = Counter(spots[number].low for number in numbers)
        if len(set(shares.values())) > 1:
            low = min(shares)
            step = (max(spots[number].low + spots[number].height for number in numbers) - low) / len(numbers)
            for turn, number in enumerate(numbers):
                spots[number] = Spot(low + turn * step, step, 0, 1)
    abreast, turns = Counter(one.low for one in spots), Counter[float]()
    for number, one in enumerate(spots):
        spots[number] = one._replace(turn=turns[one.low], abreast=abreast[one.low])
        turns[one.low] += 1
    return spots


# What serves the whole rack


def _gear(
    tips: Tips, front: Front, area: Area, trays: Sequence[float], sides: Mapping[str, float]
) -> Iterator[Mark]:
    """Yield the pieces that serve several trays, and curves from the trays to those of copper.

    Where no rack beside has any, the curves run to the first kind.
    """
    kinds = _shared_kinds(tips, front)
    if not kinds:
        return
    copper = any(colour in CARTRIDGES for colour in sides)
    wired = next((one for one in kinds if one.colour in CARTRIDGES), None if copper else kinds[0])
    for kind, spot in zip(kinds, _gear_spots(kinds, area), strict=True):
        side = sides.get(kind.colour, LARGEST)
        if kind == wired:
            yield from _wires(tips, front, kind, (area.x + 4, spot), trays, side)
        yield from _cartridges(kind, spot) if kind.colour in CARTRIDGES else block(kind, spot, side)


def _shared_kinds(tips: Tips, front: Front) -> list[Kind]:
    return _kinds(tips, front, front.shared, f"{front.names[0]}, for several trays")


def _gear_spots(kinds: Sequence[Kind], area: Area) -> list[Area]:
    """Return where each kind of what serves the whole rack is: side by side, right of the curves."""
    lead = area.width * _lead(kinds)
    room = (area.width - lead) / max(1, len(kinds))
    return [
        Area(area.x + lead + number * room, area.y, room - 10, area.height) for number in range(len(kinds))
    ]


def _gear_words(kinds: Sequence[Kind], area: Area) -> list[Label]:
    """Return what stands above each kind, a line a kind, clear of the next rack."""
    right, said = area.x + area.width + BETWEEN - CLEAR, []
    for number, (kind, spot) in enumerate(zip(kinds, _gear_spots(kinds, area), strict=True)):
        words = f"{format_count(kind.count)} {_short(kind)}"
        x = min(spot.x, right - width_of(words, SMALLEST, bold=True))
        said.append(Label(x, spot.y - 10 - LABEL * (len(kinds) - 1 - number), words, bold=True))
    return said


def _lead(kinds: Sequence[Kind]) -> float:
    return SHORT_LEAD if len(kinds) > 1 else LEAD


def _sides(tips: Tips, beside: Sequence[Front], area: Area) -> dict[str, float]:
    """Return how large the pieces beside racks may be, by colour: those of all racks are of one size."""
    found: dict[str, float] = {}
    for front in beside:
        kinds = _kinds(tips, front, front.shared, "")
        room = area.width * _gear_share(front, beside) * (1 - _lead(kinds)) / max(1, len(kinds)) - 10
        for kind in kinds:
            side = best_fit([[kind]], room, area.height, LARGEST).size
            found[kind.colour] = min(found.get(kind.colour, LARGEST), side)
    return found


def _short(kind: Kind) -> str:
    """Return what a person calls a kind of piece: the word that its name ends in, or what it is."""
    if kind.colour in ("els", "engine", "own_laser"):
        return "ELS" if kind.colour == "els" else "engines"
    return kind.name.rpartition("_")[2] + "s" * (kind.count > 1)


def _cartridges(kind: Kind, spot: Area) -> Iterator[Mark]:
    for x in _columns(kind, spot):
        wide = _column_width(kind, spot)
        yield Box(x, spot.y, wide, spot.height, kind.colour, round=4, tip=kind.tip, key=kind.key)


def _column_width(kind: Kind, spot: Area) -> float:
    return min(30.0, spot.width / kind.count * 0.7)


def _columns(kind: Kind, spot: Area) -> list[float]:
    step = spot.width / kind.count
    return [spot.x + number * step for number in range(kind.count)]


def _wires(
    tips: Tips, front: Front, kind: Kind, place: tuple[float, Area], trays: Sequence[float], side: float
) -> Iterator[Mark]:
    """Yield a curve from each tray that the pieces serve to each of them, or to their block."""
    start, spot = place
    served = _served(front, kind)
    carried = [(link, links_of_boxes(tips.fabric, front, link)) for link in tips.links_of_part(kind.name)]
    key = f"{kind.name}; {' | '.join(link.name for link, _ in carried)}"
    lines = [_carried(tips, carried, number) for number in range(len(trays))]
    ends = _columns(kind, spot) if kind.colour in CARTRIDGES else [spot.x]
    tall = spot.height if kind.colour in CARTRIDGES else best_fit([[kind]], *spot[2:], side).tall
    for turn, x in enumerate(ends):
        share = max(0.1, 0.9 - 0.16 * turn) if kind.colour in CARTRIDGES else 1
        for number, y in enumerate(trays):
            if served[number]:
                end = spot.y + tall * (0.5 + ((y - spot.y) / spot.height - 0.5) * share)
                bend = (x - start) / 2
                points = ((start, y), (start + bend, y), (start + bend, end), (x, end))
                tip = f"{front.tips[number]}\n{lines[number]}"
                wide = 1.1 if kind.colour in CARTRIDGES else 1.8
                yield Stroke(points, kind.colour, wide, curved=True, shade=WIRE, tip=tip, key=key)


def _carried(tips: Tips, carried: Sequence[tuple[LinkGroup, list[int]]], box: int) -> str:
    """Return the tips of the links that end in a box."""
    return "\n".join(tips.links(link, counts[box]).tip for link, counts in carried if counts[box])


def _served(front: Front, kind: Kind) -> list[bool]:
    """Return which boxes hold something that the pieces serve: GPUs and switches."""
    colours = {"engine", "own_laser"} if kind.colour == "els" else {"gpu", "switch"}
    columns = [number for number, thing in enumerate(front.things) if thing.colour in colours]
    if not front.counts[:, columns].any():
        columns = [number for number, thing in enumerate(front.things) if thing.colour in ("gpu", "switch")]
    served: list[bool] = (front.counts[:, columns].sum(axis=1) > 0).tolist()
    return served
