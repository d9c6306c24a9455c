"""Oversubscription: bandwidth into the switches of a role from below over what leaves them upward."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.cabling.port_uses import port_uses
from topogen.language.device import SWITCH_ROLES
from topogen.model.expand import links_at
from topogen.records import dataclass
from topogen.structure.direction import DOWN, SIDEWAYS, UP, Directions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

ASIDE = "management"
"""The network whose uplinks never carry on what comes into a switch in another network."""


class Traffic(NamedTuple):
    """Bandwidth of the links of each device of a group by direction, in Mb/s, each shape (devices,)."""

    down: Ints
    up: Ints
    sideways: Ints

    @property
    def ratios(self) -> list[Fraction]:
        """Return every different down over up of a single device that has links up."""
        pairs = np.unique(np.stack([self.down, self.up], 1), axis=0).tolist()
        return [Fraction(down, up) for down, up in pairs if up]

    @property
    def without_up(self) -> int:
        """Return how many devices have links down and none up."""
        return int(((self.down > 0) & (self.up == 0)).sum())


@dataclass(frozen=True)
class SwitchUse:
    """Ports and bandwidth of all switches of a role in a network, or in two where one carries on the other.

    Ports are those of the kinds that links of the network use; kinds without links are of the first network.
    ``down``, ``up`` and ``sideways`` in Mb/s per direction, all switches together; ``least`` and ``most`` are
    the smallest and the largest down over up of a single switch, None where nothing leaves upward, and in the
    management network for switches of other networks, whose management ports carry no traffic of endpoints.
    ``without_up`` counts the switches that have links down and none up, where others have.
    """

    device_role: str
    network: str
    tier: int
    switches: int
    ports_total: int
    ports_used: int
    down: int
    up: int
    sideways: int
    least: Fraction | None
    most: Fraction | None
    without_up: int = 0

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
    directions = Directions(fabric)
    return tuple(use for label, groups in roles.items() for use in _of(fabric, directions, label, groups))


def tier_ratios(uses: Sequence[SwitchUse]) -> dict[tuple[str, int], tuple[Fraction, Fraction]]:
    """Return the least and the most oversubscription of a single switch by network and tier."""
    found: dict[tuple[str, int], tuple[Fraction, Fraction]] = {}
    for use in uses:
        if use.least is not None and use.most is not None:
            low, high = found.get((use.network, use.tier), (use.least, use.most))
            found[use.network, use.tier] = min(low, use.least), max(high, use.most)
    return found


def traffic(directions: Directions, index: int, links: Iterable[LinkGroup]) -> Traffic:
    """Return the bandwidth of some links at each device of a group, by direction."""
    count = directions.fabric.groups[index].count
    sums = {direction: np.zeros(count, np.int64) for direction in (DOWN, UP, SIDEWAYS)}
    for link in links:
        for block in link.blocks:
            for side, end in (("a", block.a), ("b", block.b)):
                if end is not None and end.group == index:
                    direction = directions.at(link, block, "a" if side == "a" else "b")
                    sums[direction] += link.rate * links_at([(block, end)], count).full()
    return Traffic(sums[DOWN], sums[UP], sums[SIDEWAYS])


def joined_networks(by_network: dict[str, Traffic]) -> Iterator[tuple[str, Traffic]]:
    """Yield the traffic of each network; two networks together where one only comes in and one only leaves.

    A network without uplinks is carried on by one without downlinks, such as storage by a front end.
    """
    into = [name for name, one in by_network.items() if one.down.any() and not one.up.any()]
    out = [name for name, one in by_network.items() if one.up.any() and not one.down.any() and name != ASIDE]
    has_both = any(one.down.any() and one.up.any() for one in by_network.values())
    joined = [] if has_both or not into or not out else [*into, *out]
    if joined:
        parts = [by_network[name] for name in joined]
        yield "+".join(joined), Traffic(*(np.sum(column, axis=0) for column in zip(*parts, strict=True)))
    for name, one in by_network.items():
        if name not in joined:
            yield name, one


def _of(fabric: Fabric, directions: Directions, label: str, groups: list[int]) -> Iterator[SwitchUse]:
    links = [link for link in fabric.links if _ends_at(link, groups)]
    by_network = {
        network: _stacked(
            traffic(directions, index, (link for link in links if link.network == network))
            for index in groups
        )
        for network in dict.fromkeys(link.network for link in links)
    }
    ports = [use for use in port_uses(fabric) if use.devices == label]
    carried = _networks_of_ports(fabric, links, groups)
    first = next(iter(by_network), "")
    for network, one in joined_networks(by_network):
        names = network.split("+")
        own = [use for use in ports if carried.get(use.port, {first}).intersection(names)]
        is_managed = network == ASIDE and len(by_network) > 1
        ratios = [] if is_managed else one.ratios
        yield SwitchUse(
            device_role=label,
            network=network,
            tier=min(link.tier for link in links if link.network in names),
            switches=len(one.down),
            ports_total=sum(use.used + use.free for use in own),
            ports_used=sum(use.used for use in own),
            down=int(one.down.sum()),
            up=int(one.up.sum()),
            sideways=int(one.sideways.sum()),
            least=min(ratios, default=None),
            most=max(ratios, default=None),
            without_up=one.without_up if ratios else 0,
        )


def _networks_of_ports(
    fabric: Fabric, links: Sequence[LinkGroup], groups: Sequence[int]
) -> dict[str, set[str]]:
    """Return the networks that the links at each kind of port belong to; a kind without links is left out."""
    found: dict[str, set[str]] = {}
    for link in links:
        for end in (end for block in link.blocks for end in (block.a, block.b)):
            if end is not None and end.group in groups:
                port = fabric.groups[end.group].type.ports[end.port]
                found.setdefault(port.name, set()).add(link.network)
    return found


def _stacked(parts: Iterable[Traffic]) -> Traffic:
    return Traffic(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _ends_at(link: LinkGroup, groups: list[int]) -> bool:
    """Return whether a link group ends at devices of some groups."""
    return any(end is not None and end.group in groups for block in link.blocks for end in (block.a, block.b))
