"""``dragonfly``: groups of fully meshed routers, every two groups joined by links of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from topogen.language.fabric import SwitchedFabricSpec
from topogen.language.fields import Count
from topogen.model.runs import arange
from topogen.records import dataclass
from topogen.wiring.block import Block, PatternError, matching, repeat
from topogen.wiring.plan import Plan, PlannedLinks, one_by_one, size_by
from topogen.wiring.record import Generator
from topogen.wiring.routers import HOSTS, ROUTER, place_hosts, router_faces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.arrays import Ints
    from topogen.wiring.plan import GeneratorRequest


class Dragonfly(SwitchedFabricSpec):
    """Groups of fully meshed routers, every two groups joined."""

    roles: ClassVar[tuple[str, ...]] = ("router",)
    link_groups: ClassVar[Mapping[str, str]] = {
        "hosts": "endpoints to routers, filling one router after another",
        "local": "every router to every other of its group",
        "global": "the global ports of a group, distributed evenly over the other groups",
    }

    pattern: Literal["dragonfly"]
    """pattern to generate"""
    groups: Count
    """number of router groups"""
    routers_per_group: Count
    """routers per group"""
    hosts_per_router: Count
    """endpoints per router"""
    globals_per_router: Count
    """links per router to other groups"""
    links_per_pair: Count = 1
    """parallel links between each pair of routers in a group"""


@dataclass(frozen=True)
class Sizes:
    """Groups, routers of each, and ports of a router to hosts, to its group (a peer), to other groups."""

    groups: int
    routers: int
    hosts: int
    per_pair: int
    globals: int

    @property
    def local(self) -> int:
        """Return the ports of a router to its group."""
        return (self.routers - 1) * self.per_pair

    @property
    def per_group(self) -> int:
        """Return the ports of a group to other groups."""
        return self.routers * self.globals


def dragonfly(request: GeneratorRequest[Dragonfly]) -> Plan:
    """Return the plan of a dragonfly for one plane.

    With g groups of a routers, p hosts and h global ports a router, m local links a pair: g a routers; g a
    p hosts; g a (a - 1) / 2 x m local and g a h / 2 global links; p + (a - 1) m + h ports a router, in this
    order.

    The a h global ports of a group go to the g - 1 others evenly, so that pair counts differ by at most 1:
    port q leads 1 + q mod (g - 1) groups ahead, and what does not go round goes to the nearest groups on both
    sides. Port q is on router q // h.

    Diameter: 5 links (host, local, global, local, host) where no router reaches all others by two links, 3
    with one router a group, else not known in closed form. Nor is the bisection: a cut between halves of
    the groups crosses g / 2 x g / 2 pairs of groups, a cut through the groups may cross fewer links.

    Source: Kim, Dally, Scott, Abts, "Technology-Driven, Highly-Scalable Dragonfly Topology", ISCA 2008.

    >>> from topogen.wiring.dragonfly import Dragonfly
    >>> from topogen.wiring.plan import GeneratorRequest, Faces
    >>> keys = {"network": "scale_out", "pattern": "dragonfly", "switch": "router", "create": "nic.hs"}
    >>> sizes = {"groups": "9", "routers_per_group": "4", "hosts_per_router": "2", "globals_per_router": "2"}
    >>> spec = Dragonfly.model_validate({**keys, **sizes})
    >>> plan = dragonfly(GeneratorRequest(spec, lambda role: Faces("router", 7), None))
    >>> plan.switches, plan.ends, plan.diameter
    ({'router': 36}, 72, 5)
    >>> {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    {'hosts': 72, 'local': 54, 'global': 36}
    """
    size = _sizes(request)
    routers = size.groups * size.routers
    faces = router_faces(request, {HOSTS: size.hosts, "local": size.local, "global": size.globals})
    _refuse(size)
    hosts = place_hosts(request, routers, size.hosts, faces[HOSTS])
    made = [
        PlannedLinks("local", faces["local"], faces["local"], tuple(_local(size))),
        PlannedLinks("global", faces["global"], faces["global"], (_global(size),)),
    ]
    why = f"{size.groups:,} groups x {size.routers:,} routers = {routers:,} router"
    return Plan(
        switches={ROUTER: routers},
        links=(hosts.made, *(links for links in made if links.blocks)),
        ends=hosts.created,
        sizes={ROUTER: size_by(why)},
        diameter=_diameter(size) if hosts.full else None,
    )


def _sizes(request: GeneratorRequest[Dragonfly]) -> Sizes:
    spec = request.spec
    return Sizes(
        spec.groups,
        spec.routers_per_group,
        spec.hosts_per_router,
        spec.links_per_pair,
        spec.globals_per_router,
    )


def _refuse(size: Sizes) -> None:
    """Raise where the global ports of a group do not reach every other group, or one stays alone."""
    others, ports = size.groups - 1, size.per_group
    terms = f"{size.routers} x {size.globals} = {ports:,}"
    if not others:
        message = "one group has no other to be joined to"
        raise PatternError("E204", message, f"at least 2 groups, or hyperx with dims: [{size.routers}]")
    if ports < others:
        message = (
            f"groups {size.groups:,} needs {others:,} global links per group, "
            f"have {terms}: short by {others - ports:,}"
        )
        hint = f"at most {ports + 1:,} groups, or more routers_per_group or globals_per_router"
        raise PatternError("E204", message, hint)
    if ports * size.groups % 2:
        message = (
            f"{size.groups:,} groups of {terms} global ports are {ports * size.groups:,}: one stays alone"
        )
        raise PatternError("E204", message, "make groups, routers_per_group or globals_per_router even")


def _local(size: Sizes) -> Iterator[Block]:
    """Yield the full mesh of a group, a copy for each group."""
    one, other = np.triu_indices(size.routers, 1)
    if len(one):
        first = arange(size.groups, size.routers)
        yield repeat(matching(one, other, size.per_pair, same=True), first, first)


def _global(size: Sizes) -> Block:
    """Return the links between groups: each is counted where it leads less than half around."""
    ahead, back = _global_ports(size.groups, size.per_group)
    port, other = np.nonzero(2 * ahead < size.groups)[0], arange(size.groups)
    group, port = np.repeat(other, len(port)), np.tile(port, size.groups)
    half = np.nonzero(2 * ahead == size.groups)[0]
    group = np.concatenate([group, np.repeat(arange(size.groups // 2), len(half))])
    port = np.concatenate([port, np.tile(half, size.groups // 2)])
    far = (group + ahead[port]) % size.groups
    near_router, near_slot = np.divmod(port, size.globals)
    far_router, far_slot = np.divmod(back[port], size.globals)
    return one_by_one(
        group * size.routers + near_router, far * size.routers + far_router, near_slot, far_slot
    )


def _global_ports(groups: int, ports: int) -> tuple[Ints, Ints]:
    """Return of each global port of a group how many groups ahead it leads, and to which port there.

    >>> [side.tolist() for side in _global_ports(4, 5)]
    [[1, 2, 3, 1, 3], [2, 1, 0, 4, 3]]
    """
    rounds, rest = divmod(ports, groups - 1)
    near = 1 + arange(rest // 2)
    left = np.concatenate([near, np.full(rest % 2, groups // 2), groups - near[::-1]])
    ahead = np.concatenate([np.tile(1 + arange(groups - 1), rounds), left])
    back = np.concatenate(
        [arange(rounds * (groups - 1)).reshape(rounds, -1)[:, ::-1].ravel(), ports - 1 - arange(rest)]
    )
    return ahead, back


def _diameter(size: Sizes) -> int | None:
    """Return the most links between two hosts, None where it takes a search."""
    if size.routers == 1:
        return 3
    beside, far = size.routers - 1, size.globals
    by_two = 1 + beside + far + 2 * beside * far + far * (far - 1)
    return 5 if size.groups * size.routers > by_two else None


PATTERN = Generator(
    spec=Dragonfly,
    make=dragonfly,
    switches="g groups of a routers: g a",
    links="`hosts` N p, `local` g a (a - 1) / 2 x m, `global` g a h / 2",
)
"""The record of the generator."""
