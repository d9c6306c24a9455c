"""One place as marks: a frame with its boxes, switches above what computes, between them the links inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import Area, Box, label
from topogen.draw.shown.boxes import drawn_names
from topogen.draw.shown.squares import Fit, Kind, best_fit, block, pieces
from topogen.palette import family_of
from topogen.units import format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.engines.places import Place
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.boxes import Boxes
    from topogen.model.fabric import Fabric

HEAD, PAD, BAND, GAP = 28, 8, 26, 5
STRIP = (46, 170)
"""How high the strip of shared pieces is, at least and at most."""

EACH = 120.0
LARGEST, LARGEST_SHARED = 44, 22
"""Pixels of the largest pieces."""


def frame_marks(fabric: Fabric, boxes: Boxes, place: Place, area: Area) -> Iterator[Mark]:
    """Yield a place: its name, switches, bands of the links inside, what computes, what is shared."""
    yield Box(*area, line="soft", round=8, thick=2, tip=", ".join(place.names))
    wide = area.width - 2 * PAD
    many = f" ({format_count(len(place.names))} equal)" if len(place.names) > 1 else ""
    words = drawn_names(place.names, int(wide / 10) - len(many)) + many
    yield label(area.x + PAD, area.y + 20, words, wide, bold=True)
    y, bottom = area.y + HEAD, area.y + area.height - PAD
    shared = kinds_of(boxes, place.shared, place.names[0])
    if shared:
        high = min(STRIP[1], max(STRIP[0], 24 + 0.28 * sum(one.count for one in shared)))
        bottom -= high
        yield from shared_strip(shared, Area(area.x + PAD, bottom + 4, wide, high - 4))
    bands = list(_bands(fabric, place, wide - 8))
    upper, lower = _halves(boxes, place)
    free = bottom - y - len(bands) * BAND - (GAP if lower else 0)
    share = free * _share(boxes, upper, lower)
    tops = ((upper, share), (lower, free - share))
    for number, (members, high) in enumerate(tops):
        if members:
            yield from _tiles(boxes, members, Area(area.x + PAD, y, wide, high - GAP))
            y += high
        if not number:
            for colour, words in bands:
                yield Box(area.x + PAD, y, wide, BAND - GAP, colour, round=3, key="band")
                ink = "ink" if colour in ("engine", "own_laser", "cable", "no_medium") else "paper"
                middle = area.x + area.width / 2
                yield label(middle, y + 16, words, wide - 8, colour=ink, anchor="middle")
                y += BAND


def _bands(fabric: Fabric, place: Place, room: float) -> Iterator[tuple[str, str]]:
    for one in place.bundles:
        link = fabric.links[one.link]
        if one.inside and link.within != "board":
            medium = link.media[0] if link.media else "no medium"
            colour = family_of(fabric.catalog.media[medium] if link.media else None)
            links = f"{format_count(one.inside)} x {format_rate(link.rate)}"
            words = f"{links} {medium.replace('_', ' ')}"
            fits = width_of(words, SMALLEST) <= room
            yield colour, words if fits else f"{links} {medium.rpartition('_')[2]}"


def kinds_of(boxes: Boxes, counts: np.ndarray, where: str) -> list[Kind]:
    """Return counts by thing as kinds of pieces."""
    return [
        Kind(
            count,
            thing.colour,
            f"{where}: {format_count(count)} {thing.name}",
            f"part:{thing.name}:{thing.network}",
        )
        for thing, count in zip(boxes.things, counts.tolist(), strict=True)
        if count
    ]


def _halves(boxes: Boxes, place: Place) -> tuple[list[int], list[int]]:
    """Return the boxes with switches and without GPUs, and the others."""
    switch = [number for number, thing in enumerate(boxes.things) if thing.colour == "switch"]
    gpu = [number for number, thing in enumerate(boxes.things) if thing.colour == "gpu"]
    above = (boxes.counts[place.boxes][:, switch].sum(axis=1) > 0) & (
        boxes.counts[place.boxes][:, gpu].sum(axis=1) == 0
    )
    return place.boxes[above].tolist(), place.boxes[~above].tolist()


def _share(boxes: Boxes, upper: Sequence[int], lower: Sequence[int]) -> float:
    """Return how much of the height the upper boxes get, by their pieces."""
    weights = [int(boxes.counts[list(some)].sum()) + 2 * len(some) for some in (upper, lower)]
    if not weights[0] or not weights[1]:
        return 1.0 if weights[0] else 0.0
    return min(0.75, max(0.3, weights[0] / sum(weights)))


def _tiles(boxes: Boxes, members: Sequence[int], area: Area) -> Iterator[Mark]:
    """Yield boxes in rows, in as many columns as makes their pieces largest."""
    contents = [
        kinds_of(boxes, np.where(boxes.picked[one], boxes.counts[one], 0), boxes.name(one)) for one in members
    ]
    columns, fit = _best_columns(contents, area)
    rows = -(-len(members) // columns)
    wide = (area.width + GAP) / columns - GAP
    high = (area.height + GAP) / rows - GAP
    for number, (box, kinds) in enumerate(zip(members, contents, strict=True)):
        x = area.x + number % columns * (wide + GAP)
        y = area.y + number // columns * (high + GAP)
        colours = {one.colour for one in kinds}
        fill = "switch_tray" if "switch" in colours else "compute_tray"
        yield Box(x, y, wide, high, fill if kinds else "outside", "rule", 2, boxes.name(box), "box")
        yield from pieces(kinds, fit, x + 3, y + max(3, (high - fit.tall) / 2))


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
        fit = best_fit(distinct, wide, high, LARGEST)
        if min(fit.unit, fit.height) > min(found.unit, found.height):
            best, found = columns, fit
    return best, found


def shared_strip(kinds: Sequence[Kind], area: Area) -> Iterator[Mark]:
    """Yield pieces that serve several boxes, each kind with its count, side by side by their number."""
    total = sum(one.count for one in kinds)
    networks = {one.key.rpartition(":")[2] for one in kinds}
    each = min(EACH, area.width / len(kinds))
    x = area.x
    for one in kinds:
        room = (area.width - each * len(kinds)) * one.count / total + each
        network = one.key.rpartition(":")[2].replace("_", "-")
        words = f"{format_count(one.count)} {_called(one)}" + (f", {network}" if len(networks) > 1 else "")
        yield label(x, area.y + 12, words, room - 4, bold=True)
        yield from block(one, Area(x, area.y + 18, room - 12, area.height - 18), LARGEST_SHARED)
        x += room


def _called(kind: Kind) -> str:
    if kind.colour in ("els", "engine", "own_laser"):
        return "ELS" if kind.colour == "els" else "engines"
    return kind.key.split(":")[1].rpartition("_")[2] + "s" * (kind.count > 1)
