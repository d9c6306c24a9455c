"""The floor: where every device stands, and how long the way between two of them is.

All lengths are whole mm. U u stands at ceil(44.45 u) mm, computed here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import nearest
from topogen.fabric import (
    Ints,
    LengthClass,
    LinkBlock,
    PlaceGroup,
    Rack,
    Sites,
    Terminal,
    count_of,
    level_depth,
    path_name,
)
from topogen.select import SelectionError, select_places
from topogen.selector import parse_selector
from topogen.units import format_length
from topogen.wiring.block import occurrence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.errors import Problems
    from topogen.fabric import DeviceGroup, Fabric, LinkGroup
    from topogen.spec import LayoutSpec, SlackSpec

IN_RACK_MM = 2_000
BETWEEN_RACKS_MM = 10_000
"""What a length is taken for where the file gives no way to compute it; such lengths are not orderable."""

BASES = ("routed", "default")
UNKNOWN = -1


def height_mm(unit: Ints) -> Ints:
    """Return how high each U stands: ceil(44.45 u) mm; -1 stays -1.

    >>> height_mm(np.array([1, 20, -1])).tolist()
    [45, 889, -1]
    """
    return np.where(unit < 0, UNKNOWN, (4445 * unit + 99) // 100)


def place_devices(
    places: Sequence[PlaceGroup],
    groups: Sequence[DeviceGroup],
    floor: tuple[LayoutSpec | None, Mapping[int, Ints]],
    problems: Problems,
) -> Sites:
    """Return the rack, U and height of every device.

    ``floor`` is what the file says, and the racks that a fabric brought for device groups of its own.
    """
    layout, own = floor
    racks = [place for place in places if place.level == "rack"]
    total = sum(group.count for group in groups)
    rack = np.full(total, UNKNOWN, np.int64)
    unit = np.full(total, UNKNOWN, np.int64)
    for group in groups:
        part = slice(group.first, group.first + group.count)
        depth = level_depth(group.path, "rack")
        if depth:
            place = next(place for place in racks if place.path == group.path[:depth])
            numbers = np.arange(group.count, dtype=np.int64)
            rack[part] = place.first + numbers // count_of(group.path[depth:])
            unit[part] = _units(group, numbers)
    for index, found in own.items():
        group = groups[index]
        part = slice(group.first, group.first + group.count)
        rack[part] = found
        if group.role:
            unit[part] = 1 + occurrence(found) * group.type.height_u
    if layout:
        _place_switches(racks, groups, layout, (rack, unit), problems)
        _check_floor(layout, int(height_mm(unit).max(initial=0)), problems)
    return Sites(rack, unit, height_mm(unit), _floor(racks, layout, problems))


def _check_floor(layout: LayoutSpec, highest: int, problems: Problems) -> None:
    """Note a floor that lengths cannot be computed on."""
    several = [name for name, racks in layout.rows.items() if len(racks) > 1 or "[" in racks[0].text]
    if several and layout.rack_pitch is None:
        message = f"row {several[0]} has several racks but no rack_pitch"
        problems.add("E403", message, ("layout", "rows", several[0]), "add rack_pitch: 600 mm")
    if len(layout.rows) > 1 and layout.row_pitch is None:
        problems.add(
            "E403", f"{len(layout.rows)} rows but no row_pitch", ("layout", "rows"), "add row_pitch: 3 m"
        )
    tray = layout.tray
    if tray and tray.where == "overhead" and tray.height < highest:
        message = (
            f"the tray hangs at {format_length(tray.height)}, a device stands at {format_length(highest)}"
        )
        problems.add("E404", message, ("layout", "tray", "height"), "height counts from the floor")


def _units(group: DeviceGroup, numbers: Ints) -> Ints:
    """Return the U of each device of a group: that of the step that stands in a slot."""
    for depth, step in enumerate(group.path, start=1):
        if step.units:
            index = numbers // count_of(group.path[depth:]) % step.count
            return np.array(step.units, np.int64)[index]
    return np.full(len(numbers), UNKNOWN, np.int64)


def _place_switches(
    racks: Sequence[PlaceGroup],
    groups: Sequence[DeviceGroup],
    layout: LayoutSpec,
    sites: tuple[Ints, Ints],
    problems: Problems,
) -> None:
    """Stand the switches of a fabric in the racks that the layout names, from the lowest free U."""
    rack, unit = sites
    next_free: dict[int, int] = {}
    for what, where in layout.place.items():
        key = ("layout", "place", what)
        chosen = [group for group in groups if group.role and what in (group.role, group.role.split("/")[0])]
        targets = _rack_numbers(racks, where, problems, key)
        if not chosen:
            roles = sorted(
                {name for group in groups if group.role for name in (group.role, group.role.split("/")[0])}
            )
            problems.add(
                "E203",
                f'there is no fabric or role "{what}"',
                key,
                nearest(what, roles) or "add it to fabrics",
            )
        if not chosen or not targets:
            continue
        for group in chosen:
            for number in range(group.first, group.first + group.count):
                target = targets[min((number - group.first) * len(targets) // group.count, len(targets) - 1)]
                lowest = next_free.get(target) or _lowest_free(rack, unit, groups, target)
                rack[number], unit[number] = target, lowest
                next_free[target] = lowest + group.type.height_u


def _lowest_free(rack: Ints, unit: Ints, groups: Sequence[DeviceGroup], target: int) -> int:
    """Return the lowest U above everything that already stands in a rack."""
    top = 0
    for group in groups:
        part = slice(group.first, group.first + group.count)
        inside = unit[part][rack[part] == target]
        if len(inside):
            top = max(top, int(inside.max()) + group.type.height_u - 1)
    return top + 1


def _rack_numbers(
    racks: Sequence[PlaceGroup], where: str, problems: Problems, at: tuple[str, ...]
) -> list[int]:
    """Return the racks a selector names, in the order it lists them; a name that is not there is noted."""
    selector = parse_selector(where)
    try:
        pieces = select_places(racks, selector)
    except SelectionError as error:
        problems.add("E203", error.message, at, error.hint)
        return []
    if not pieces:
        stems = ", ".join(sorted({place.path[-1].entry.stem for place in racks})) or "none"
        hint = f"a rack is a template of level rack; here: {stems}"
        problems.add("E203", f'"{where}" names no rack', at, hint)
    listed = selector.steps[-1].numbers or ()
    turn = {number: index for index, number in enumerate(listed)}
    found = [
        (
            turn.get(piece.path[-1].entry.numbers[int(place) % piece.path[-1].count], 0),
            racks[piece.group].first + int(place),
        )
        for piece in pieces
        for place in piece.devices()
    ]
    return [number for _, number in sorted(found, key=itemgetter(0))]


def _floor(racks: Sequence[PlaceGroup], layout: LayoutSpec | None, problems: Problems) -> tuple[Rack, ...]:
    """Return the racks in the order of their numbers, each with its place on the floor."""
    names = [path_name(place.path, number) for place in racks for number in range(place.count)]
    spots = {number: Rack(name) for number, name in enumerate(names)}
    for y, (row, selectors) in enumerate(layout.rows.items() if layout else ()):
        at = ("layout", "rows", row)
        listed = [number for one in selectors for number in _rack_numbers(racks, one.text, problems, at)]
        for x, number in enumerate(listed):
            if spots[number].row:
                message = f"{names[number]} stands in rows {spots[number].row} and {row}"
                problems.add("E401", message, at, "list each rack once")
            spots[number] = _standing(names[number], row, (x, y), layout)
    return tuple(spots.values())


def _standing(name: str, row: str, at: tuple[int, int], layout: LayoutSpec | None) -> Rack:
    pitch = (layout.rack_pitch or 0, layout.row_pitch or 0) if layout else (0, 0)
    return Rack(name, row, at[0] * pitch[0], at[1] * pitch[1])


@dataclass(frozen=True)
class Routing:
    """What lengths are computed from: sites, the floor, and the slack of one link group."""

    sites: Sites
    layout: LayoutSpec | None
    slack: SlackSpec | None

    def routed(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """Return the length from ``a`` to ``b`` in mm with slack, and its basis (0 routed, 1 default).

        Both are of one shape, as is each result.
        """
        rack_a, rack_b = self.sites.rack[a], self.sites.rack[b]
        high_a, high_b = self.sites.height_mm[a], self.sites.height_mm[b]
        same = rack_a == rack_b
        known = (high_a >= 0) & (high_b >= 0) & (rack_a >= 0) & (rack_b >= 0)
        across, on_floor = self._across(rack_a, rack_b, high_a, high_b)
        way = np.where(same, np.abs(high_a - high_b), across)
        routed = known & (same | on_floor)
        default = np.where(same, IN_RACK_MM, BETWEEN_RACKS_MM)
        return np.where(routed, self._with_slack(way), default), np.where(routed, 0, 1)

    def _across(self, rack_a: Ints, rack_b: Ints, high_a: Ints, high_b: Ints) -> tuple[Ints, np.ndarray]:
        """Return drops + Manhattan along the tray, and where racks, pitch and tray are known."""
        tray = self.layout.tray if self.layout else None
        if tray is None or not self.sites.racks:
            return np.zeros_like(rack_a), np.zeros(rack_a.shape, bool)
        x = np.array([UNKNOWN if rack.x_mm is None else rack.x_mm for rack in self.sites.racks] + [UNKNOWN])
        y = np.array([UNKNOWN if rack.y_mm is None else rack.y_mm for rack in self.sites.racks] + [UNKNOWN])
        overhead = tray.where == "overhead"
        drops = (
            (tray.height - high_a) + (tray.height - high_b) if overhead else 2 * tray.height + high_a + high_b
        )
        way = np.abs(x[rack_a] - x[rack_b]) + np.abs(y[rack_a] - y[rack_b])
        return drops + way, (x[rack_a] >= 0) & (x[rack_b] >= 0)

    def _with_slack(self, way: Ints) -> Ints:
        if self.slack is None:
            return way
        share = 1 + self.slack.percent / 100
        return -(-way * share.numerator // share.denominator) + 2 * self.slack.per_end


def slack_of(layout: LayoutSpec | None, group: str) -> SlackSpec | None:
    """Return the slack of a link group: its own, else that of ``other``, else the one value for all."""
    if layout is None:
        return None
    return layout.slack.get(group) or layout.slack.get("other") or layout.slack.get("*")


def length_classes(block: LinkBlock, groups: Sequence[DeviceGroup], routing: Routing) -> list[LengthClass]:
    """Return how many links of a block have which length, from its devices and never from its links.

    Scopes that look the same from inside (racks of one template) are measured once.
    """
    assert block.b is not None  # noqa: S101 - an external link has no route
    a, b = (_devices(groups, terminal) for terminal in (block.a, block.b))
    a, b, copies = _distinct_scopes(a, b, routing.sites)
    if block.a.axis == block.b.axis:
        each = prod(block.shape) // block.shape[block.a.axis]
    else:
        each = prod(block.shape) // (block.shape[block.a.axis] * block.shape[block.b.axis])
        a, b = a[:, :, None], b[:, None, :]
    length, basis = routing.routed(*np.broadcast_arrays(a, b))
    weight = np.broadcast_to(copies.reshape(-1, *(1,) * (length.ndim - 1)), length.shape) * each
    kinds, index = np.unique(length.ravel() * len(BASES) + basis.ravel(), return_inverse=True)
    links = np.zeros(len(kinds), np.int64)
    np.add.at(links, index, weight.ravel())
    types = groups[block.a.group].label, groups[block.b.group].label
    return [
        LengthClass(*types, int(kind) // len(BASES), BASES[int(kind) % len(BASES)], int(count))
        for kind, count in zip(kinds, links, strict=True)
    ]


def _devices(groups: Sequence[DeviceGroup], terminal: Terminal) -> Ints:
    """Return the fabric's numbers of a terminal's devices, shape (scopes, entries of its axis)."""
    return groups[terminal.group].first + terminal.scope[:, None] + terminal.device[None, :]


def _distinct_scopes(a: Ints, b: Ints, sites: Sites) -> tuple[Ints, Ints, Ints]:
    """Return one of each kind of scope, and how many copies it stands for.

    Scopes are of one kind when each lies within one rack and the heights in it are the same.
    """
    devices = np.concatenate([a, b], axis=1)
    racks = sites.rack[devices]
    heights = sites.height_mm[devices]
    if len(a) > 1 and (racks == racks[:, :1]).all() and (racks >= 0).all() and (heights == heights[0]).all():
        return a[:1], b[:1], np.array([len(a)])
    return a, b, np.ones(len(a), np.int64)


def merge_lengths(classes: Sequence[LengthClass]) -> tuple[LengthClass, ...]:
    """Return classes with equal ones added up, shortest first."""
    total: dict[tuple[str, str, int | None, str], int] = {}
    for one in classes:
        key = (one.a_type, one.b_type, one.length_mm, one.basis)
        total[key] = total.get(key, 0) + one.links
    ordered = sorted(total.items(), key=lambda item: (item[0][:2], item[0][2] or 0, item[0][3]))
    return tuple(LengthClass(*key, links) for key, links in ordered)


def route_of(fabric: Fabric, group: LinkGroup) -> Routing:
    """Return what the lengths of a link group are computed from."""
    return Routing(fabric.sites, fabric.spec.layout, slack_of(fabric.spec.layout, group.base or group.name))
