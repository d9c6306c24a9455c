"""Which way a link points at each of its ends: up, down, or sideways between devices of equal height.

The ends of a link decide, in this order:

1. Port groups named ``up`` and ``down`` face that way, and the port at the other end faces the opposite way;
   two that face the same way are linked sideways. The only port group of a switch that a generator makes may
   have any name.
2. Between the switches that a generator makes, the tiers of its pattern decide.
3. Otherwise the height in the network: 0 for an endpoint, and for a switch one more than the lowest device it
   is linked to. A switch whose links are mostly in another network is an endpoint of this one, such as the
   managed switches of a management network.

Links between devices of equal height (peer links, routers of a direct network) point sideways and count
neither as down nor as up. A link that leaves the model points up, unless its port group is named ``down``.
"""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from topogen.language.device import SWITCH_ROLES
from topogen.wiring import GENERATORS, generator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.model.arrays import Side
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup, Terminal

UP, SIDEWAYS, DOWN = 1, 0, -1
FACES = {"up": UP, "down": DOWN}
"""Names of port groups that state their direction."""


class Directions:
    """The direction of every link of a fabric, as seen from each of its ends."""

    def __init__(self, fabric: Fabric) -> None:
        self.fabric = fabric
        self.heights = _heights(fabric)

    def at(self, link: LinkGroup, block: LinkBlock, side: Side) -> int:
        """Return ``UP``, ``DOWN`` or ``SIDEWAYS`` of the links of a block, seen from one side."""
        own, far = (block.a, block.b) if side == "a" else (block.b, block.a)
        assert own is not None  # noqa: S101 - a side inside the model
        face, opposite = self._face(own), self._face(far) if far else 0
        if face or opposite:
            return SIDEWAYS if face == opposite else face or -opposite
        if far is None:
            return UP
        mine, other = (self._height(link.network, end.group) for end in (own, far))
        return (other > mine) - (other < mine)

    def _face(self, end: Terminal) -> int:
        """Return the direction that a port group states by its name, 0 if it states none."""
        group = self.fabric.groups[end.group]
        if group.role and len(group.type.ports) == 1:
            return 0  # the one port group of a switch that a generator makes has links of all directions
        return FACES.get(group.type.ports[end.port].name, 0) if group.type.role in SWITCH_ROLES else 0

    def _height(self, network: str, group: int) -> int:
        return self.heights.get((network, group), 0)


def _heights(fabric: Fabric) -> Mapping[tuple[str, int], int]:
    """Return the height of each switch group in each network that it is linked in."""
    home = _home_networks(fabric)
    tiers = _generated(fabric)
    height: dict[tuple[str, int], int] = {}
    pairs = {(link.network, a, b) for link in fabric.links for a, b in _group_pairs(link)}
    for network in {network for network, _, _ in pairs}:
        near: dict[int, set[int]] = {}
        for _, a, b in (pair for pair in pairs if pair[0] == network):
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
        known = {group: 0 for group in near if not _is_switch(fabric, group) or home[group] != network}
        known |= {group: tiers[group] for group in near if group in tiers and group not in known}
        rest = [(value, group) for group, value in known.items()]
        heapify(rest)
        while rest:  # the lowest first
            value, group = heappop(rest)
            for other in near[group] - known.keys():
                known[other] = value + 1
                heappush(rest, (value + 1, other))
        height |= {(network, group): value for group, value in known.items()}
    return height


def _generated(fabric: Fabric) -> Mapping[int, int]:
    """Return the tier of each switch group whose generator builds tiers."""
    found = {}
    for index, group in enumerate(fabric.groups):
        name, _, role = group.role.partition("/")
        if role and (spec := fabric.spec.fabrics.get(name)) and spec.pattern in GENERATORS:
            tiers = generator(spec.pattern).spec.tier_roles
            for number, roles in enumerate(tiers, 1):
                if role in roles:
                    found[index] = number
    return found


def _home_networks(fabric: Fabric) -> Mapping[int, str]:
    """Return the network in which each device group has most of its links."""
    counts: dict[int, Counter[str]] = {}
    for link in fabric.links:
        for block in link.blocks:
            for end in (block.a, block.b):
                if end is not None:
                    counts.setdefault(end.group, Counter())[link.network] += block.count
    return {group: max(found, key=lambda name: found[name]) for group, found in counts.items()}


def _group_pairs(link: LinkGroup) -> set[tuple[int, int]]:
    return {(block.a.group, block.b.group) for block in link.blocks if block.b is not None}


def _is_switch(fabric: Fabric, group: int) -> bool:
    return fabric.groups[group].type.role in SWITCH_ROLES
