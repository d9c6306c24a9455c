"""Cables from rack to rack, each kind of cable counted; what lies in a tray does not depend on lengths."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link
from topogen.media.cable_parts import cable_part
from topogen.media.medium import is_installed
from topogen.media.patching import cords_of, trunk_routes
from topogen.model.expand import cut, expand
from topogen.model.length_histogram import added_up
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.length_histogram import Counted
    from topogen.model.links import LinkBlock, LinkGroup, Terminal

AT_ONCE = 1 << 18
"""Links that are counted at a time, to limit memory."""

NOWHERE = -1
"""The rack of what is in none, or outside the model."""


@dataclass(frozen=True)
class Runs:
    """So many cables of one part between two racks, arrays of shape (runs,); rack ``a`` is not after ``b``.

    ``part`` is a number of ``parts``, which has None for cables whose part is not known.
    """

    a: Ints
    b: Ints
    part: Ints
    cables: Ints
    parts: tuple[str | None, ...]


def cable_runs(fabric: Fabric) -> Runs:
    """Return the cables that are pulled on site, by part and by the racks of their ends.

    A splitter counts once for each two racks that it joins.
    """
    racks, parts = len(fabric.sites.x_mm) + 1, dict[str | None, int]()
    keys, cables = [], []
    for part, (key, count) in _found(fabric):
        low, high = np.sort(np.stack(np.divmod(key, racks)), axis=0)
        keys.append((parts.setdefault(part, len(parts)) * racks + low) * racks + high)
        cables.append(count)
    if not keys:
        none = np.zeros(0, np.int64)
        return Runs(none, none, none, none, ())
    key, count = added_up(np.concatenate(keys), np.concatenate(cables))
    return Runs(key // racks % racks - 1, key % racks - 1, key // racks**2, count, tuple(parts))


def _found(fabric: Fabric) -> Iterator[tuple[str | None, Counted]]:
    """Yield parts with the pairs of racks that they join and how often; racks count from 1, 0 is nowhere."""
    for group in fabric.links:
        if not group.count or not is_installed(fabric, group):
            continue
        if not group.through:
            yield cable_part(fabric, group), _counted(fabric, group, (None, None))
            continue
        cords, panels = cords_of(fabric, group), group.through
        yield cords[0].part, _counted(fabric, group, (None, panels[0].rack))
        yield cords[1].part, _counted(fabric, group, (panels[1].rack, None))
    racks = len(fabric.sites.x_mm) + 1
    for route in trunk_routes(fabric):
        a, b = (panel.rack + 1 for panel in route.ends)
        yield route.part, (np.array([a * racks + b]), np.array([route.trunks]))


def _counted(fabric: Fabric, group: LinkGroup, panels: tuple[int | None, int | None]) -> Counted:
    """Return the pairs of racks that the cables of a link group join; a panel may stand for an end."""
    racks = len(fabric.sites.x_mm) + 1
    if group.links_per_cable == 1:
        pieces = [_of_piece(fabric, piece, panels) for block in group.blocks for piece in cut(block, AT_ONCE)]
        key, cables = (np.concatenate(part) for part in zip(*pieces, strict=True))
        return added_up(key, cables)
    columns, rack = expand(fabric, group), np.append(fabric.sites.rack, NOWHERE)
    a, b = (
        np.full(len(columns), panel) if panel is not None else rack[devices]
        for devices, panel in zip((columns.a, columns.b), panels, strict=True)
    )
    cable = cable_of_link(fabric, group, columns)
    once = np.unique((cable * racks + a + 1) * racks + b + 1) % racks**2
    return added_up(once, np.ones_like(once))


def _of_piece(fabric: Fabric, block: LinkBlock, panels: tuple[int | None, int | None]) -> Counted:
    """Return the pairs of racks that the links of a block join."""
    a, b = (
        np.array(panel) if panel is not None else _racks(fabric, block, end)
        for end, panel in zip((block.a, block.b), panels, strict=True)
    )
    key = (a + 1) * (len(fabric.sites.x_mm) + 1) + b + 1
    pairs, times = np.unique(key, return_counts=True)
    return pairs, times * (block.scopes * prod(block.shape) // key.size)


def _racks(fabric: Fabric, block: LinkBlock, end: Terminal | None) -> Ints:
    """Return the racks at one end, laid along the scopes and one axis of a block, to be broadcast."""
    if end is None:
        return np.array(NOWHERE)
    shape = [block.scopes, *(1 for _ in block.shape)]
    shape[1 + end.axis] = -1
    return fabric.sites.stands[end.group].rack(end.scope[:, None] + end.device).reshape(shape)
