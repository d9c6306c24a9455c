"""Which fabrics of a file are built in tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.wiring import GENERATORS, generator

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def tower_names(fabric: Fabric) -> list[str]:
    """Return the fabrics of the file that are built in tiers, first the one that matters most for optics.

    It has the most links that are optical, or may be; where none has any, the most links.
    """
    found: dict[str, tuple[int, int]] = {}
    for name, spec in fabric.spec.fabrics.items():
        tiers = generator(spec.pattern).spec.tier_roles if spec.pattern in GENERATORS else ()
        if tiers and all(len(tier) == 1 for tier in tiers):
            made = (group.role.partition("/")[0] == name for group in fabric.groups)
            ends = {index for index, own in enumerate(made) if own}
            own = [link for link in fabric.links if touches(link, ends)]
            light = sum(link.count for link in own if _may_be_optical(fabric, link))
            found[name] = (light, sum(link.count for link in own))
    return sorted((name for name in found if found[name][1]), key=found.__getitem__, reverse=True)


def _may_be_optical(fabric: Fabric, link: LinkGroup) -> bool:
    return not link.media or any(fabric.catalog.media[one].kind == "optical" for one in link.media)


def touches(link: LinkGroup, groups: set[int]) -> bool:
    """Return whether a link group ends at any of some device groups, by their numbers."""
    return any(end is not None and end.group in groups for block in link.blocks for end in (block.a, block.b))
