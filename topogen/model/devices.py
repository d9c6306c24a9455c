"""Port groups, device types, and the groups of equal places and devices of a model."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.path import count_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.path import Steps


BOX_STEPS = 2
"""Steps of the path to a switch that a fabric makes, or to the box whose chip it is."""


@dataclass(frozen=True)
class Port:
    """A port group of a device type: ``count`` equal ports, each for one link.

    ``rate`` is in Mb/s per direction; ``lanes`` and ``lane_rate`` are None where only a bandwidth is known,
    and all three are None for a passive port, which takes any rate.
    """

    name: str
    count: int
    lanes: int | None
    lane_rate: int | None
    rate: int | None
    bidi: bool
    cage_links: int
    cage_on: str | None
    cages: tuple[int, ...] = ()
    """Numbers of its cages on the panel of the part, in the order that links fill them."""
    reserved: int = 0
    """The last ports, which are fitted and never used."""
    face: str = ""
    """The face of the rack that they are at, ``front`` or ``rear``; empty if not known."""

    @property
    def usable(self) -> int:
        """Return how many ports may have a link."""
        return self.count - self.reserved

    @property
    def chips(self) -> int:
        """Return how many devices share its cages, chip after chip of a box; 1 where each has its own."""
        return len(self.cages) * self.cage_links // self.count or 1


@dataclass(frozen=True)
class DeviceType:
    """What all devices of a name have in common."""

    name: str
    role: str
    part: str | None
    dies: int | None
    height_u: int
    ports: tuple[Port, ...]
    nos: str = ""
    """The operating system that names its ports; the first that the panel of its part has if empty."""
    face: str = ""
    """The face of the rack that its ports are at, but for groups that state their own; empty if not known."""
    panel_part: str | None = None
    """The part whose panel its cages are on: its own, or that of the box it is a chip of."""
    boxes: tuple[str, ...] = ()
    """Templates of the boxes whose panel it shares with the other chips there."""


@dataclass(frozen=True)
class PlaceGroup:
    """Equal places: one template reached by one path. ``first`` numbers the places of a level."""

    path: Steps
    template: str
    level: str
    part: str | None
    first: int

    @cached_property
    def count(self) -> int:
        """Return the number of places."""
        return count_of(self.path)


@dataclass(frozen=True)
class DeviceGroup:
    """Equal devices: one device type reached by one path. ``first`` is the number of its first device."""

    path: Steps
    type: DeviceType
    first: int
    role: str = ""
    """``fabric/role`` for a switch that a generator made."""

    @cached_property
    def count(self) -> int:
        """Return the number of devices."""
        return count_of(self.path)

    @property
    def label(self) -> str:
        """Return the name a person calls these devices by."""
        return self.role or self.type.name

    @property
    def chips(self) -> int:
        """Return how many of these switches are in each box that a fabric made, 1 without boxes."""
        return count_of(self.path[BOX_STEPS:]) if self.is_boxed else 1

    @property
    def is_boxed(self) -> bool:
        """Return whether a fabric made these switches as chips of boxes."""
        return bool(self.role) and len(self.path) > BOX_STEPS

    def planes(self, planes: int) -> Ints:
        """Return the plane of each switch that a fabric made, plane by plane or chip by chip of its boxes."""
        numbers, shared = np.arange(self.count), max(1, self.count // planes) * self.chips
        return numbers // shared * self.chips + numbers % self.chips
