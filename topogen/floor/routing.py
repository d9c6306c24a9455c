"""How long the way between two devices is: inside a rack, along the trays between racks, or as measured.

All lengths are whole mm.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.floor.crossing import between_racks
from topogen.model.length_histogram import BASES, UNKNOWN_MM, code_length
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.language.layout import TraySpec
    from topogen.language.topology import LayoutSpec, SlackSpec
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup, PatchPanel, Terminal
    from topogen.model.racks import Placement, Position

IN_RACK_MM = 2_000
"""Length of a link inside one rack whose U positions are not given, unless the layout states a default."""

DEFAULT, UNKNOWN = BASES.index("default"), BASES.index("unknown")

STRENGTH = np.array(
    [("board", "stated", "routed", "measured", "default", "unknown").index(one) for one in BASES]
)
"""How weak each basis is: a length made of several pieces rests on the weakest."""

Spots: TypeAlias = "tuple[Ints, Ints]"
"""Where devices stand: rack and height in mm of each, -1 where the file does not say."""


@dataclass(frozen=True)
class Routing:
    """What lengths are computed from: sites, the floor, and the slack of one link group.

    Links that pass ``through`` patch panels are as long as their cords and trunks together.
    """

    sites: Placement
    layout: LayoutSpec | None
    slack: SlackSpec | None
    through: tuple[PatchPanel, ...] = ()

    @property
    def has_ways(self) -> bool:
        """Return whether the way between some racks is known."""
        return self._tray is not None or len(self.sites.pairs) > 0

    @property
    def on_floor(self) -> bool:
        """Return whether all ways run along trays from device to device, none of them measured."""
        return self._tray is not None and not len(self.sites.pairs) and not self.through

    @property
    def _tray(self) -> TraySpec | None:
        return self.layout.tray if self.layout and self.sites.rows else None

    @property
    def drop_sign(self) -> int:
        """Return -1 where a device that stands higher is nearer to the tray, 1 where it is farther."""
        return -1 if self._tray and self._tray.where == "overhead" else 1

    def stand(self, end: Terminal) -> Position:
        """Return where the devices at an end of links stand."""
        return self.sites.stands[end.group]

    def spots(self, end: Terminal) -> Spots:
        """Return where the devices of an end stand, each of shape (scopes, devices)."""
        device = end.scope[:, None] + end.device
        return self.stand(end).rack(device), self.stand(end).height(device)

    def laid_spots(self, block: LinkBlock) -> tuple[Spots, Spots]:
        """Return where both ends stand, laid along the scopes and one axis of a block, to be broadcast."""
        laid = []
        for end in block.ends:
            shape = [block.scopes, *(1 for _ in block.shape)]
            shape[1 + end.axis] = -1
            rack, height = self.spots(end)
            laid.append((rack.reshape(shape), height.reshape(shape)))
        return laid[0], laid[1]

    def routed(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """Return the length from device ``a`` to ``b`` in mm with slack, and its basis, as `between` does."""
        rack, height = self.sites.rack, self.sites.height_mm
        return self.between((rack[a], height[a]), (rack[b], height[b]))

    def between(self, a: Spots, b: Spots) -> tuple[Ints, Ints]:
        """Return the length from ``a`` to ``b`` in mm with slack, and its basis, an index of ``BASES``.

        Arrays of several shapes are broadcast. A measured way between two racks wins over the routed one.
        The length through patch panels is the sum of the pieces, on the weakest basis of any of them.
        """
        stops = [a, *(panel.spot for panel in self.through), b]
        lengths, bases = zip(*(self.piece(*two) for two in pairwise(stops)), strict=True)
        if not self.through:
            return lengths[0], bases[0]
        basis = np.maximum.reduce(np.broadcast_arrays(*(STRENGTH[one] for one in bases)))
        unknown = basis == STRENGTH[UNKNOWN]
        total = sum(lengths, np.int64(0))
        return np.where(unknown, UNKNOWN_MM, total), np.argsort(STRENGTH)[basis]

    def piece(self, a: Spots, b: Spots) -> tuple[Ints, Ints]:
        """Return the length in mm of one piece of cable with slack, and its basis, as `between` does."""
        (rack_a, high_a), (rack_b, high_b) = a, b
        same = rack_a == rack_b
        known = (high_a >= 0) & (high_b >= 0) & (rack_a >= 0) & (rack_b >= 0)
        if self._tray is not None:
            x = self.sites.x_mm
            routed = known & (same | ((x[rack_a] >= 0) & (x[rack_b] >= 0)))
        else:
            routed = known & same
        measured = self.sites.measured_mm(rack_a, rack_b)
        found = routed | (measured >= 0)
        inside = same & (rack_a >= 0)
        assumed, basis = self._assumed(inside)
        run = self.with_slack(np.where(measured >= 0, measured, self.way(a, b)))
        basis = np.where(measured >= 0, 2, np.where(routed, 0, basis))
        return np.where(found, run, assumed), basis

    @property
    def stated_default(self) -> int | None:
        """Return the length in mm that the layout states for links without a known way."""
        return self.layout.default_length if self.layout else None

    def _assumed(self, inside: Bools) -> tuple[Ints, Ints]:
        """Return the length and basis of links without a known way, given which are inside one rack.

        Only what is in one rack is short for sure; between racks, and without a rack, nothing is known.
        """
        if self.stated_default is not None:
            return np.full(inside.shape, self.stated_default), np.full(inside.shape, DEFAULT)
        return np.where(inside, IN_RACK_MM, UNKNOWN_MM), np.where(inside, DEFAULT, UNKNOWN)

    def across(self, a: Spots, b: Spots) -> Ints:
        """Return the ways in mm between spots in two racks on the floor: both drops and along the trays."""
        assert self._tray is not None  # noqa: S101 - asked only on a floor
        (rack_a, high_a), (rack_b, high_b) = a, b
        drops = 2 * self._tray.height + self.drop_sign * (high_a + high_b)
        return np.asarray(drops + between_racks(self.sites, rack_a, rack_b))

    def way(self, a: Spots, b: Spots) -> Ints:
        """Return the routed lengths in mm without slack between spots in one rack or in two on the floor.

        Any other result has no meaning, and `between` does not use it.
        """
        same = np.asarray(a[0] == b[0])
        if self._tray is not None and not same.any():
            return self.across(a, b)
        inside = np.asarray(np.abs(a[1] - b[1]))
        return inside if self._tray is None or same.all() else np.where(same, inside, self.across(a, b))

    def coded_length(self, a: Spots, b: Spots) -> Ints:
        """Return the lengths from ``a`` to ``b`` coded with their basis, as `between`."""
        return code_length(*self.between(a, b))

    def with_slack(self, way: Ints) -> Ints:
        """Return ways with the slack of the link group, rounded up to whole mm."""
        if self.slack is None:
            return way
        share = 1 + self.slack.percent / 100
        return -(-way * share.numerator // share.denominator) + 2 * self.slack.per_end

    def without_slack(self, length: Ints) -> Ints:
        """Return the ways that have some lengths with slack: no two have the same, for slack only adds."""
        if self.slack is None:
            return length
        share = 1 + self.slack.percent / 100
        return (length - 2 * self.slack.per_end) * share.denominator // share.numerator


def slack_of(layout: LayoutSpec | None, group: str) -> SlackSpec | None:
    """Return the slack of a link group: its own, else that of its fabric, of ``other``, or of all."""
    if layout is None:
        return None
    return (
        layout.slack.get(group)
        or layout.slack.get(group.partition("/")[0])
        or layout.slack.get("other")
        or layout.slack.get("*")
    )


def route_of(fabric: Fabric, group: LinkGroup) -> Routing:
    """Return what the lengths of a link group are computed from."""
    slack = slack_of(fabric.spec.layout, group.base or group.name)
    return Routing(fabric.sites, fabric.spec.layout, slack, group.through)
