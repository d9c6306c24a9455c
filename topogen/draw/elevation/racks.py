"""One rack as marks: a frame with U, a bar per tray with its pieces, beside it what serves the whole rack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import Area, Box, Label, Stroke, label
from topogen.draw.shown.boxes import drawn_names
from topogen.draw.shown.squares import Fit, Kind, best_fit, block, pieces, room_of
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.elevation.fronts import Front
    from topogen.draw.sheet import Mark

UNIT_ROOM = 42
HEAD = 46
"""Room of the U at the left, and of the names above a rack."""

TALLEST = 48
"""The most pixels of a U."""

CARTRIDGES = {"copper"}
PAD = 3.0
LARGEST = 24
"""Pixels of the largest pieces."""


def rack_marks(front: Front, beside: Sequence[Front], area: Area) -> Iterator[Mark]:
    """Yield the marks of a rack; all racks beside it are drawn to one scale, U for U."""
    low, top = span_of(beside)
    scale = min(TALLEST, (area.height - HEAD - SMALLEST) / (top - low))
    inner = Area(area.x, area.y + HEAD, area.width, scale * (top - low))
    gear = area.width * (0.5 if len(beside) == 1 else 0.42) if front.shared.any() else 0
    bars = Area(inner.x + UNIT_ROOM, inner.y, inner.width - UNIT_ROOM - gear, inner.height)
    yield from _names(front, area._replace(width=area.width - gear * 0.66))
    yield from _units(low, top, scale, bars)
    tip = ", ".join(front.names)
    yield Box(bars.x - 4, bars.y - 4, bars.width + 8, bars.height + 8, line="rule", round=4, thick=2, tip=tip)
    yield from _bars(front, bars, top, scale)
    if gear:
        right = bars.x + bars.width
        yield from _gear(front, Area(right, bars.y, gear, bars.height), _middles(front, bars, top, scale))


def span_of(fronts: Sequence[Front]) -> tuple[int, int]:
    """Return the lowest U of some racks, and the first one above the highest."""
    low = min(int(one.unit.min()) for one in fronts)
    return low, max(int((one.unit + one.height).max()) for one in fronts)


def _names(front: Front, area: Area) -> Iterator[Mark]:
    many = len(front.racks)
    yield label(
        area.x, area.y + 14, drawn_names(front.names, int(area.width / 10)), area.width, 18, bold=True
    )
    words = count_words(many, "equal rack") if many > 1 else ""
    yield label(area.x, area.y + 34, words, area.width, colour="soft")


def _units(low: int, top: int, scale: float, bars: Area) -> Iterator[Mark]:
    """Yield the numbers of U, as many as can be read."""
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 1000) if one * scale >= SMALLEST + 1)
    for unit in range(low, top):
        if step == 1 or unit % step == 0 or top - low < step:
            y = bars.y + (top - unit - 0.5) * scale + 5
            yield Label(bars.x - 10, y, f"U{unit}", SMALLEST, colour="soft", anchor="end")


def _middles(front: Front, bars: Area, top: int, scale: float) -> list[float]:
    middles: list[float] = (bars.y + (top - front.unit - front.height / 2) * scale).tolist()
    return middles


def _contents(front: Front, number: int) -> list[Kind]:
    """Return the kinds of pieces in a box; parts for several networks are one kind where they look alike."""
    found: dict[tuple[str, str], int] = {}
    for thing, count in zip(front.things, front.counts[number].tolist(), strict=True):
        if count:
            found[thing.colour, thing.name] = found.get((thing.colour, thing.name), 0) + count
    where = front.tips[number]
    return [
        Kind(count, colour, f"{where}: {format_count(count)} {name}", f"part:{name}")
        for (colour, name), count in found.items()
    ]


def _bars(front: Front, bars: Area, top: int, scale: float) -> Iterator[Mark]:
    """Yield a bar for each box, and its pieces; those of equal trays are of one size."""
    abreast, turn = _abreast(front), dict.fromkeys(front.unit.tolist(), 0)
    places = []
    for number, (unit, height) in enumerate(zip(front.unit.tolist(), front.height.tolist(), strict=True)):
        wide = bars.width / int(abreast[number])
        x, y = bars.x + turn[unit] * wide, bars.y + (top - unit - height) * scale
        turn[unit] += 1
        places.append(Area(x, y, wide - 1.5, height * scale - 1.5))
    contents = [_contents(front, number) for number in range(len(places))]
    sizes = _fits(places, contents)
    for number, (bar, kinds) in enumerate(zip(places, contents, strict=True)):
        fill = _tray_colour(kinds) if front.picked[number] else "outside"
        tip = front.tips[number]
        yield Box(*bar, fill, "rule", 2, tip, f"box:{tip}")
        yield from _centred(kinds, sizes[number], bar)


def _fits(places: Sequence[Area], contents: Sequence[list[Kind]]) -> list[Fit]:
    """Return how large pieces are in each bar: all that hold the same colours, at one height, alike."""
    alike: dict[tuple[float, frozenset[str]], list[int]] = {}
    for number, (bar, kinds) in enumerate(zip(places, contents, strict=True)):
        alike.setdefault((bar.height, frozenset(one.colour for one in kinds)), []).append(number)
    found = [Fit(1, 1, 1)] * len(places)
    for (height, _), numbers in alike.items():
        width = min(places[number].width for number in numbers) - 2 * PAD
        fit = best_fit([contents[number] for number in numbers], width, height - 2 * PAD, LARGEST)
        for number in numbers:
            found[number] = fit
    return found


def _centred(contents: list[Kind], fit: Fit, bar: Area) -> Iterator[Mark]:
    inside = room_of(contents, fit)
    yield from pieces(contents, fit, bar.x + (bar.width - inside) / 2, bar.y + (bar.height - fit.tall) / 2)


def _tray_colour(contents: Sequence[Kind]) -> str:
    colours = {one.colour for one in contents}
    if {"gpu", "switch"} <= colours:
        return "mixed_tray"
    return "switch_tray" if "switch" in colours else "compute_tray"


def _abreast(front: Front) -> np.ndarray:
    """Return how many boxes stand at the U of each box."""
    _, index, count = np.unique(front.unit, return_inverse=True, return_counts=True)
    return np.asarray(count[index])


# What serves the whole rack


def _shared(front: Front) -> list[Kind]:
    found: dict[tuple[str, str], int] = {}
    for thing, count in zip(front.things, front.shared.tolist(), strict=True):
        if count:
            found[thing.colour, thing.name] = found.get((thing.colour, thing.name), 0) + count
    return [
        Kind(count, colour, f"{front.names[0]}: {format_count(count)} {name}, shared", f"part:{name}")
        for (colour, name), count in found.items()
    ]


def _gear(front: Front, area: Area, trays: Sequence[float]) -> Iterator[Mark]:
    """Yield the pieces that serve several trays, and curves from the trays to those of copper."""
    kinds = _shared(front)
    if not kinds:
        return
    lead = area.width * 0.34
    room = (area.width - lead) / len(kinds)
    wired = next((one for one in kinds if one.colour in CARTRIDGES), kinds[0])
    for number, kind in enumerate(kinds):
        spot = Area(area.x + lead + number * room, area.y, room - 10, area.height)
        if kind == wired:
            yield from _wires(front, kind, area.x + 4, spot, trays)
        yield from _cartridges(kind, spot) if kind.colour in CARTRIDGES else block(kind, spot, LARGEST)
        words = f"{format_count(kind.count)} {_short(kind)}"
        fits = width_of(words, SMALLEST, bold=True) <= room - 4
        words = words if fits else format_count(kind.count)
        yield label(spot.x, spot.y - 10, words, room - 4, bold=True)


def _short(kind: Kind) -> str:
    """Return what a person calls a kind of piece: the word that its name ends in, or what it is."""
    if kind.colour in ("els", "engine", "own_laser"):
        return "ELS" if kind.colour == "els" else "engines"
    return kind.key.rpartition(":")[2].rpartition("_")[2] + "s" * (kind.count > 1)


def _cartridges(kind: Kind, spot: Area) -> Iterator[Mark]:
    for x in _columns(kind, spot):
        wide = _column_width(kind, spot)
        yield Box(x, spot.y, wide, spot.height, kind.colour, round=4, tip=kind.tip, key=kind.key)


def _column_width(kind: Kind, spot: Area) -> float:
    return min(30.0, spot.width / kind.count * 0.7)


def _columns(kind: Kind, spot: Area) -> list[float]:
    step = spot.width / kind.count
    return [spot.x + number * step for number in range(kind.count)]


def _wires(front: Front, kind: Kind, start: float, spot: Area, trays: Sequence[float]) -> Iterator[Mark]:
    """Yield a curve from each tray that the pieces serve to each of them, or to their block."""
    served = _served(front, kind)
    ends = _columns(kind, spot) if kind.colour in CARTRIDGES else [spot.x]
    tall = spot.height if kind.colour in CARTRIDGES else best_fit([[kind]], *spot[2:], LARGEST).tall
    for turn, x in enumerate(ends):
        share = max(0.1, 0.9 - 0.16 * turn) if kind.colour in CARTRIDGES else 1
        for number, y in enumerate(trays):
            if served[number]:
                end = spot.y + tall * (0.5 + ((y - spot.y) / spot.height - 0.5) * share)
                bend = (x - start) / 2
                points = ((start, y), (start + bend, y), (start + bend, end), (x, end))
                yield Stroke(points, kind.colour, 1.1, curved=True, opacity=0.55)


def _served(front: Front, kind: Kind) -> list[bool]:
    """Return which boxes hold something that the pieces serve: GPUs and switches."""
    colours = {"engine", "own_laser"} if kind.colour == "els" else {"gpu", "switch"}
    columns = [number for number, thing in enumerate(front.things) if thing.colour in colours]
    if not front.counts[:, columns].any():
        columns = [number for number, thing in enumerate(front.things) if thing.colour in ("gpu", "switch")]
    served: list[bool] = (front.counts[:, columns].sum(axis=1) > 0).tolist()
    return served
