"""What boxes hold: devices and parts as pieces in the colour of what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.picture import Pieces
from topogen.language.device import SWITCH_ROLES
from topogen.palette import family_of
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topogen.draw.shown.part_pieces import PartPieces
    from topogen.model.fabric import Fabric

DEVICE_COLOURS = {"gpu": "gpu", "cpu": "cpu", "nic": "nic"}
OTHER, ELS = "soft", "els"


def device_colours(fabric: Fabric) -> dict[str, str]:
    """Return the colour of the devices of each label."""
    return {
        group.label: "switch"
        if group.type.role in SWITCH_ROLES
        else DEVICE_COLOURS.get(group.type.role, OTHER)
        for group in fabric.groups
    }


def part_colours(fabric: Fabric, parts: Iterable[PartPieces]) -> dict[str, str]:
    """Return the colour of each part: that of the family of its medium, light sources their own."""
    media = fabric.catalog.media
    return {one.part: ELS if one.line == ELS else family_of(media[one.medium]) for one in parts}


def pieces_of(counts: Mapping[str, int], colours: Mapping[str, str], more: str = "") -> tuple[Pieces, ...]:
    """Return what a box holds, ``more`` behind each name."""
    return tuple(
        Pieces(count, colours[name], f"{format_count(count)} {name}{more}")
        for name, count in counts.items()
        if count
    )


def pieces_of_places(each: Mapping[str, int], places: int, colours: Mapping[str, str]) -> tuple[Pieces, ...]:
    """Return what equal places hold, place by place."""
    return tuple(
        Pieces(
            count * places,
            colours[name],
            f"{format_count(count * places)} {name}, {format_count(count)} each",
            count if count > 1 else 0,
        )
        for name, count in each.items()
        if count
    )
