"""Oversubscription: what comes into the switches of a role from below over what leaves them upward."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.port_uses import port_uses
from topogen.model.expand import links_at
from topogen.records import dataclass
from topogen.takeoff.pools import SWITCH_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric, LinkGroup


@dataclass(frozen=True)
class SwitchUse:
    """Ports and bandwidth of all switches of a role in a network, links of its lowest tier facing down.

    ``down`` and ``up`` in Mb/s per direction, all of them together; ``least`` and ``most`` are the smallest
    and the largest down over up of a single switch, None where nothing leaves upward.
    """

    device_role: str
    network: str
    tier: int
    switches: int
    ports_total: int
    ports_used: int
    down: int
    up: int
    least: Fraction | None
    most: Fraction | None

    @property
    def ports_free(self) -> int:
        """Return the ports no link uses."""
        return self.ports_total - self.ports_used


def switch_uses(fabric: Fabric) -> tuple[SwitchUse, ...]:
    """Return how the switches of each role are used, in the order of the tree."""
    roles: dict[str, list[int]] = {}
    for index, group in enumerate(fabric.groups):
        if group.type.role in SWITCH_ROLES:
            roles.setdefault(group.label, []).append(index)
    networks = dict.fromkeys(link.network for link in fabric.links)
    return tuple(
        use
        for label, groups in roles.items()
        for network in networks
        for use in _of(fabric, label, groups, network)
    )


def tier_ratios(uses: Sequence[SwitchUse]) -> dict[tuple[str, int], tuple[Fraction, Fraction]]:
    """Return the least and the most oversubscription of a single switch by network and tier."""
    found: dict[tuple[str, int], tuple[Fraction, Fraction]] = {}
    for use in uses:
        if use.least is not None and use.most is not None:
            low, high = found.get((use.network, use.tier), (use.least, use.most))
            found[use.network, use.tier] = min(low, use.least), max(high, use.most)
    return found


def down_up(fabric: Fabric, index: int, links: Sequence[LinkGroup], lowest: int) -> tuple[Ints, Ints]:
    """Return the bandwidth of links down and up of each device of a group in Mb/s, each shape (devices,)."""
    count = fabric.groups[index].count
    down, up = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for link in links:
        side = down if link.tier == lowest else up
        for block in link.blocks:
            for end in (block.a, block.b):
                if end is not None and end.group == index:
                    side += link.rate * links_at([(block, end)], count).full()
    return down, up


def _of(fabric: Fabric, label: str, groups: list[int], network: str) -> Iterator[SwitchUse]:
    links = [link for link in fabric.links if link.network == network and _ends_at(link, groups)]
    if not links:
        return
    tier = min(link.tier for link in links)
    pairs = [down_up(fabric, index, links, tier) for index in groups]
    down, up = (np.concatenate(column) for column in zip(*pairs, strict=True))
    ratios = [Fraction(a, b) for a, b in np.unique(np.stack([down, up], 1), axis=0).tolist() if b]
    ports = [use for use in port_uses(fabric) if use.devices == label]
    yield SwitchUse(
        device_role=label,
        network=network,
        tier=tier,
        switches=len(down),
        ports_total=sum(use.used + use.free for use in ports),
        ports_used=sum(use.used for use in ports),
        down=int(down.sum()),
        up=int(up.sum()),
        least=min(ratios, default=None),
        most=max(ratios, default=None),
    )


def _ends_at(link: LinkGroup, groups: list[int]) -> bool:
    """Return whether a link group ends at devices of some groups."""
    return any(end is not None and end.group in groups for block in link.blocks for end in (block.a, block.b))
