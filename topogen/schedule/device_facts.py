"""What lists of devices say of each: type, role, where it stands, height, part and watts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.name_texts import Numbering, PathTexts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.racks import Rack


class DeviceFacts:
    """The devices of a fabric: texts by device group, racks and U positions by device."""

    def __init__(self, fabric: Fabric) -> None:
        self._fabric = fabric
        self.positions = Numbering(fabric.groups)
        self.paths = PathTexts(fabric.groups, self.positions)
        self.types = [one.type.name for one in fabric.groups]
        self.roles = [one.type.role for one in fabric.groups]
        self.parts = [one.type.part or "" for one in fabric.groups]
        self.faces = [one.type.face for one in fabric.groups]
        self.heights = [_height(one) for one in fabric.groups]

    def group(self, devices: Ints) -> Ints:
        """Return the device group of each device."""
        return np.broadcast_to(self.positions.group_of(devices), len(devices))

    @cached_property
    def watts(self) -> list[Fraction | None]:
        """Return the base power of the part of each device group, None if unknown."""
        parts = self._fabric.catalog.parts
        found = [parts[part].power_w if part else None for part in self.parts]
        return [one.base if one else None for one in found]

    def racks(self, devices: Ints) -> tuple[Sequence[Rack | None], Ints]:
        """Return the racks of some devices, None for no rack, and which of these each stands in."""
        of = self._fabric.sites.rack[devices]
        there = np.zeros(int(of.max()) + 2, np.bool_)
        there[of + 1] = True
        racks = self._fabric.sites.racks
        known = [racks[one] if one >= 0 else None for one in (np.flatnonzero(there) - 1).tolist()]
        return known, (np.cumsum(there) - 1)[of + 1]


def _height(group: DeviceGroup) -> int:
    """Return the height of devices that stand in a rack by themselves, else -1."""
    inside = any(step.level not in {None, "rack"} for step in group.path)
    level = any(step.level == "rack" for step in group.path)
    return group.type.height_u if not inside and (level or group.role) else -1
