"""Racks from the front: a bar a tray, a bar for what serves all of them, switches by name."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, Area, Box, label
from topogen.draw.shown.squares import Fit, Kind, any_fit, filled, held_key
from topogen.draw.shown.words import listed, number_in
from topogen.graph.contract import device_names
from topogen.model.fabric import group_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.row.ways import Ways
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.boxes import Boxes
    from topogen.draw.shown.tips import Tip, Tips
    from topogen.model.fabric import Fabric

TOP, BOTTOM = BODY.y + 130, BODY.y + BODY.height - 114
WIDEST = 250
LINE = 19
FEW_RACKS = 4
"""Up to so many racks leave a wide gap between them for the lines."""
LARGEST = 26
"""Pixels of the largest pieces in a tray."""
SERVING = ("copper", "els", "engine", "own_laser", "module")
"""What is a bar beside the trays of a rack, from the right; in grey copper and engines look alike."""
READABLE = 2.4
"""Pixels of the smallest pieces that are drawn."""
WHOLE_TRAY = {"compute_tray": "gpu", "switch_tray": "switch", "mixed_tray": "mixed_tray"}
"""The colour of a tray whose pieces are not drawn."""
MOST_NAMED = 10
"""Switches of a network rack that are drawn by name."""
TALLEST = 90
"""Pixels of a U at most, where few are in use."""
TALLEST_TRAY = 24
"""The same of a tray at no known U."""
SWATCH = 12
"""Pixels of the square that says the colour of a text below a rack."""
BETWEEN_ROWS = 0.4
"""The gap between two rows, as a share of the room of a rack."""
GUTTER, WIDE_GUTTER = 26, 42
"""Pixels beside named switches for the links that run down to them, at least and at most."""
BUS = 14
"""Pixels of the bar between switches of two tiers that are joined in their rack."""


@dataclass(frozen=True)
class Slot:
    """Where a rack is drawn: its left edge, width and lower edge, and how wide words below it may be."""

    x: float
    width: float
    room: float
    bottom: float

    @property
    def middle(self) -> float:
        """Return the middle of the rack."""
        return self.x + self.width / 2


def slots_of(racks: Sequence[int], rows: Sequence[int], below: float) -> dict[int, Slot]:
    """Return where each rack is drawn, side by side in the body, with a gap between those of two rows.

    ``below`` pixels of the body are left for the legend.
    """
    gaps = list(accumulate((row != before for before, row in pairwise(rows)), initial=0))
    room = BODY.width / (len(racks) + BETWEEN_ROWS * gaps[-1])
    width = min(WIDEST, room * (0.86 if len(racks) > FEW_RACKS else 0.78))
    middles = [room * (turn + 0.5 + BETWEEN_ROWS * gap) for turn, gap in enumerate(gaps)]
    return {
        rack: Slot(BODY.x + middle - width / 2, width, room, BOTTOM - below)
        for rack, middle in zip(racks, middles, strict=True)
    }


def named_switches(fabric: Fabric, rack: int) -> tuple[int, ...]:
    """Return the switches of a network rack that are drawn by name, from the bottom up; none of many."""
    devices = np.flatnonzero(fabric.sites.rack == rack)
    units = fabric.sites.unit[devices]
    ordered = devices[np.lexsort((devices, units))]
    return tuple(ordered.tolist()) if len(ordered) <= MOST_NAMED else ()


def switch_heights(count: int, bottom: float) -> list[tuple[float, float]]:
    """Return top and height of so many named switches, from the bottom of their rack up."""
    step = min(46.0, (bottom - TOP - 12) / count)
    return [(bottom - 6 - step * (turn + 1), step - 10) for turn in range(count)]


def gutter_of(slot: Slot) -> float:
    """Return how wide the gutters of a network rack are."""
    return max(GUTTER, min(WIDE_GUTTER, 0.27 * slot.width))


def network_front(tips: Tips, rack: int, slot: Slot, ways: Ways) -> Iterator[Mark]:
    """Yield the switches of a network rack, each with its name, and the links between those of two tiers."""
    fabric = tips.fabric
    devices = named_switches(fabric, rack)
    names = device_names(fabric, np.array(sorted(devices), np.int64))
    by_number = dict(zip(sorted(devices), names, strict=True))
    places = switch_heights(max(1, len(devices)), slot.bottom)
    for family in [family for here, family, _ in ways.inside if here == rack and devices][:1]:
        for (device, (y, _)), (other, (top, height)) in pairwise(zip(devices, places, strict=False)):
            if group_of(fabric, device) != group_of(fabric, other):
                yield Box(slot.middle - BUS / 2, top + height - 1, BUS, y - top - height + 2, family)
    for device, (y, height) in zip(devices, places, strict=False):
        wide = slot.width - 2 * gutter_of(slot)
        name = _fitting(by_number[device].rpartition("/")[2], wide - 4)
        group = group_of(fabric, device)
        tip = tips.devices(group, 1, by_number[device])
        yield Box(slot.x + gutter_of(slot), y, wide, height, "switch_tray", "switch", 2, *tip)
        yield label(slot.middle, y + height / 2 + 5, name, wide - 4, anchor="middle")


def _fitting(name: str, room: float) -> str:
    """Return the name of a switch, or its number where there is no room for more."""
    return name if width_of(name, SMALLEST) <= room else number_in(name)


def tray_front(tips: Tips, boxes: Boxes, rack: int, slot: Slot) -> Iterator[Mark]:
    """Yield the trays of a rack as bars, to scale in U where all have one, and what serves all of them."""
    here = np.flatnonzero(boxes.rack == rack)
    switch, compute = (
        boxes.counts[here][:, [one.colour in colours for one in boxes.things]].sum(axis=1) > 0
        for colours in (("switch",), ("gpu", "cpu", "nic"))
    )
    shared = [
        (thing, int(count))
        for thing, count in zip(boxes.things, boxes.shared[rack].tolist(), strict=True)
        if count > 0 and thing.colour in SERVING
    ]
    where = f"{tips.fabric.sites.racks[rack].name}, for several trays"
    bars = {
        thing.colour: tips.thing(thing.name, count, where, thing.network) for thing, count in shared
    }  # fmt: skip
    bars = _in_order(bars)
    places = _tray_places(boxes, here.tolist(), slot, len(bars))
    contents = [kinds_in(tips, boxes, one) for one in here.tolist()]
    shown, fit = contents, _fit(contents, places)
    if fit.size < READABLE:
        bars = _in_order(bars | _light_bars(tips, contents, where))
        places = _tray_places(boxes, here.tolist(), slot, len(bars))
        shown = [[kind for kind in kinds if kind.colour not in bars] for kinds in contents]
        fit = _fit(shown, places)
    fills = np.where(switch & compute, "mixed_tray", np.where(switch, "switch_tray", "compute_tray")).tolist()
    readable = fit.size >= READABLE
    for at, kinds, drawn, fill, area in zip(here.tolist(), contents, shown, fills, places, strict=True):
        name = boxes.name(at)
        tip = f"{name}\n{listed({one.name: one.count for one in kinds})}".rstrip()
        line = "cpu" if fill == "compute_tray" else "switch"
        shown_fill, shown_line = (fill, line) if readable else (WHOLE_TRAY[fill], "")
        yield Box(*area, shown_fill, shown_line, 0, tip, held_key(name, kinds))
        if readable:
            yield from filled(drawn, fit, Area(area.x + 2, area.y + 1.5, area.width - 4, area.height - 3))
    for turn, (colour, part) in enumerate(bars.items()):
        x = slot.x + slot.width - 6 - 16 * (turn + 1) + 4
        yield Box(x, TOP + 8, 12, slot.bottom - TOP - 16, colour, "", 2, *part)


def _in_order(bars: Mapping[str, Tip]) -> dict[str, Tip]:
    return {colour: bars[colour] for colour in SERVING if colour in bars}


def _tray_places(boxes: Boxes, here: Sequence[int], slot: Slot, bars: int) -> list[Area]:
    wide = slot.width - 12 - 16 * bars
    return [Area(slot.x + 6, y, wide, height) for y, height in _places(boxes, here, slot.bottom)]


def _light_bars(tips: Tips, contents: Sequence[list[Kind]], where: str) -> dict[str, Tip]:
    """Return what a rack has in its trays for light, as bars: the squares would be too small."""
    total: dict[tuple[str, str], int] = {}
    for one in (kind for kinds in contents for kind in kinds if kind.colour in SERVING):
        total[one.colour, one.name] = total.get((one.colour, one.name), 0) + one.count
    return {colour: tips.thing(name, count, where, "") for (colour, name), count in total.items()}


def kinds_in(tips: Tips, boxes: Boxes, box: int) -> list[Kind]:
    """Return what is in a box as kinds of pieces, a part that serves several networks as one kind."""
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for thing, count in zip(boxes.things, boxes.counts[box].tolist(), strict=True):
        if count and boxes.picked[box]:
            before, _ = found.get((thing.colour, thing.name), (0, ""))
            found[thing.colour, thing.name] = before + count, thing.network
    return [
        Kind(count, colour, *tips.thing(name, count, boxes.name(box), network), name)
        for (colour, name), (count, network) in found.items()
    ]


def _fit(contents: Sequence[list[Kind]], places: Sequence[Area]) -> Fit:
    """Return how large pieces are in all trays of a rack."""
    if not places:
        return Fit(1, 0, 0)
    width, height = places[0].width - 4, min(one.height for one in places) - 3
    distinct = list({tuple((one.count, one.colour) for one in kinds): kinds for kinds in contents}.values())
    return any_fit(distinct, width, height, LARGEST) if min(width, height) > 0 else Fit(1, 0, 0)


def _places(boxes: Boxes, here: Sequence[int], bottom: float) -> list[tuple[float, float]]:
    """Return top and height of each box of a rack; up is up."""
    room = bottom - TOP - 16
    unit, height = boxes.unit[list(here)], boxes.height[list(here)]
    if len(here) and (unit >= 0).all() and len(set(unit.tolist())) == len(here):
        low, high = int(unit.min()), int((unit + np.maximum(height, 1)).max())
        step = min(room / (high - low), TALLEST)
        return [
            (bottom - 8 - step * (u - low + max(1, h)), max(1.0, step * max(1, h) - 1.5))
            for u, h in zip(unit.tolist(), height.tolist(), strict=True)
        ]
    step = min(room / max(1, len(here)), TALLEST_TRAY)
    rank = np.argsort(np.argsort(unit, kind="stable")).tolist()  # several trays may share a U
    return [(bottom - 8 - step * (turn + 1), max(0.8, step - 1.5)) for turn in rank]


@dataclass(frozen=True)
class Caption:
    """A line below a rack: the first of its texts that fits; a square before it has its ``colour``."""

    texts: tuple[str, ...]
    colour: str = ""


def words_below(slot: Slot, words: Sequence[Caption]) -> Iterator[Mark]:
    """Yield what a rack is called and holds, what leaves it and what stays."""
    most = int((BODY.y + BODY.height - BOTTOM - 4) // LINE)
    shown = list(words) if len(words) <= most else [*words[: most - 1], Caption(("and more",))]
    for turn, one in enumerate(shown):
        beside = SWATCH + 5 if one.colour else 0
        room, y, bold = slot.room - 2 - beside, slot.bottom + 20 + LINE * turn, not turn
        fits = [text for text in one.texts if width_of(text, SMALLEST, bold=bold) <= room]
        chosen = (fits or one.texts[-1:])[0]
        text = label(slot.middle + beside / 2, y, chosen, room, bold=bold, anchor="middle")
        if one.colour:
            yield Box(text.left - beside, y - SWATCH + 1, SWATCH, SWATCH, one.colour)
        yield text


def switch_places(
    fabric: Fabric, racks: Sequence[int], slots: Mapping[int, Slot]
) -> dict[int, tuple[int, float]]:
    """Return the rack and the height of the middle of each switch that is drawn by name."""
    found = {}
    for rack in racks:
        devices = named_switches(fabric, rack)
        heights = switch_heights(max(1, len(devices)), slots[rack].bottom)
        for device, (y, height) in zip(devices, heights, strict=False):
            found[device] = (rack, y + height / 2)
    return found
