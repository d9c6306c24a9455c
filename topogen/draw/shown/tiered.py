"""Which fabrics of a file are built in tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.wiring import GENERATORS, generator

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def tower_names(fabric: Fabric) -> list[str]:
    """Return the fabrics of the file that are built in tiers, the one with the most links first."""
    found: dict[str, int] = {}
    for name, spec in fabric.spec.fabrics.items():
        tiers = generator(spec.pattern).spec.tier_roles if spec.pattern in GENERATORS else ()
        if tiers and all(len(tier) == 1 for tier in tiers):
            made = (group.role.partition("/")[0] == name for group in fabric.groups)
            ends = {index for index, own in enumerate(made) if own}
            found[name] = sum(link.count for link in fabric.links if touches(link, ends))
    return sorted((name for name in found if found[name]), key=lambda name: -found[name])


def touches(link: LinkGroup, groups: set[int]) -> bool:
    """Return whether a link group ends at any of some device groups, by their numbers."""
    return any(end is not None and end.group in groups for block in link.blocks for end in (block.a, block.b))
