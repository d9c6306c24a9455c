"""Where parts hang in the indented BOM: which place or device holds them, and how many of it there are."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from topogen.model.path import level_depth
from topogen.takeoff.quantities import PoolQuantity

if TYPE_CHECKING:
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps
    from topogen.takeoff.quantities import Quantity

Key = tuple[str, ...]
"""Type names of what is shown above something, and its own: ``("nvl72", "compute_tray", "nic")``."""


class Hosts:
    """Places and devices by the names of their types; equal ones are one host."""

    def __init__(self, fabric: Fabric) -> None:
        self.fabric = fabric
        self.counts: dict[Key, int] = {(): 1}
        self.kinds: dict[Key, str] = {}
        for place in fabric.places:
            self._add((*_shown_above(place.path), place.template), place.level, place.count)
        for group in fabric.groups:
            self._add((*self._above(group), group.label), "device", group.count)

    def _add(self, key: Key, kind: str, count: int) -> None:
        self.counts[key] = self.counts.get(key, 0) + count
        self.kinds[key] = kind

    def _above(self, group: DeviceGroup) -> Key:
        """Return what is shown above a device: a switch that a fabric made stands where the layout put it."""
        above = _shown_above(group.path)
        if level_depth(group.path, "tray") is None:
            above += _place_above(group.path)
        racks = self.fabric.sites.rack[group.first : group.first + group.count]
        if above or not (racks >= 0).all():
            return above
        numbers = set(racks.tolist())
        places = [place for place in self.fabric.places if place.level == "rack"]
        found = {
            place.template for place in places if numbers & set(range(place.first, place.first + place.count))
        }
        return (found.pop(),) if len(found) == 1 else ()

    def find(self, name: str, quantity: Quantity) -> Key:
        """Return the host of this name; what stands in several templates hangs under what these share."""
        if quantity.per in ("link", "lane"):
            return ()
        wanted = quantity.scope if isinstance(quantity, PoolQuantity) else None
        keys = [key for key, kind in self.kinds.items() if key[-1] == name and wanted in (None, kind)]
        if len(keys) <= 1:
            return keys[0] if keys else ()
        levels = zip(*(key[:-1] for key in keys), strict=False)
        shared = (*(names[0] for names in takewhile(lambda names: len(set(names)) == 1, levels)), name)
        self.counts[shared] = sum(self.counts[key] for key in keys)
        return shared

    def kind(self, key: Key) -> str:
        """Return the level of a place, ``device`` for a device."""
        return next(kind for other, kind in self.kinds.items() if other[-1] == key[-1])


def _shown_above(path: Steps) -> Key:
    """Return the rack and the tray that a place or device stands in."""
    above = path[:-1]
    depths = {level_depth(above, level) for level in ("rack", "tray")} - {None}
    return tuple(above[depth - 1].type for depth in sorted(depth for depth in depths if depth))


def _place_above(path: Steps) -> Key:
    """Return the outermost place, under its rack, that a device stands in: what stands for a missing tray."""
    start = level_depth(path[:-1], "rack") or 0
    return tuple(step.type for step in path[start:-1] if step.level)[:1]
