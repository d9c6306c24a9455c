"""Link groups: blocks of links that one pattern made, their media, and what they pass through."""

from __future__ import annotations

from dataclasses import field, replace
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.length_histogram import LengthClasses
from topogen.model.racks import height_mm
from topogen.model.runs import listed
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.model.arrays import Ints


@dataclass(frozen=True)
class Terminal:
    """One side of a block: which device and which port each of its links ends at.

    The link at scope ``s`` and indices ``i`` ends at device ``scope[s] + device[i[axis]]`` of the group, on
    that device's port ``table[sum of slot[d][i[d]]]``. ``firsts`` are the scopes, maybe as a range. ``table``
    has shape (ports,), or (devices, ports) where earlier link groups have left different ports free on
    different devices.
    """

    group: int
    port: int
    firsts: range | Ints
    axis: int
    device: Ints
    slot: tuple[Ints, ...]
    table: Ints

    @cached_property
    def scope(self) -> Ints:
        """Return where each scope starts, shape (scopes,)."""
        return listed(self.firsts)


@dataclass(frozen=True)
class LinkBlock:
    """The links of one pattern over one kind of scope: ``scopes`` copies of a box of ``shape`` links."""

    shape: tuple[int, ...]
    a: Terminal
    b: Terminal | None

    @property
    def scopes(self) -> int:
        """Return the number of copies."""
        return len(self.a.firsts)

    @property
    def count(self) -> int:
        """Return the number of links."""
        return self.scopes * prod(self.shape)

    @property
    def ends(self) -> tuple[Terminal, Terminal]:
        """Return both ends of a block whose far end is in the model."""
        assert self.b is not None  # noqa: S101 - asked of no external link
        return self.a, self.b

    def only(self, scopes: Ints) -> LinkBlock:
        """Return some scopes, by their numbers."""
        a, b = (end and replace(end, firsts=end.scope[scopes]) for end in (self.a, self.b))
        assert a is not None  # noqa: S101 - every block has an a
        return replace(self, a=a, b=b)


@dataclass(frozen=True)
class Rejection:
    """A medium that links could have had, and why they have another."""

    medium: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """Why so many links of a group have their medium: what a policy or an override decided by.

    ``length_mm`` is that of the link, slack included (None = unknown).
    """

    a_type: str
    b_type: str
    length_mm: int | None
    links: int
    rule: str
    rejected: tuple[Rejection, ...]


@dataclass(frozen=True)
class PatchPanel:
    """Patch panels that links pass through: ``panels`` of ``positions`` each, from a U of a rack up.

    ``trunk`` and ``cord`` are the parts to the panels at the other end and to devices; ``cord`` and ``part``
    are None where the file names none.
    """

    name: str
    rack: int
    unit: int
    connector: str
    positions: int
    panels: int
    part: str | None
    trunk: str
    cord: str | None

    @property
    def spot(self) -> tuple[Ints, Ints]:
        """Return rack and height in mm, each of shape (1,)."""
        return np.array([self.rack]), height_mm(np.array([self.unit]))


@dataclass(frozen=True)
class LinkGroup:
    """Links made by one pattern, all of one rate.

    ``rate`` is in Mb/s per direction, ``lanes`` are those of the a port (None where unknown). ``media`` holds
    the medium of the a end and of the b end; the first also owns what belongs to the link and its lanes.
    """

    name: str
    network: str
    tier: int
    rate: int
    lanes: int | None
    lane_rate: int | None
    bidi: bool
    media: tuple[str, str] | None
    links_per_cable: int
    within: str | None
    outside: str
    pattern: str
    length_mm: int | None
    blocks: tuple[LinkBlock, ...]
    base: str = ""
    """The name in the file, where a policy or an override has split the group by medium."""
    turned: bool = False
    """Whether a and b have changed places since the file, so that b is the end with the one plug."""
    joins_alike: bool = False
    """Whether a and b are the same devices, so that neither end is the lower one."""
    lengths: LengthClasses = field(default_factory=LengthClasses)
    fibre_shuffle: str = ""
    """What sorts the fibres of a cord whose links end in several places."""
    shuffle: int = 0
    """Connectors at each end of its shuffle cords, which join each to each; 0 for other cables."""
    choices: tuple[Choice, ...] = ()
    """Why its links have this medium, where a policy or an override decided."""
    through: tuple[PatchPanel, ...] = ()
    """The patch panels that its links pass through, from a to b; empty where cables join the devices."""

    @property
    def count(self) -> int:
        """Return the number of links."""
        return sum(block.count for block in self.blocks)

    @property
    def has_b(self) -> bool:
        """Return whether the far end is in the model."""
        return not self.outside
