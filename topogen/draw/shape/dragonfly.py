"""The shape of a dragonfly: groups on a circle, each joined to each, and one group opened beside them."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shape.marks import Drawn, a_line, around, bundles, centre, fan, hosts_of, lines, nodes
from topogen.draw.shape.ring import caption, ring_of
from topogen.draw.sheet import Area, Disc, Key, Stroke, label
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.shape.marks import Places
    from topogen.draw.shape.wires import Shape
    from topogen.draw.sheet import Mark
    from topogen.model.arrays import Ints
    from topogen.wiring.dragonfly import Dragonfly

MOST_ROUTERS = 96
"""Up to so many routers each is drawn with its hosts, above the groups and one of them opened."""
MOST_GROUPS, SOME_GROUPS = 36, 16


def draw_dragonfly(shape: Shape, area: Area, spec: Dragonfly) -> Drawn:
    """Draw a dragonfly, whole where it is small."""
    groups, routers = spec.groups, spec.routers_per_group
    diameter = shape.fabric.made[shape.name].diameter
    title = f"{format_count(groups)} groups of {routers} routers, each group joined to each"
    title += f": {diameter} links at most between hosts" if diameter else ""
    figures = (
        (
            format_count(groups * routers),
            f"routers{shape.a_plane}: {format_count(groups)} groups x {routers}",
        ),
        (format_count(groups * routers * spec.hosts_per_router), f"ports for hosts{shape.a_plane}"),
        *_links_each(shape),
    )
    if groups * routers <= MOST_ROUTERS:
        return Drawn(tuple(_whole(shape, area, spec)), title, "", figures)
    first = (shape.focus - shape.routers().start) // routers if _is_router(shape) else 0
    shown, part, halves = opened_beside(area, groups, first)
    unit = np.full(shape.fabric.n_devices, -1, np.int64)
    unit[shape.routers().start : shape.routers().stop] = np.arange(groups * routers) // routers
    marks = (*groups_of(shape, halves[0], groups, unit, shown), *_opened(shape, halves[1], spec, shown[0]))
    return Drawn(marks, title, part, figures, (group_key(f"{routers} routers", groups),))


def opened_beside(area: Area, groups: int, first: int) -> tuple[list[int], str, tuple[Area, Area]]:
    """Return the groups that are drawn, the opened one first, how much that is, and the two halves."""
    shown = _shown(groups, first)
    half = area.width / 2 - 10
    left = Area(area.x, area.y + 48, half, area.height - 48)
    right = Area(area.x + half + 20, area.y + 48, half, area.height - 48)
    count = (
        f"{len(shown)} of {format_count(groups)} groups" if len(shown) < groups else f"all {groups} groups"
    )
    return shown, f"{count} shown, one opened", (left, right)


def _links_each(shape: Shape) -> Iterator[tuple[str, str]]:
    """Yield how many links of a kind a router has to others."""
    for kind, where in (("local", "in its group"), ("global", "to other groups")):
        if any(shape.parts(kind)):
            yield shape.links_each(shape.routers(), kind), f"links of a router {where}"


def _is_router(shape: Shape) -> bool:
    return shape.focus in shape.routers()


def _shown(groups: int, first: int) -> list[int]:
    """Return the groups that are drawn, the opened one first."""
    count = groups if groups <= MOST_GROUPS else SOME_GROUPS
    return [(first + number) % groups for number in range(count)]


def groups_of(shape: Shape, area: Area, groups: int, unit: Ints, shown: list[int]) -> Iterator[Mark]:
    """Yield the groups on a circle, with a line for every two that links join.

    ``unit`` is the group of each device, shape (devices,), -1 for none.
    """
    middle, radius = centre(area), min(area.width, area.height) / 2 - 22
    at: Places = dict(zip(shown, around(len(shown), middle, (radius, radius), 0), strict=True))
    drawn = bundles(shape, shape.parts("global"), unit, at, "group")
    total = "" if len(shown) == groups else f"{len(shown)} of {format_count(groups)} groups"
    yield from caption(area, f"each joined to each, {a_line(drawn)}", total or f"All {groups} groups")
    x, y = at[shown[0]]
    top = area.y + 6
    edge = area.x + area.width + 34
    for far in (top + 30, area.y + area.height - 36):
        yield Stroke(((x, y), (edge, far)), "rule", 1, dash="5 4")
    yield from drawn
    size = max(8.0, min(15.0, 2 * pi * radius / len(shown) / 3.2))
    for group, (gx, gy) in at.items():
        name = f"group {group}"
        opened = group == shown[0]
        yield Disc(
            gx,
            gy,
            size,
            "switch_tray",
            "ink" if opened else "switch",
            name,
            thick=3 if opened else 2,
            id=name,
        )


def group_key(what: str, groups: int) -> Key:
    """Return what the legend says of the circles that stand for groups."""
    return Key("disc", "switch_tray", f"group of {what}: {format_count(groups)}")


def _opened(shape: Shape, area: Area, spec: Dragonfly, group: int) -> Iterator[Mark]:
    """Yield the routers of a group, all to all, with their hosts."""
    first = shape.routers().start + group * spec.routers_per_group
    side = min(area.width, area.height)
    round_area = Area(area.x + (area.width - side) / 2, area.y + (area.height - side) / 2, side, side)
    devices = range(first, first + spec.routers_per_group)
    hosts = sum(map(len, hosts_of(shape, devices).values()))
    words = f"{spec.routers_per_group} routers, all to all, {format_count(hosts)} hosts outside"
    yield from caption(area, words, f"Group {group}")
    yield from ring_of(shape, devices, list(shape.parts("local")), round_area)


def _whole(shape: Shape, area: Area, spec: Dragonfly) -> Iterator[Mark]:
    """Yield every router and host: a small ring for each group, the rings on an ellipse."""
    size = min(area.height / 4.6, 1.1 * (area.width + area.height) / spec.groups) / 2
    middle = centre(area)
    radii = (area.width / 2 - size - 40, area.height / 2 - size - 34)
    rings = around(spec.groups, middle, radii)
    first, each = shape.routers().start, spec.routers_per_group
    at: Places = {}
    small = 0.55 * size
    for group, spot in enumerate(rings):
        devices = range(first + group * each, first + (group + 1) * each)
        at |= zip(devices, around(each, spot, (small, small), -pi / 2 - pi / each), strict=True)
        yield Disc(*spot, size, "outside", line="rule")
    yield from lines(shape, shape.parts("global"), at, width=1.4, opacity=0.85)
    yield from lines(shape, shape.parts("local"), at, width=1.8)
    for group, spot in enumerate(rings):
        some = {one: at[one] for one in range(first + group * each, first + (group + 1) * each)}
        places, wide = fan(hosts_of(shape, list(some)), some, spot, 22, 24)
        yield from lines(shape, shape.parts("hosts"), some | places, width=1.2)
        yield from nodes(shape, places, wide)
        yield label(spot[0], spot[1] + 5, str(group), 34, bold=True, anchor="middle", back=True)
    yield from nodes(shape, at, 12)
