"""What a medium makes of a link: lanes on the line, strands or pairs, and whether it may be used."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from topogen.units import format_rate_long

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.catalog.model import Medium
    from topogen.errors import Path, Problems
    from topogen.model.devices import Port
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def line_lanes(lanes: int | None, lane_rate: int | None, medium: Medium) -> int | None:
    """Return the lanes that a medium puts on the line for a port: more where light runs slower.

    None where the lanes of the port are unknown.
    """
    if lanes is None or lane_rate is None:
        return None
    return lanes if medium.lane_rate is None else ceil(Fraction(lanes * lane_rate, medium.lane_rate))


def strands(group: LinkGroup, medium: Medium) -> int | None:
    """Return the fibres of one link: ceil(lanes x fibres per lane), twice unless both ways share them."""
    lanes = line_lanes(group.lanes, group.lane_rate, medium)
    if lanes is None or medium.kind != "optical" or medium.fibres_per_lane is None:
        return None
    return ceil(lanes * medium.fibres_per_lane) * (1 if group.bidi else 2)


def pairs(group: LinkGroup, medium: Medium) -> int | None:
    """Return the pairs of one link: as the medium states, or 2 per lane, 1 where a pair carries both ways."""
    if medium.pairs_per_link is not None:
        return medium.pairs_per_link
    lanes = line_lanes(group.lanes, group.lane_rate, medium)
    if lanes is None or medium.kind == "optical":
        return None
    return lanes * (1 if group.bidi else 2)


def links_pairs(fabric: Fabric, group: LinkGroup) -> int | None:
    """Return the differential pairs of a link group, None where it has none or they are unknown."""
    each = pairs(group, fabric.catalog.media[group.media[0]]) if group.media else None
    return None if each is None else each * group.count


def links_fibres(fabric: Fabric, group: LinkGroup) -> int | None:
    """Return the data fibres of a link group, None where it has none or they are unknown."""
    each = strands(group, fabric.catalog.media[group.media[0]]) if group.media else None
    return None if each is None else each * group.count


def follow_pairs(fabric: Fabric, paths: Mapping[str, Path], problems: Problems) -> Fabric:
    """Return the fabric with pools that serve differential pairs restated in lanes, which they are dealt by.

    Lanes are counted at both ends: a pair is one of them where its direction is fixed, two where it carries
    both directions.
    """
    media = {}
    for name, medium in fabric.catalog.media.items():
        lines = {
            key: line for key, line in medium.recipe.items() if line.serves and line.serves[1] == "pairs"
        }
        users = [group for group in fabric.links if name in (group.media or ())] if lines else []
        if len({group.bidi for group in users}) > 1:
            problems.add(
                "E207",
                f"{name} would carry pairs in one direction and pairs in both",
                paths[users[0].base or users[0].name],
                f"give the links of one kind a medium of their own: catalog.media.NAME: {{like: {name}}}",
            )
        each = 2 if users and users[0].bidi else 1
        restated = {
            key: replace(line, serves=(line.serves[0] * each, "lanes"), pairs=line.serves[0])
            for key, line in lines.items()
            if line.serves
        }
        if restated:
            media[name] = replace(medium, recipe={**medium.recipe, **restated})
    if not media:
        return fabric
    return replace(fabric, catalog=replace(fabric.catalog, media={**fabric.catalog.media, **media}))


def port_lanes(port: Port, medium: Medium) -> int | None:
    """Return the lanes that one port brings to a pool of a medium."""
    return line_lanes(port.lanes, port.lane_rate, medium)


def is_installed(fabric: Fabric, group: LinkGroup) -> bool:
    """Return whether somebody pulls the cables of a link group on site."""
    if group.network == "board":
        return False
    return group.media is None or fabric.catalog.media[group.media[0]].field_installed


NO_REACH = -1


def reach_of(medium: Medium, lane_rate: int | None) -> int | None:
    """Return how far a medium reaches in mm for ports of a lane rate, None where that is not checked.

    ``NO_REACH`` where the medium does not run at this rate.
    """
    lane_rate = medium.lane_rate or lane_rate
    if medium.reach_mm is None or lane_rate is None:
        return None
    return medium.reach_mm.get(lane_rate, NO_REACH)


def reach_for(medium: Medium, group: LinkGroup) -> int | None:
    """Return `reach_of` for links of a group; ``NO_REACH`` also where they are too slow for the medium."""
    return NO_REACH if too_slow(medium, group) else reach_of(medium, group.lane_rate)


def too_slow(medium: Medium, group: LinkGroup) -> str:
    """Return why links are too slow to fill one lane of a medium, empty where they are not."""
    if medium.lane_rate is None or not 0 < group.rate < medium.lane_rate:
        return ""
    lane, link = format_rate_long(medium.lane_rate), format_rate_long(group.rate)
    return f"has lanes of {lane} on the line, a link only {link}"


def links_reach(fabric: Fabric, group: LinkGroup) -> int | None:
    """Return the reach in mm of the end that reaches less far, None where one is not known."""
    reaches = [reach_of(fabric.catalog.media[name], group.lane_rate) for name in group.media or ()]
    known = [reach for reach in reaches if reach is not None]
    return min(known) if known and len(known) == len(reaches) else None


def medium_name(group: LinkGroup) -> str:
    """Return the medium of a link group: ``a+b`` if its ends differ, empty without one."""
    return "+".join(dict.fromkeys(group.media or ()))
