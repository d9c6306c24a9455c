"""How long the way between two devices is: inside a rack, along the trays between racks, or as measured.

All lengths are whole mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.fabric import Ints, LengthClass, LinkBlock, Sites, Terminal, height_mm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.fabric import DeviceGroup, Fabric, LinkGroup
    from topogen.spec import LayoutSpec, SlackSpec

IN_RACK_MM = 2_000
BETWEEN_RACKS_MM = 10_000
"""What a length is taken for where the file gives no way to compute it; such lengths are not orderable."""

BASES = ("routed", "default", "measured")
UNKNOWN = -1

Spots: TypeAlias = "tuple[Ints, Ints]"
"""Where devices stand: rack and height in mm of each, -1 where the file does not say."""


@dataclass(frozen=True)
class Routing:
    """What lengths are computed from: sites, the floor, and the slack of one link group."""

    sites: Sites
    layout: LayoutSpec | None
    slack: SlackSpec | None

    @property
    def has_ways(self) -> bool:
        """Return whether the way between some racks is known."""
        floor = self.layout is not None and self.layout.tray is not None and bool(self.sites.rows)
        return floor or len(self.sites.pairs) > 0

    def routed(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """Return the length from device ``a`` to ``b`` in mm with slack, and its basis, as `between` does."""
        rack, height = self.sites.rack, self.sites.height_mm
        return self.between((rack[a], height[a]), (rack[b], height[b]))

    def between(self, a: Spots, b: Spots) -> tuple[Ints, Ints]:
        """Return the length from ``a`` to ``b`` in mm with slack, and its basis, an index of ``BASES``.

        All arrays are of one shape, as is each result. A measured way between two racks wins over the routed
        one.
        """
        (rack_a, high_a), (rack_b, high_b) = a, b
        same = rack_a == rack_b
        known = (high_a >= 0) & (high_b >= 0) & (rack_a >= 0) & (rack_b >= 0)
        across, on_floor = self._across(rack_a, rack_b, high_a, high_b)
        way = np.where(same, np.abs(high_a - high_b), across)
        measured = self.sites.measured_mm(rack_a, rack_b)
        basis = np.where(measured >= 0, 2, np.where(known & (same | on_floor), 0, 1))
        default = np.where(same, IN_RACK_MM, BETWEEN_RACKS_MM)
        run = np.where(measured >= 0, measured, way)
        return np.where(basis == 1, default, self._with_slack(run)), basis

    def _across(self, rack_a: Ints, rack_b: Ints, high_a: Ints, high_b: Ints) -> tuple[Ints, np.ndarray]:
        """Return drops + Manhattan along the tray, and where racks, pitch and tray are known."""
        tray = self.layout.tray if self.layout else None
        if tray is None or not self.sites.rows:
            return np.zeros_like(rack_a), np.zeros(rack_a.shape, bool)
        x, y = (np.append(spots, UNKNOWN) for spots in (self.sites.x_mm, self.sites.y_mm))
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
    types = groups[block.a.group].label, groups[block.b.group].label
    if (flat := _default_mm(block, routing)) is not None:
        return [LengthClass(*types, flat, "default", block.count)]
    scopes, copies = _distinct_scopes(block, routing.sites)
    a, b = (_spots(routing.sites, terminal, scopes) for terminal in (block.a, block.b))
    if block.a.axis == block.b.axis:
        each = prod(block.shape) // block.shape[block.a.axis]
    else:
        each = prod(block.shape) // (block.shape[block.a.axis] * block.shape[block.b.axis])
        a, b = (a[0][:, :, None], a[1][:, :, None]), (b[0][:, None, :], b[1][:, None, :])
    rack_a, high_a, rack_b, high_b = np.broadcast_arrays(*a, *b)
    length, basis = routing.between((rack_a, high_a), (rack_b, high_b))
    weight = np.broadcast_to(copies.reshape(-1, *(1,) * (length.ndim - 1)), length.shape) * each
    kinds, index = np.unique(length.ravel() * len(BASES) + basis.ravel(), return_inverse=True)
    links = np.zeros(len(kinds), np.int64)
    np.add.at(links, index, weight.ravel())
    return [
        LengthClass(*types, int(kind) // len(BASES), BASES[int(kind) % len(BASES)], int(count))
        for kind, count in zip(kinds, links, strict=True)
    ]


def _default_mm(block: LinkBlock, routing: Routing) -> int | None:
    """Return the length of all links of a block where no way between its racks is known, else None."""
    assert block.b is not None  # noqa: S101 - as above
    a, b = (routing.sites.stands[end.group] for end in (block.a, block.b))
    if a.nowhere and b.nowhere:
        return IN_RACK_MM
    if (a.nowhere and b.in_racks) or (a.in_racks and b.nowhere):
        return BETWEEN_RACKS_MM
    apart = a.in_racks and b.in_racks and (a.span[1] < b.span[0] or b.span[1] < a.span[0])
    return BETWEEN_RACKS_MM if apart and not routing.has_ways else None


def _spots(sites: Sites, terminal: Terminal, scopes: Ints) -> Spots:
    """Return where a terminal's devices stand, each array of shape (scopes, entries of its axis)."""
    stand = sites.stands[terminal.group]
    devices = terminal.scope[scopes][:, None] + terminal.device[None, :]
    return stand.rack(devices), height_mm(stand.unit(devices))


def _distinct_scopes(block: LinkBlock, sites: Sites) -> tuple[Ints, Ints]:
    """Return one of each kind of scope, and how many copies it stands for.

    Scopes are of one kind when each lies within one rack and begins at the same place of it.
    """
    assert block.b is not None  # noqa: S101 - as above
    ends = [(end, sites.stands[end.group]) for end in (block.a, block.b)]
    (a, at_a), (b, at_b) = ends
    if all(stand.listed is None and stand.in_racks for _, stand in ends):
        inside = [end.scope % stand.per_rack for end, stand in ends]
        fits = all(
            int(first.max()) + int(end.device.max()) < stand.per_rack
            for first, (end, stand) in zip(inside, ends, strict=True)
        )
        if fits and (at_a.rack(a.scope) == at_b.rack(b.scope)).all():
            times = np.bincount(inside[0] * at_b.per_rack + inside[1])
            kinds = np.flatnonzero(times)
            one_of = np.zeros(len(times), np.int64)
            one_of[inside[0] * at_b.per_rack + inside[1]] = np.arange(len(inside[0]))
            return one_of[kinds], times[kinds]
    return np.arange(block.scopes), np.ones(block.scopes, np.int64)


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
