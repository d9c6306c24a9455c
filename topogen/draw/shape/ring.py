"""Devices on a ring with a chord for every link: a full mesh, peers, a group of a dragonfly."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shape.marks import (
    MOST_HOSTS,
    Drawn,
    a_line,
    around,
    centre,
    fan,
    group_of,
    hosts_of,
    lines,
    nodes,
)
from topogen.draw.sheet import Stroke, label
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.shape.wires import Shape, Wires
    from topogen.draw.sheet import Area, Mark

MOST_ON_RING = 400


def ring_of(shape: Shape, devices: Sequence[int], wires: Sequence[Wires], area: Area) -> tuple[Mark, ...]:
    """Return devices on an ellipse that fills an area, chords for their links, and their hosts outside."""
    hosts = hosts_of(shape, devices)
    most = max((len(one) for one in hosts.values()), default=0)
    shown = 0 < sum(map(len, hosts.values())) <= MOST_HOSTS
    wide, rows = (1, most) if most <= 2 else (2, -(-most // 2)) if most <= 16 else (4, -(-most // 4))  # noqa: PLR2004
    deep = 20 + 6.6 * rows if shown else 8
    middle, radii = centre(area), (area.width / 2 - deep - 12, area.height / 2 - deep - 8)
    at = dict(zip(devices, around(len(devices), middle, radii), strict=True))
    pitch = pi * (radii[0] + radii[1]) / len(devices)
    drawn: list[Mark] = list(lines(shape, wires, at, opacity=0.8 if len(devices) <= 40 else 0.4))  # noqa: PLR2004
    if shown:
        places, size = fan(hosts, at, middle, min(0.8 * pitch, 6.6 * wide))
        drawn += [*lines(shape, shape.parts("hosts"), at | places, width=0.8), *nodes(shape, places, size)]
    return (*drawn, *nodes(shape, at, max(3.0, min(18.0, 0.7 * pitch))))


def draw_ring(shape: Shape, area: Area) -> Drawn:
    """Draw devices joined among themselves, those of one scope where there are several."""
    wires = list(shape.inner())
    every = np.unique(np.concatenate([side for one in wires for side in (one.a, one.b)]))
    devices = _component(wires, shape.focus if shape.focus in every else int(every[0]))
    shown, count = devices[:MOST_ON_RING], len(devices)
    marks = ring_of(shape, shown, wires, area)
    sets = len(every) // count if len(every) % count == 0 else 0
    each = f"{counted(shape, devices[0], count)}, {SAYS[shape.pattern]}"
    title = f"{format_count(sets)} sets of {each}" if sets > 1 else each
    part = f"1 of {format_count(sets)} sets shown" if sets > 1 else ""
    if len(shown) < count or not sets:
        part = f"{format_count(len(shown))} of {format_count(len(every))} devices shown"
    links = sum(len(one.a) for one in wires)
    keys = {one.link.name for one in wires}
    drawn = [one for one in marks if isinstance(one, Stroke) and one.key in keys]
    figures = ((format_count(links), f"links among {format_count(len(every))} devices; {a_line(drawn)}"),)
    return Drawn(marks, title, part, figures)


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
    return count_words(count, {"gpu": "GPU", "nic": "NIC"}.get(kind.role, kind.name))


def _component(wires: Sequence[Wires], start: int) -> list[int]:
    """Return the devices that a device reaches over some links, ascending."""
    a = np.concatenate([one.a for one in wires])
    b = np.concatenate([one.b for one in wires])
    known = np.zeros(int(max(a.max(), b.max())) + 1, bool)
    known[start] = True
    count = 0
    while count != (count := int(known.sum())):
        known[b[known[a]]] = True
        known[a[known[b]]] = True
    return [int(one) for one in np.flatnonzero(known)]


def caption(area: Area, text: str, bold: str = "") -> tuple[Mark, ...]:
    """Return a heading above an area."""
    x, y = area.x + area.width / 2, area.y
    words: tuple[Mark, ...] = (
        (label(x, y - 22, bold, area.width, 18, bold=True, anchor="middle"),) if bold else ()
    )
    return (*words, label(x, y - 3, text, area.width, colour="soft", anchor="middle"))
