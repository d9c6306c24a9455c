"""One id for every place of a fabric: places are numbered per level, level after level."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric


def first_ids(fabric: Fabric) -> dict[str, int]:
    """Return the id of the first place of each level."""
    first: dict[str, int] = {}
    counted = 0
    for level in dict.fromkeys(place.level for place in fabric.places):
        first[level] = counted
        counted += sum(place.count for place in fabric.places if place.level == level)
    return first
