"""Devices that stand elsewhere in the new design: what growth moves although it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.model.path import count_of, path_names

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

Spot = tuple[str, int]
"""A rack, and a U in it."""


class Moved(NamedTuple):
    """A device, or what it stands in, that has another place in a rack than before."""

    name: str
    old: Spot
    new: Spot

    def __str__(self) -> str:
        """Return the move in words."""
        if self.old[0] == self.new[0]:
            return f"{self.name} in {self.old[0]} from U{self.old[1]} to U{self.new[1]}"
        return f"{self.name} from {_words(self.old)} to {_words(self.new)}"


def moved_devices(old: Fabric, new: Fabric) -> tuple[Moved, ...]:
    """Return what stands in a rack of both designs but not in the same place, in the order of the new one."""
    before = _spots(old)
    return tuple(
        Moved(name, before[name], spot)
        for name, spot in _spots(new).items()
        if before.get(name, spot) != spot
    )


def _spots(fabric: Fabric) -> dict[str, Spot]:
    """Return where everything stands that is mounted in a rack by itself, by its design name."""
    sites, found = fabric.sites, dict[str, Spot]()
    racks = [name for place in sites.places for name in path_names(place.path)]
    for group in fabric.groups:
        depth = next((at for at, step in enumerate(group.path, start=1) if step.units), len(group.path))
        if group.chips > 1:
            depth = len(group.path) - 1
        devices = group.first + np.arange(count_of(group.path[:depth])) * count_of(group.path[depth:])
        rack, unit = sites.rack[devices].tolist(), sites.unit[devices].tolist()
        for name, stands, at in zip(path_names(group.path[:depth]), rack, unit, strict=True):
            if stands >= 0 and at >= 0:
                found.setdefault(name, (racks[stands], at))
    return found


def _words(spot: Spot) -> str:
    return f"{spot[0]} U{spot[1]}"
