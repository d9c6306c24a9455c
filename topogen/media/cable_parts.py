"""The cable part of a link group, and the lengths it is sold in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.media.fit import cable_of

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def cable_part(fabric: Fabric, group: LinkGroup) -> str | None:
    """Return the part that the medium of the a end names for the cable, None without one.

    Links through patch panels have no cable from end to end: their pieces are in `patching.csv`.
    """
    if group.media is None or group.through:
        return None
    recipe = fabric.catalog.media[group.media[0]].recipe
    line = next((line for line in recipe.values() if line.per == "link"), None)
    return cable_of(fabric, group, line).part if line else None


def stock_lengths(fabric: Fabric, part: str | None) -> tuple[int, ...]:
    """Return the lengths in mm a part is sold in, rising; empty if it is cut to any length."""
    return fabric.catalog.parts[part].lengths_mm if part else ()
