"""How long the way between two devices is: inside a rack, along the trays between racks, or as measured.

All lengths are whole mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.fabric import Ints, LengthClass, LinkBlock, Sites, Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.fabric import DeviceGroup, Fabric, LinkGroup
    from topogen.spec import LayoutSpec, SlackSpec

IN_RACK_MM = 2_000
BETWEEN_RACKS_MM = 10_000
"""What a length is taken for where the file gives no way to compute it; such lengths are not orderable."""

BASES = ("routed", "default", "measured")
UNKNOWN = -1


@dataclass(frozen=True)
class Routing:
    """What lengths are computed from: sites, the floor, and the slack of one link group."""

    sites: Sites
    layout: LayoutSpec | None
    slack: SlackSpec | None

    def routed(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """Return the length from ``a`` to ``b`` in mm with slack, and its basis, an index of ``BASES``.

        Both are of one shape, as is each result. A measured way between two racks wins over the routed one.
        """
        rack_a, rack_b = self.sites.rack[a], self.sites.rack[b]
        high_a, high_b = self.sites.height_mm[a], self.sites.height_mm[b]
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
    a, b = (_devices(groups, terminal) for terminal in (block.a, block.b))
    types = groups[block.a.group].label, groups[block.b.group].label
    if (flat := _default_mm(routing.sites, a, b)) is not None:
        return [LengthClass(*types, flat, "default", block.count)]
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
    return [
        LengthClass(*types, int(kind) // len(BASES), BASES[int(kind) % len(BASES)], int(count))
        for kind, count in zip(kinds, links, strict=True)
    ]


def _default_mm(sites: Sites, a: Ints, b: Ints) -> int | None:
    """Return the length of all links between devices of which one side stands in no rack, else None."""
    racks = [sites.rack[devices] for devices in (a, b)]
    nowhere = [bool((rack < 0).all()) for rack in racks]
    if all(nowhere):
        return IN_RACK_MM
    one_sided = any(nowhere) and all(
        (rack >= 0).all() for rack, out in zip(racks, nowhere, strict=True) if not out
    )
    return BETWEEN_RACKS_MM if one_sided else None


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
