"""The shape of a Dragonfly+: groups on a circle, each joined to each, and the two tiers of one group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shape.dragonfly import group_key, groups_of, opened_beside
from topogen.draw.shape.marks import Drawn, fan, hosts_of, lines, nodes
from topogen.draw.shape.ring import CLEAR, caption
from topogen.draw.sheet import label
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.shape.marks import Places
    from topogen.draw.shape.wires import Shape
    from topogen.draw.sheet import Area, Mark
    from topogen.model.arrays import Ints
    from topogen.wiring.dragonfly_plus import DragonflyPlus

HOSTS_BELOW = 104
"""Pixels that the hosts of a leaf take at most, and the words below them."""
FAR = 5000
"""A point so far above the leaves that their hosts hang straight down."""


def draw_dragonfly_plus(shape: Shape, area: Area, spec: DragonflyPlus) -> Drawn:
    """Draw a Dragonfly+, all of its groups where they are few, and one of them opened."""
    groups, leaves, spines = spec.groups, spec.leaves_per_group, spec.spines_per_group
    unit = _groups(shape, spec)
    shown, part, halves = opened_beside(area, groups, int(max(0, unit[shape.focus])))
    title = f"{format_count(groups)} groups of {leaves} leaves and {spines} spines, each group joined to each"
    diameter = shape.fabric.made[shape.name].diameter
    figures = (
        (format_count(groups * leaves), f"leaves{shape.a_plane}: {format_count(groups)} groups x {leaves}"),
        (format_count(groups * spines), f"spines{shape.a_plane}: {format_count(groups)} groups x {spines}"),
    )
    marks = (*groups_of(shape, halves[0], groups, unit, shown), *_opened(shape, halves[1], spec, shown[0]))
    title += f": {diameter} links at most between hosts" if diameter else ""
    return Drawn(marks, title, part, figures, (group_key(f"{leaves} leaves and {spines} spines", groups),))


def _groups(shape: Shape, spec: DragonflyPlus) -> Ints:
    """Return the group of each device, shape (devices,), -1 for what is no switch of the plane."""
    unit = np.full(shape.fabric.n_devices, -1, np.int64)
    for role, each in (("leaf", spec.leaves_per_group), ("spine", spec.spines_per_group)):
        switches = shape.routers(role)
        unit[switches.start : switches.stop] = np.arange(len(switches)) // each
    return unit


def _opened(shape: Shape, area: Area, spec: DragonflyPlus, group: int) -> Iterator[Mark]:
    """Yield spines above leaves, every one to every one, and the hosts of the leaves below them."""
    leaves, spines = (
        range(first := shape.routers(role).start + group * each, first + each)
        for role, each in (("leaf", spec.leaves_per_group), ("spine", spec.spines_per_group))
    )
    hosts = hosts_of(shape, leaves)
    count = sum(map(len, hosts.values()))
    words = f"every leaf to every spine, {count_words(count, 'host')} below"
    yield from caption(area, words, f"Group {group}")
    top, below = area.y + 70, area.y + area.height - HOSTS_BELOW
    at: Places = {}
    for devices, y in ((spines, top), (leaves, below)):
        step = area.width / len(devices)
        at |= {device: (area.x + step * (turn + 0.5), y) for turn, device in enumerate(devices)}
    yield from lines(shape, shape.parts("local"), at, width=1.4)
    room = min(60.0, area.width / len(leaves) * 0.8)
    places, wide = fan(
        hosts, {one: at[one] for one in leaves}, (area.x + area.width / 2, below - FAR), room, CLEAR
    )
    some = {one: at[one] for one in leaves}
    yield from lines(shape, shape.parts("hosts"), some | places, width=1.2)
    yield from nodes(shape, places, wide)
    yield from nodes(shape, at, min(20.0, area.width / max(len(leaves), len(spines)) * 0.6))
    each = shape.links_each(shape.routers("spine"), "global")
    out = f"each spine has {each} link{'s' if each != '1' else ''} to other groups"
    yield label(area.x + area.width / 2, top - 26, out, area.width, anchor="middle", colour="soft")
