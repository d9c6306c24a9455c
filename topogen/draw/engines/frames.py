"""One place as marks: a frame with its boxes, switches above what computes, between them the links inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.draw.engines.kinds import ENGINES, caption, kinds_of, own_name, tint_of
from topogen.draw.engines.strip import shared_strip
from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import Area, Box, label
from topogen.draw.shown.boxes import counted_words, drawn_names
from topogen.draw.shown.finding import spare_engines
from topogen.draw.shown.squares import Fit, Kind, any_fit, filled, held_key, spread
from topogen.draw.shown.strokes import family_of_link
from topogen.draw.shown.words import listed
from topogen.units import count_words, format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.engines.places import Place
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.boxes import Boxes
    from topogen.draw.shown.tips import Tip, Tips

Held: TypeAlias = tuple[int, list[Kind]]
"""A box by its number, and what of it is drawn."""

HEAD, PAD, BAND, GAP = 28, 8, 26, 5
NAME, MOST_NAMES = 18, 3
"""Room for the name of the switches of some boxes, and how many such names there are at most."""
LINE, APART, CAPTION = 19, 16, 24
STRIP = (46, 170)
"""How high the strip of shared pieces is, at least and at most."""

LARGEST = 44
"""Pixels of the largest pieces."""


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
            colour = family_of_link(tips.fabric, link)
            carried = "copper" if colour in {"copper", "board"} else "light"
            words = f"{format_count(one.inside)} x {format_rate(link.rate)}"
            words += f" {carried if colour != 'no_medium' else 'no medium'}"
            yield colour, words, tips.links(link, one.inside, f"inside {place.names[0]}")


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
    drawn = boxes.counts * boxes.picked[:, None]
    held = [(one, kinds_of(tips, boxes, drawn[one], boxes.name(one))) for one in members]
    groups = _by_switches(held)
    free = area.height - NAME * sum(1 for words, _ in groups if words)
    columns, fit = _best_columns([some for _, some in groups], Area(area.x, area.y, area.width, free))
    rows = [-(-len(some) // columns) for _, some in groups]
    y = area.y
    for (words, some), lines in zip(groups, rows, strict=True):
        if words:
            yield label(area.x, y + 13, words, area.width, colour="soft")
            y += NAME
        high = (free + GAP) * lines / sum(rows)
        yield from _tiles(tips, boxes, some, (columns, fit), Area(area.x, y, area.width, high - GAP))
        y += high


def _by_switches(held: list[Held]) -> list[tuple[str, list[Held]]]:
    """Return boxes by the names of their switches, under how many these are; as one where all are alike."""
    apart: dict[str, list[Held]] = {}
    for one in held:
        names = [kind.name for kind in one[1] if kind.colour == "switch"]
        apart.setdefault(" and ".join(names), []).append(one)
    if not 1 < len(apart) <= MOST_NAMES:
        return [("", held)]
    return [(_switch_words(name, some), some) for name, some in apart.items()]


def _switch_words(name: str, held: Sequence[Held]) -> str:
    count = sum(kind.count for _, kinds in held for kind in kinds if kind.colour == "switch")
    return counted_words("switch", {name: count}) if name else ""


def _tiles(
    tips: Tips,
    boxes: Boxes,
    held: Sequence[Held],
    how: tuple[int, Fit],
    area: Area,
) -> Iterator[Mark]:
    """Yield boxes in rows of so many columns, with pieces of one size."""
    columns, fit = how
    rows = -(-len(held) // columns)
    wide = (area.width + GAP) / columns - GAP
    high = (area.height + GAP) / rows - GAP
    for number, (box, kinds) in enumerate(held):
        x = area.x + number % columns * (wide + GAP)
        y = area.y + number // columns * (high + GAP)
        name = boxes.name(box)
        said = f"{name}\n{listed({one.name: one.count for one in kinds})}".rstrip()
        tint = tint_of({one.colour for one in kinds})
        yield Box(x, y, wide, high, tint, "rule", 2, said, held_key(name, kinds))
        inner = Area(x + 12, y + 8, wide - 24, high - 20)
        own = own_name(boxes, [one for one, _ in held])
        if len(held) == 1 and _room_for_captions(kinds, own, inner):
            yield from _captioned(kinds, own, inner, _spare_in(tips, kinds))
        else:
            yield from filled(kinds, fit, Area(x + 3, y + 3, wide - 6, high - 6))


def _room_for_captions(kinds: Sequence[Kind], own: str, area: Area) -> bool:
    return len(kinds) > 1 and sum(_widths(kinds, own)) <= area.width and area.height >= 2 * CAPTION


def _spare_in(tips: Tips, kinds: Sequence[Kind]) -> int:
    """Return how many of the engines of a box are spare, which is known where it holds all engines."""
    fitted = sum(one.count for one in kinds if one.colour in ENGINES)
    return spare_engines(tips.roll_up) if fitted == tips.roll_up.totals.engines_fitted else 0


def _captioned(kinds: Sequence[Kind], own: str, area: Area, spare: int) -> Iterator[Mark]:
    """Yield the pieces of a box that has the room to itself: side by side, each kind below its number.

    ``spare`` of the engines are hollow.
    """
    least = _widths(kinds, own)
    left = area.width + APART - sum(least)
    shares = [one.count**0.5 for one in kinds]
    x = area.x
    for one, room, share in zip(kinds, least, shares, strict=True):
        wide = room + left * share / sum(shares)
        yield label(x, area.y + 14, caption(one, own), wide - 8, bold=True)
        below = Area(x, area.y + CAPTION, wide - APART, area.height - CAPTION)
        yield from spread(one, below, hollow=spare if one.colour in ENGINES else 0)
        x += wide


def _widths(kinds: Sequence[Kind], own: str) -> list[float]:
    return [width_of(caption(one, own), SMALLEST, bold=True) + APART + 4 for one in kinds]


def _best_columns(groups: Sequence[Sequence[Held]], area: Area) -> tuple[int, Fit]:
    """Return in how many columns boxes stand, and how large their pieces are; gaps in rows count less."""
    held = [kinds for some in groups for _, kinds in some]
    distinct = list({tuple((one.count, one.colour) for one in kinds): kinds for kinds in held}.values())
    best, found, most = 1, Fit(1, 0, 0), 0.0
    for columns in range(1, min(len(held), 40) + 1):
        rows = sum(-(-len(some) // columns) for some in groups)
        wide = (area.width + GAP) / columns - GAP - 6
        high = (area.height + GAP) / rows - GAP - 6
        if wide <= 0 or high <= 0:
            continue
        fit = any_fit(distinct, wide, high, LARGEST)
        if fit.size * len(held) / (rows * columns) > most:
            best, found, most = columns, fit, fit.size * len(held) / (rows * columns)
    return best, found
