"""``dragonfly_plus``: groups of leaves and spines, every two groups joined by links between their spines.

Source: Shpiner, Haramaty, Eliad, Zdornov, Gafni, Zahavi, "Dragonfly+: Low Cost Topology for Scaling
Datacenters", HiPINEB 2017; as Megafly: Flajslik, Borch, Parker, "Megafly: A Topology for Exascale Systems",
ISC 2018.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from topogen.language.fabric import SwitchedFabricSpec
from topogen.language.fields import Count
from topogen.model.runs import arange
from topogen.wiring.between_groups import between_groups, refuse_groups
from topogen.wiring.block import biclique, repeat
from topogen.wiring.plan import Plan, PlannedLinks, size_by
from topogen.wiring.record import Generator
from topogen.wiring.routers import HOSTS, place_hosts, router_faces

if TYPE_CHECKING:
    from topogen.wiring.plan import GeneratorRequest


class DragonflyPlus(SwitchedFabricSpec):
    """Groups of leaves and spines, every two groups joined."""

    roles: ClassVar[tuple[str, ...]] = ("leaf", "spine")
    link_groups: ClassVar[Mapping[str, str]] = {
        "hosts": "endpoints to leaves, filling one leaf after another",
        "local": "every leaf to every spine of its group",
        "global": "the global ports of the spines of a group, distributed evenly over the other groups",
    }
    tier_roles: ClassVar[tuple[tuple[str, ...], ...]] = (("leaf",), ("spine",))

    pattern: Literal["dragonfly_plus"]
    """pattern to generate"""
    groups: Count
    """number of groups"""
    leaves_per_group: Count
    """leaves per group"""
    spines_per_group: Count
    """spines per group"""
    hosts_per_leaf: Count
    """endpoints per leaf"""
    globals_per_spine: Count
    """links per spine to other groups"""
    links_per_pair: Count = 1
    """parallel links between each leaf and spine of a group"""


def dragonfly_plus(request: GeneratorRequest[DragonflyPlus]) -> Plan:
    """Return the plan of a Dragonfly+ for one plane.

    With g groups of l leaves and s spines, p hosts per leaf, h global ports per spine and m links per pair
    of a leaf and a spine: g l leaves and g s spines; g l p hosts; g l s m local and g s h / 2 global links.
    A leaf takes p + s m ports, a spine l m + h, in this order. The s h global ports of a group go to the g
    - 1 others evenly, so that pair counts differ by at most 1.

    Diameter: 5 links (host, local, global, local, host), because every leaf reaches every spine of its
    group. Of the bisection no closed form is known: a cut through the groups may cross fewer links than one
    between them.

    >>> from topogen.wiring.dragonfly_plus import DragonflyPlus
    >>> from topogen.wiring.plan import GeneratorRequest, Faces
    >>> keys = {"network": "scale_out", "pattern": "dragonfly_plus", "switch": "box", "create": "nic.hs"}
    >>> group = ("leaves_per_group", "spines_per_group", "hosts_per_leaf", "globals_per_spine")
    >>> spec = DragonflyPlus.model_validate({**keys, **dict.fromkeys(group, "4"), "groups": "17"})
    >>> plan = dragonfly_plus(GeneratorRequest(spec, lambda role: Faces("box", 8), None))
    >>> plan.switches, plan.ends, plan.diameter
    ({'leaf': 68, 'spine': 68}, 272, 5)
    >>> {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    {'hosts': 272, 'local': 272, 'global': 136}
    """
    spec = request.spec
    groups, leaves, spines = spec.groups, spec.leaves_per_group, spec.spines_per_group
    per_pair, out = spec.links_per_pair, spec.globals_per_spine
    below = router_faces(request, {HOSTS: spec.hosts_per_leaf, "local": spines * per_pair}, "leaf")
    above = router_faces(request, {"local": leaves * per_pair, "global": out}, "spine")
    keys = ("spines_per_group", "globals_per_spine")
    refuse_groups(groups, spines, out, keys, "fat_tree with tiers: 2")
    hosts = place_hosts(request, groups * leaves, spec.hosts_per_leaf, below[HOSTS], "leaves")
    number = arange(groups)
    local = repeat(biclique(leaves, spines, per_pair), number * leaves, number * spines)
    between = above["global"]
    return Plan(
        switches={"leaf": groups * leaves, "spine": groups * spines},
        links=(
            hosts.made,
            PlannedLinks("local", below["local"], above["local"], (local,)),
            PlannedLinks("global", between, between, (between_groups(groups, spines, out),)),
        ),
        ends=hosts.created,
        sizes={
            role: size_by(f"{groups:,} groups x {each:,} = {groups * each:,} {role}")
            for role, each in (("leaf", leaves), ("spine", spines))
        },
        diameter=5 if hosts.full else None,
    )


PATTERN = Generator(
    spec=DragonflyPlus,
    make=dragonfly_plus,
    switches="g groups of l leaves and s spines",
    links="`hosts` N p, `local` g l s m, `global` g s h / 2",
)
"""The record of the generator."""
