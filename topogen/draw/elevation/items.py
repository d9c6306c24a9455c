"""The contents of racks: trays, or devices outside trays, each with its U and what it holds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.tree import height_of
from topogen.draw.shown.part_pieces import part_pieces
from topogen.model.fabric import count_of, level_depth, path_name, place_group_of
from topogen.records import dataclass
from topogen.takeoff.pools import SWITCH_ROLES

if TYPE_CHECKING:
    from topogen.draw.picture import Kind
    from topogen.draw.shown.part_pieces import PartPieces
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import DeviceGroup, Fabric, Steps
    from topogen.takeoff.roll_up import RollUp

NO_RACK = -1
BOARD = "board"


@dataclass(frozen=True)
class Item:
    """A tray or a device in a rack; ``unit`` is its lowest U, -1 where the file does not say.

    ``around`` is the full name of its place, without the rack.
    """

    name: str
    type: str
    around: str
    unit: int
    height: int
    kind: Kind
    holds: tuple[tuple[str, int], ...]
    picked: bool


@dataclass(frozen=True)
class RackContents:
    """The items of one rack, and what they and the rack hold in all; ``shared`` parts serve several items."""

    rack: int
    items: tuple[Item, ...]
    devices: dict[str, int]
    parts: dict[str, int]
    shared: dict[str, int]


@dataclass(frozen=True)
class _ItemNumbers:
    """All items of the fabric, numbered: ``node`` maps devices to items, ``paths`` to first numbers."""

    node: Ints
    rack: Ints
    paths: dict[Steps, int]


def racked(fabric: Fabric, roll_up: RollUp, touched: Selection | None) -> list[RackContents]:
    """Return the contents of each rack, in the order of the racks; last the devices outside racks.

    With ``touched`` only racks that hold something picked.
    """
    numbered = _numbered(fabric)
    count = len(numbered.rack)
    parts = part_pieces(fabric, numbered.node, count, roll_up.quantities)
    devices: dict[str, Ints] = {}
    for group in fabric.groups:
        here = np.bincount(numbered.node[group.first : group.first + group.count], minlength=count)
        devices[group.label] = devices.get(group.label, 0) + here
    picked = np.ones(count, bool)
    if touched:
        picked = np.bincount(numbered.node[touched.devices], minlength=count) > 0
    items = _items(fabric, numbered, devices, parts, picked)
    racks = [rack for rack in np.unique(numbered.rack[picked]).tolist() if rack != NO_RACK]
    without = [NO_RACK] if (picked & (numbered.rack == NO_RACK)).any() else []
    return [_in_rack(rack, items, numbered.rack, devices, parts) for rack in (*racks, *without)]


def _numbered(fabric: Fabric) -> _ItemNumbers:
    node = np.zeros(fabric.n_devices, np.int64)
    racks: list[Ints] = []
    paths: dict[Steps, int] = {}
    total = 0
    for group in fabric.groups:
        path = group.path[: _item_depth(group)]
        if path not in paths:
            paths[path] = total
            racks.append(_racks(fabric, group, path))
            total += count_of(path)
        inside = count_of(group.path[len(path) :])
        node[group.first : group.first + group.count] = paths[path] + np.arange(group.count) // inside
    return _ItemNumbers(node, np.concatenate(racks), paths)


def _item_depth(group: DeviceGroup) -> int:
    """Return how many steps lead to the item of a device: what has a U, else its innermost tray."""
    for depth, step in enumerate(group.path, start=1):
        if step.units:
            return depth
    rack = level_depth(group.path, "rack") or 0
    places = [
        depth for depth, step in enumerate(group.path, start=1) if step.level not in (None, BOARD, "rack")
    ]
    return max((depth for depth in places if depth > rack), default=len(group.path))


def _racks(fabric: Fabric, group: DeviceGroup, path: Steps) -> Ints:
    """Return the rack of each item reached by a path, shape (items,)."""
    depth = level_depth(path, "rack")
    numbers = np.arange(count_of(path))
    if depth is not None:
        return place_group_of(fabric, path[:depth]).first + numbers // count_of(path[depth:])
    inside = count_of(group.path[len(path) :])
    return fabric.sites.rack[group.first : group.first + group.count : inside]


def _items(
    fabric: Fabric,
    numbered: _ItemNumbers,
    devices: dict[str, Ints],
    parts: tuple[PartPieces, ...],
    picked: np.ndarray,
) -> list[Item]:
    """Return all items in the order of their numbers."""
    unit = np.full(len(numbered.rack), np.iinfo(np.int64).max)
    np.minimum.at(unit, numbered.node, fabric.sites.unit)
    made = {group.path: group for group in fabric.groups if group.role}
    roles = {group.label: group.type.role for group in fabric.groups}
    items = []
    for path, first in numbered.paths.items():
        depth = level_depth(path, "rack") or 0
        kind = made[path].type.name if path in made else path[-1].type
        is_device = path[-1].level is None
        for number in range(count_of(path)):
            index = first + number
            held = {label: int(count[index]) for label, count in devices.items() if count[index]}
            plugged: Counter[str] = Counter()
            for one in parts:
                plugged[one.part] += int(one.here[index])
            name = path_name(path, number)
            around, _, own = name.rpartition("/")
            items.append(
                Item(
                    name=name if path in made else own,
                    type=kind,
                    around="" if path in made else "/".join(around.split("/")[depth:]),
                    unit=int(unit[index]),
                    height=height_of(fabric.spec, kind),
                    kind=_box_kind({roles[label] for label in held}),
                    holds=tuple({**({} if is_device else held), **+plugged}.items()),
                    picked=bool(picked[index]),
                )
            )
    return items


def _box_kind(roles: set[str]) -> Kind:
    switches = {role in SWITCH_ROLES for role in roles}
    return "mixed" if len(switches) > 1 else "switch" if True in switches else "compute"


def _in_rack(
    rack: int, items: list[Item], racks: Ints, devices: dict[str, Ints], parts: tuple[PartPieces, ...]
) -> RackContents:
    here = np.flatnonzero(racks == rack)
    plugged: Counter[str] = Counter()
    shared: Counter[str] = Counter()
    for one in parts:
        plugged[one.part] += int(one.here[here].sum())
        if one.level == "rack" and 0 <= rack < len(one.larger):
            shared[one.part] += int(one.larger[rack])
    held = {label: int(count[here].sum()) for label, count in devices.items() if count[here].any()}
    return RackContents(
        rack, tuple(items[number] for number in here.tolist()), held, dict(+plugged), dict(+shared)
    )
