"""What boxes hold: devices and parts as pieces in the colour of what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.picture import Pieces
from topogen.language.device import SWITCH_ROLES
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.draw.shown.part_pieces import PartPieces
    from topogen.model.fabric import Fabric

PART_COLOURS = {"engine": "engine", "els": "els", "module": "module"}
DEVICE_COLOURS = {"gpu": "gpu", "cpu": "cpu", "nic": "nic"}
OTHER = "soft"


def device_colours(fabric: Fabric) -> dict[str, str]:
    """Return the colour of the devices of each label."""
    return {
        group.label: "switch"
        if group.type.role in SWITCH_ROLES
        else DEVICE_COLOURS.get(group.type.role, OTHER)
        for group in fabric.groups
    }


def part_colours(parts: tuple[PartPieces, ...]) -> dict[str, str]:
    """Return the colour of each part, by what it does in a recipe."""
    return {one.part: PART_COLOURS.get(one.line, OTHER) for one in parts}


def pieces_of(counts: Mapping[str, int], colours: Mapping[str, str], more: str = "") -> tuple[Pieces, ...]:
    """Return what a box holds, ``more`` behind each name."""
    return tuple(
        Pieces(count, colours[name], f"{format_count(count)} {name}{more}")
        for name, count in counts.items()
        if count
    )
