"""Devices on a ring with a chord for every link: a full mesh, peers, a group of a dragonfly."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shape.marks import MOST_HOSTS, Drawn, a_line, around, centre, fan, hosts_of, lines, nodes
from topogen.draw.sheet import Stroke, label
from topogen.graph.contract import lowest_joined
from topogen.model.fabric import device_name, group_of
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.shape.wires import Shape, Wires
    from topogen.draw.sheet import Area, Mark

MOST_ON_RING = 400
MOST_NAMED, MOST_PANELS = 12, 6
"""Sets of so few devices are drawn side by side, so many of them, with names."""
CLEAR = 32
"""Pixels from the middle of a switch to its first hosts, so that the lines to them are seen."""
PANEL_HEAD, NAME_ROOM = 26, 86


def ring_of(shape: Shape, devices: Sequence[int], wires: Sequence[Wires], area: Area) -> tuple[Mark, ...]:
    """Return devices on an ellipse that fills an area, chords for their links, and their hosts outside."""
    hosts = hosts_of(shape, devices)
    most = max((len(one) for one in hosts.values()), default=0)
    shown = 0 < sum(map(len, hosts.values())) <= MOST_HOSTS
    wide, rows = (1, most) if most <= 2 else (2, -(-most // 2)) if most <= 16 else (4, -(-most // 4))  # noqa: PLR2004
    deep = CLEAR + 6 + 6.6 * rows if shown else 8
    middle, radii = centre(area), (area.width / 2 - deep - 12, area.height / 2 - deep - 8)
    at = dict(zip(devices, around(len(devices), middle, radii), strict=True))
    pitch = pi * (radii[0] + radii[1]) / len(devices)
    drawn: list[Mark] = list(lines(shape, wires, at, opacity=0.8 if len(devices) <= 40 else 0.4))  # noqa: PLR2004
    if shown:
        places, size = fan(hosts, at, middle, min(0.8 * pitch, 6.6 * wide), CLEAR)
        drawn += [*lines(shape, shape.parts("hosts"), at | places, width=1.2), *nodes(shape, places, size)]
    return (*drawn, *nodes(shape, at, max(3.0, min(18.0, 0.7 * pitch))))


def draw_ring(shape: Shape, area: Area) -> Drawn:
    """Draw devices joined among themselves; of several equal sets, as many side by side as can be read."""
    wires = list(shape.inner())
    sets = _sets(wires, shape.focus)
    devices, every = sets[0], sum(map(len, sets))
    count, shown = len(devices), devices[:MOST_ON_RING]
    several = len(sets) > 1 and {len(one) for one in sets} == {count}
    if several and count <= MOST_NAMED and not any(shape.parts("hosts")):
        opened = sets[:MOST_PANELS]
        marks = _panels(shape, opened, wires, area)
    else:
        opened = sets[:1]
        marks = ring_of(shape, shown, wires, area)
    each = f"{counted(shape, devices[0], count)}, {SAYS[shape.pattern]}"
    title = f"{format_count(len(sets))} sets of {each}" if several else each
    part = f"{len(opened)} of {format_count(len(sets))} sets shown" if len(opened) < len(sets) else ""
    if len(shown) < count or (len(sets) > 1 and not several):
        part = f"{format_count(len(shown))} of {format_count(every)} devices shown"
    links = sum(len(one.a) for one in wires)
    names = {one.link.name for one in wires}
    drawn = [one for one in marks if isinstance(one, Stroke) and one.key in names]
    figures = (
        (format_count(links), f"links{shape.a_plane} among {format_count(every)} devices; {a_line(drawn)}"),
    )
    return Drawn(marks, title, part, figures)


def _panels(
    shape: Shape, sets: Sequence[Sequence[int]], wires: Sequence[Wires], area: Area
) -> tuple[Mark, ...]:
    """Return sets side by side: above each what its devices have in common, beside each the rest."""
    columns = min(len(sets), 3)
    wide, high = area.width / columns, area.height / -(-len(sets) // columns)
    marks: list[Mark] = []
    for number, devices in enumerate(sets):
        x, y = area.x + wide * (number % columns), area.y + high * (number // columns)
        common, own = _parts([device_name(shape.fabric, one) for one in devices])
        middle = (x + wide / 2, y + PANEL_HEAD + (high - PANEL_HEAD) / 2)
        radius = min(wide / 2 - NAME_ROOM, (high - PANEL_HEAD) / 2 - 30)
        at = dict(zip(devices, around(len(devices), middle, (radius, radius)), strict=True))
        marks += lines(shape, wires, at, width=1.8)
        marks += nodes(shape, at, 20.0)
        marks.append(label(x + wide / 2, y + 16, common, wide - 8, bold=True, anchor="middle"))
        marks += (_beside(at[one], middle, text) for one, text in zip(devices, own, strict=True))
    return tuple(marks)


def _beside(place: tuple[float, float], middle: tuple[float, float], text: str) -> Mark:
    """Return a name outside its device: above, below, at the left or at the right of it."""
    x, y = place
    across = x - middle[0]
    if abs(across) < 1:
        return label(x, y + (24 + 4 if y > middle[1] else -16), text, NAME_ROOM, anchor="middle")
    side = 1 if across > 0 else -1
    return label(x + 14 * side, y + 5, text, NAME_ROOM - 16, anchor="start" if across > 0 else "end")


def _parts(names: Sequence[str]) -> tuple[str, list[str]]:
    """Return what names have in common, and what is left of each.

    >>> _parts(["r1/tray0/chip", "r2/tray0/chip"])
    ('tray0/chip', ['r1', 'r2'])
    """
    steps = [name.split("/") for name in names]
    if len({len(one) for one in steps}) > 1:
        return "", list(names)
    same = [len(set(column)) == 1 for column in zip(*steps, strict=True)]
    own = ["/".join(step for step, one in zip(some, same, strict=True) if not one) for some in steps]
    return "/".join(step for step, one in zip(steps[0], same, strict=True) if one), own


SAYS = {
    "full_mesh": "each joined to each",
    "ring": "each joined to the next",
    "peers": "each joined to its peers elsewhere",
    "hyperx": "each joined to each",
    "torus": "each joined to the next",
    "jellyfish": "joined as a random regular graph",
    "polar_fly": "joined as a polarity graph: any two at most two links apart",
    "de_bruijn": "joined as a de Bruijn graph",
    "nd_full_mesh": "each joined to each",
}


def counted(shape: Shape, device: int, count: int) -> str:
    """Return how many devices of a kind there are, in words."""
    kind = group_of(shape.fabric, device).type
    if kind.role == "switch":
        return f"{format_count(count)} switches" if count > 1 else "1 switch"
    return count_words(count, {"gpu": gpu_word(kind.name), "nic": "NIC"}.get(kind.role, kind.name))


def gpu_word(name: str) -> str:
    """Return what devices that compute are called: by their own short name, else GPU.

    >>> gpu_word("npu"), gpu_word("gpu"), gpu_word("h100")
    ('NPU', 'GPU', 'GPU')
    """
    return name.upper() if len(name) == len("GPU") and name.isalpha() else "GPU"


def _sets(wires: Sequence[Wires], focus: int) -> list[list[int]]:
    """Return the devices that reach each other over some links, the set of a device first."""
    a = np.concatenate([one.a for one in wires]).astype(np.int64)
    b = np.concatenate([one.b for one in wires]).astype(np.int64)
    every = np.unique(np.concatenate([a, b]))
    lowest = lowest_joined(int(every.max()) + 1, a, b)[every]
    order = np.argsort(lowest, kind="stable")
    found = np.split(every[order], np.flatnonzero(np.diff(lowest[order])) + 1)
    return sorted((one.tolist() for one in found), key=lambda one: (focus not in one, one[0]))


def caption(area: Area, text: str, bold: str = "") -> tuple[Mark, ...]:
    """Return a heading above an area."""
    x, y = area.x + area.width / 2, area.y
    words: tuple[Mark, ...] = (
        (label(x, y - 22, bold, area.width, 18, bold=True, anchor="middle"),) if bold else ()
    )
    return (*words, label(x, y - 3, text, area.width, colour="soft", anchor="middle"))
