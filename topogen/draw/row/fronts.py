"""Racks from the front: a bar a tray, a bar for what serves all of them, switches by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, wrapped_to
from topogen.draw.sheet import BODY, Area, Box, Label, label
from topogen.draw.shown.squares import Fit, Kind, any_fit, filled
from topogen.draw.shown.words import listed
from topogen.graph.contract import device_names
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.boxes import Boxes
    from topogen.draw.shown.tips import Tips
    from topogen.model.fabric import Fabric

TOP, BOTTOM = BODY.y + 130, BODY.y + BODY.height - 146
WIDEST = 250
LINE = 19
FEW_RACKS = 4
"""Up to so many racks leave a wide gap between them for the lines."""
LARGEST = 14
"""Pixels of the largest pieces in a tray."""
READABLE = 2.4
"""Pixels of the smallest pieces that are drawn."""
MOST_NAMED = 10
"""Switches of a network rack that are drawn by name."""
GUTTER = 26
"""Pixels beside named switches for the links that run down to them."""


@dataclass(frozen=True)
class Slot:
    """Where a rack is drawn: its left edge and width, and the room for words below it."""

    x: float
    width: float
    room: float

    @property
    def middle(self) -> float:
        """Return the middle of the rack."""
        return self.x + self.width / 2


def slots_of(racks: Sequence[int]) -> dict[int, Slot]:
    """Return where each rack is drawn, side by side in the body."""
    room = BODY.width / len(racks)
    width = min(WIDEST, room * (0.86 if len(racks) > FEW_RACKS else 0.78))
    return {
        rack: Slot(BODY.x + room * (turn + 0.5) - width / 2, width, room) for turn, rack in enumerate(racks)
    }


def named_switches(fabric: Fabric, rack: int) -> tuple[int, ...]:
    """Return the switches of a network rack that are drawn by name, from the bottom up; none of many."""
    devices = np.flatnonzero(fabric.sites.rack == rack)
    units = fabric.sites.unit[devices]
    ordered = devices[np.lexsort((devices, units))]
    return tuple(ordered.tolist()) if len(ordered) <= MOST_NAMED else ()


def switch_heights(count: int) -> list[tuple[float, float]]:
    """Return top and height of so many named switches, from the bottom up."""
    step = min(46.0, (BOTTOM - TOP - 12) / count)
    return [(BOTTOM - 6 - step * (turn + 1), step - 5) for turn in range(count)]


def network_front(tips: Tips, rack: int, slot: Slot) -> Iterator[Mark]:
    """Yield the switches of a network rack, each with its name."""
    fabric = tips.fabric
    devices = named_switches(fabric, rack)
    names = device_names(fabric, np.array(sorted(devices), np.int64))
    by_number = dict(zip(sorted(devices), names, strict=True))
    for device, (y, height) in zip(devices, switch_heights(max(1, len(devices))), strict=False):
        wide = slot.width - 2 * GUTTER
        name = by_number[device].rpartition("/")[2]
        group = next(one for one in fabric.groups if one.first <= device < one.first + one.count)
        tip = tips.devices(group, 1, by_number[device])
        yield Box(slot.x + GUTTER, y, wide, height, "switch_tray", "switch", 2, *tip)
        yield label(slot.middle, y + height / 2 + 5, name, wide - 4, anchor="middle")


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
        if count > 0 and thing.colour in ("copper", "els", "engine", "own_laser")
    ]
    where = f"{tips.fabric.sites.racks[rack].name}, for several trays"
    bars = {
        thing.colour: tips.thing(thing.name, count, where, thing.network) for thing, count in shared
    }  # fmt: skip
    wide = slot.width - 12 - 16 * len(bars)
    fills = np.where(switch & compute, "mixed_tray", np.where(switch, "switch_tray", "compute_tray")).tolist()
    places = [Area(slot.x + 6, y, wide, height) for y, height in _places(boxes, here.tolist())]
    contents = [kinds_in(tips, boxes, one) for one in here.tolist()]
    fit = _fit(contents, places)
    for at, kinds, fill, area in zip(here.tolist(), contents, fills, places, strict=True):
        name = boxes.name(at)
        tip = f"{name}\n{listed({one.name: one.count for one in kinds})}".rstrip()
        yield Box(*area, fill, "cpu" if fill == "compute_tray" else "switch", 0, tip, name)
        if fit.size >= READABLE:
            yield from filled(kinds, fit, Area(area.x + 2, area.y + 1.5, wide - 4, area.height - 3))
    for turn, (colour, part) in enumerate(bars.items()):
        x = slot.x + slot.width - 6 - 16 * (turn + 1) + 4
        yield Box(x, TOP + 8, 12, BOTTOM - TOP - 16, colour, "", 2, *part)


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


def _places(boxes: Boxes, here: Sequence[int]) -> list[tuple[float, float]]:
    """Return top and height of each box of a rack; up is up."""
    room = BOTTOM - TOP - 16
    unit, height = boxes.unit[list(here)], boxes.height[list(here)]
    if len(here) and (unit >= 0).all() and len(set(unit.tolist())) == len(here):
        low, high = int(unit.min()), int((unit + np.maximum(height, 1)).max())
        step = min(room / (high - low), 24.0)
        return [
            (BOTTOM - 8 - step * (u - low + max(1, h)), max(1.0, step * max(1, h) - 1.5))
            for u, h in zip(unit.tolist(), height.tolist(), strict=True)
        ]
    step = min(room / max(1, len(here)), 24.0)
    return [(BOTTOM - 8 - step * (turn + 1), max(0.8, step - 1.5)) for turn in range(len(here))]


def _wrapped(text: str, room: float) -> list[str]:
    """Return a text broken into lines, with no unit left alone on the last."""
    lines = wrapped_to(text, SMALLEST, room)
    if len(lines) > 1 and lines[-1] == "m":
        head, _, tail = lines[-2].rpartition(" ")
        lines[-2:] = [head, f"{tail} m"]
    return lines


def words_below(slot: Slot, words: Sequence[tuple[str, str]]) -> Iterator[Label]:
    """Yield what a rack is called and holds and what leaves it, each text in its colour."""
    most = int((BODY.y + BODY.height - BOTTOM - 4) // LINE)
    lines = [
        (line, colour, not turn)
        for turn, (text, colour) in enumerate(words)
        for line in _wrapped(text, slot.room - 2)
    ]
    if len(lines) > most:
        lines[most - 1 :] = [("and more", "soft", False)]
    for turn, (line, colour, bold) in enumerate(lines):
        y = BOTTOM + 20 + LINE * turn
        yield label(slot.middle, y, line, slot.room - 2, bold=bold, colour=colour, anchor="middle")


def switch_places(fabric: Fabric, racks: Sequence[int]) -> dict[int, tuple[int, float]]:
    """Return the rack and the height of the middle of each switch that is drawn by name."""
    found = {}
    for rack in racks:
        devices = named_switches(fabric, rack)
        for device, (y, height) in zip(devices, switch_heights(max(1, len(devices))), strict=False):
            found[device] = (rack, y + height / 2)
    return found
