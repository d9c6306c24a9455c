"""``dragonfly``: groups of fully meshed routers, every two groups joined by links of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from topogen.language.fabric import SwitchedFabricSpec
from topogen.language.fields import Count
from topogen.model.runs import arange
from topogen.records import dataclass
from topogen.wiring.between_groups import between_groups, refuse_groups
from topogen.wiring.block import Block, matching, repeat
from topogen.wiring.plan import Plan, PlannedLinks, size_by
from topogen.wiring.record import Generator
from topogen.wiring.routers import HOSTS, ROUTER, place_hosts, router_faces

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def dragonfly(request: GeneratorRequest[Dragonfly]) -> Plan:
    """Return the plan of a dragonfly for one plane.

    With g groups of a routers, p hosts and h global ports a router, m local links a pair: g a routers; g a
    p hosts; g a (a - 1) / 2 x m local and g a h / 2 global links; p + (a - 1) m + h ports a router, in this
    order.

    The a h global ports of a group go to the g - 1 others evenly, so that pair counts differ by at most 1.

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
    refuse_groups(
        size.groups,
        size.routers,
        size.globals,
        ("routers_per_group", "globals_per_router"),
        f"hyperx with dims: [{size.routers}]",
    )
    hosts = place_hosts(request, routers, size.hosts, faces[HOSTS])
    made = [
        PlannedLinks("local", faces["local"], faces["local"], tuple(_local(size))),
        PlannedLinks(
            "global",
            faces["global"],
            faces["global"],
            (between_groups(size.groups, size.routers, size.globals),),
        ),
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


def _local(size: Sizes) -> Iterator[Block]:
    """Yield the full mesh of a group, a copy for each group."""
    one, other = np.triu_indices(size.routers, 1)
    if len(one):
        first = arange(size.groups, size.routers)
        yield repeat(matching(one, other, size.per_pair, same=True), first, first)


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
