"""One place as marks: a frame with its boxes, switches above what computes, between them the links inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import Area, Box, label
from topogen.draw.shown.boxes import counted_words, drawn_names
from topogen.draw.shown.finding import spare_engines
from topogen.draw.shown.squares import Fit, Kind, any_fit, block, filled
from topogen.draw.shown.words import listed
from topogen.palette import family_of
from topogen.units import count_words, format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.engines.places import Place
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.boxes import Boxes
    from topogen.draw.shown.tips import Tip, Tips

HEAD, PAD, BAND, GAP = 28, 8, 26, 5
NAME, MOST_NAMES = 18, 3
"""Room for the name of the switches of some boxes, and how many such names there are at most."""
LINE = 19
STRIP = (46, 170)
"""How high the strip of shared pieces is, at least and at most."""

EACH = 120.0
LARGEST, LARGEST_SHARED = 44, 22
"""Pixels of the largest pieces."""

LARGEST_ALONE = 72
"""Pixels of the largest pieces of a box that is alone."""

ENGINES = {"engine", "own_laser"}


def frame_marks(tips: Tips, boxes: Boxes, place: Place, area: Area) -> Iterator[Mark]:
    """Yield a place: its name, switches, bands of the links inside, what computes, what is shared."""
    many = len(place.names) > 1
    named = f"{count_words(len(place.names), 'equal place')}\n{', '.join(place.names)}" if many else ""
    yield Box(*area, line="soft", round=8, thick=2, tip=named or place.names[0], key=place.names[0])
    wide = area.width - 2 * PAD
    lines = _heading(place, wide)
    for turn, line in enumerate(lines):
        ink = "soft" if turn else "ink"
        yield label(area.x + PAD, area.y + 20 + LINE * turn, line, wide, bold=not turn, colour=ink)
    y, bottom = area.y + HEAD + LINE * (len(lines) - 1), area.y + area.height - PAD
    shared = kinds_of(tips, boxes, place.shared, f"{place.names[0]}, for several boxes")
    if shared:
        high = min(STRIP[1], max(STRIP[0], 24 + 0.28 * sum(one.count for one in shared)))
        bottom -= high
        yield from shared_strip(shared, Area(area.x + PAD, bottom + 4, wide, high - 4))
    bands = list(_bands(tips, place))
    upper, lower = _halves(boxes, place)
    free = bottom - y - len(bands) * BAND - (GAP if lower else 0)
    share = free * _share(boxes, upper, lower)
    for number, (members, high) in enumerate(((upper, share), (lower, free - share))):
        if members:
            yield from _groups(tips, boxes, members, Area(area.x + PAD, y, wide, high - GAP))
            y += high
        for colour, words, tip in () if number else bands:
            yield Box(area.x + PAD, y, wide, BAND - GAP, colour, "", 3, *tip)
            middle = area.x + area.width / 2
            yield label(middle, y + 16, words, wide - 8, anchor="middle", on=colour)
            y += BAND


def _heading(place: Place, wide: float) -> list[str]:
    """Return what a place is called, in one line or two; of equal ones, also how many there are."""
    names = place.names
    many = f"{format_count(len(names))} equal"
    texts = (drawn_names(names, 99), drawn_names(names, 0), names[0])
    words = next((one for one in texts if width_of(one, SMALLEST, bold=True) <= wide), names[0])
    if len(names) == 1:
        return [words]
    both = f"{words} ({many})"
    return [both] if width_of(both, SMALLEST, bold=True) <= wide else [words, many]


def _bands(tips: Tips, place: Place) -> Iterator[tuple[str, str, Tip]]:
    for one in place.bundles:
        link = tips.fabric.links[one.link]
        if one.inside and link.within != "board":
            colour = family_of(tips.fabric.catalog.media[link.media[0]] if link.media else None)
            carried = "copper" if colour in {"copper", "board"} else "light"
            words = f"{format_count(one.inside)} x {format_rate(link.rate)}"
            words += f" {carried if colour != 'no_medium' else 'no medium'}"
            yield colour, words, tips.links(link, one.inside, f"inside {place.names[0]}")


def kinds_of(tips: Tips, boxes: Boxes, counts: np.ndarray, where: str) -> list[Kind]:
    """Return counts by thing as kinds of pieces."""
    return [
        Kind(
            count,
            thing.colour,
            *tips.thing(thing.name, count, where, thing.network),
            thing.name,
            thing.network,
        )
        for thing, count in zip(boxes.things, counts.tolist(), strict=True)
        if count
    ]


def _halves(boxes: Boxes, place: Place) -> tuple[list[int], list[int]]:
    """Return the boxes with switches and without GPUs, those with most engines first, and the others."""
    switch = [number for number, thing in enumerate(boxes.things) if thing.colour == "switch"]
    gpu = [number for number, thing in enumerate(boxes.things) if thing.colour == "gpu"]
    above = (boxes.counts[place.boxes][:, switch].sum(axis=1) > 0) & (
        boxes.counts[place.boxes][:, gpu].sum(axis=1) == 0
    )
    light = [number for number, thing in enumerate(boxes.things) if thing.colour in ENGINES]
    upper = place.boxes[above]
    order = np.argsort(-boxes.counts[upper][:, light].sum(axis=1), kind="stable")
    return upper[order].tolist(), place.boxes[~above].tolist()


def _share(boxes: Boxes, upper: Sequence[int], lower: Sequence[int]) -> float:
    """Return how much of the height the upper boxes get, by their pieces."""
    weights = [int(boxes.counts[list(some)].sum()) + 2 * len(some) for some in (upper, lower)]
    if not weights[0] or not weights[1]:
        return 1.0 if weights[0] else 0.0
    return min(0.75, max(0.3, weights[0] / sum(weights)))


def _groups(tips: Tips, boxes: Boxes, members: Sequence[int], area: Area) -> Iterator[Mark]:
    """Yield boxes in rows; those with switches of different names apart, each under the name."""
    held = np.where(boxes.picked[:, None], boxes.counts, 0)
    contents = [kinds_of(tips, boxes, held[one], boxes.name(one)) for one in members]
    apart: dict[str, list[int]] = {}
    for number, kinds in enumerate(contents):
        names = [one.name for one in kinds if one.colour == "switch"]
        apart.setdefault(" and ".join(names), []).append(number)
    named = 1 < len(apart) <= MOST_NAMES
    free = area.height - NAME * len(apart) * named
    columns, fit = _best_columns(contents, Area(area.x, area.y, area.width, free))
    some = list(apart.items()) if named else [("", list(range(len(members))))]
    rows = [-(-len(numbers) // columns) for _, numbers in some]
    y = area.y
    for (name, numbers), lines in zip(some, rows, strict=True):
        if name:
            count = sum(one.count for number in numbers for one in contents[number] if one.colour == "switch")
            text = counted_words("switch", {name: count})
            yield label(area.x, y + 13, text, area.width, colour="soft")
            y += NAME
        high = (free + GAP) * lines / sum(rows)
        picked = [(members[number], contents[number]) for number in numbers]
        yield from _tiles(tips, boxes, picked, (columns, fit), Area(area.x, y, area.width, high - GAP))
        y += high


def _tiles(
    tips: Tips,
    boxes: Boxes,
    members: Sequence[tuple[int, list[Kind]]],
    how: tuple[int, Fit],
    area: Area,
) -> Iterator[Mark]:
    """Yield boxes in rows of so many columns, with pieces of one size."""
    columns, fit = how
    rows = -(-len(members) // columns)
    wide = (area.width + GAP) / columns - GAP
    high = (area.height + GAP) / rows - GAP
    for number, (box, kinds) in enumerate(members):
        x = area.x + number % columns * (wide + GAP)
        y = area.y + number // columns * (high + GAP)
        fill = "switch_tray" if "switch" in {one.colour for one in kinds} else "compute_tray"
        name = boxes.name(box)
        said = f"{name}\n{listed({one.name: one.count for one in kinds})}".rstrip()
        yield Box(x, y, wide, high, fill if kinds else "outside", "rule", 2, said, name)
        inner = Area(x + 12, y + 8, wide - 24, high - 20)
        if len(members) == 1 and len(kinds) > 1 and sum(_widths(kinds)) <= inner.width:
            fitted = sum(one.count for one in kinds if one.colour in ENGINES)
            whole = fitted == tips.roll_up.totals.engines_fitted
            spare = spare_engines(tips.roll_up) if whole else 0
            yield from _captioned(kinds, inner, spare)
        else:
            yield from filled(kinds, fit, Area(x + 3, y + 3, wide - 6, high - 6))


def _captioned(kinds: Sequence[Kind], area: Area, spare: int) -> Iterator[Mark]:
    """Yield the pieces of a box that has the room to itself: side by side, each kind below its number.

    ``spare`` of the engines are hollow.
    """
    least = _widths(kinds)
    left = area.width - sum(least)
    shares = [one.count**0.5 for one in kinds]
    x = area.x
    for one, room, share in zip(kinds, least, shares, strict=True):
        wide = room + left * share / sum(shares)
        yield label(x, area.y + 14, _caption(one), wide - 8, bold=True)
        free = spare if one.colour in ENGINES else 0
        room_below = Area(x, area.y + 24, wide - 16, area.height - 24)
        yield from block(one, room_below, LARGEST_ALONE, hollow=free)
        x += wide


def _widths(kinds: Sequence[Kind]) -> list[float]:
    return [width_of(_caption(one), SMALLEST, bold=True) + 20 for one in kinds]


def _caption(kind: Kind) -> str:
    return counted_words(kind.colour, {kind.name: kind.count}).replace("optical engines", "engines")


def _best_columns(contents: Sequence[list[Kind]], area: Area) -> tuple[int, Fit]:
    """Return in how many columns boxes stand, and how large their pieces are then."""
    distinct = list({tuple((one.count, one.colour) for one in kinds): kinds for kinds in contents}.values())
    best, found = 1, Fit(1, 0, 0)
    for columns in range(1, min(len(contents), 40) + 1):
        rows = -(-len(contents) // columns)
        wide = (area.width + GAP) / columns - GAP - 6
        high = (area.height + GAP) / rows - GAP - 6
        if wide <= 0 or high <= 0:
            continue
        fit = any_fit(distinct, wide, high, LARGEST)
        if fit.size > found.size:
            best, found = columns, fit
    return best, found


def shared_strip(kinds: Sequence[Kind], area: Area) -> Iterator[Mark]:
    """Yield pieces that serve several boxes, each kind with its count, side by side by their number."""
    total = sum(one.count for one in kinds)
    networks = {one.network for one in kinds}
    each = min(EACH, area.width / len(kinds))
    x = area.x
    for one in kinds:
        room = (area.width - each * len(kinds)) * one.count / total + each
        network = one.network.replace("_", "-")
        words = _caption(one) + (f", {network}" if len(networks) > 1 else "")
        whole = words.replace(" ELS", " ELS (external light sources)", 1)
        words = whole if width_of(whole, SMALLEST, bold=True) <= room - 4 else words
        yield label(x, area.y + 12, words, room - 4, bold=True)
        yield from block(one, Area(x, area.y + 18, room - 12, area.height - 18), LARGEST_SHARED)
        x += room
