"""Check the media of links: both ends meet, their lanes run at the rate of the links, and they reach."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from topogen.errors import SHOWN_NAMES
from topogen.media.fit import ends_of, fitting_cable, misfit
from topogen.media.medium import NO_REACH, reach_for, too_slow
from topogen.units import format_count, format_length, format_rate_long

if TYPE_CHECKING:
    from topogen.catalog.model import Medium
    from topogen.errors import Path, Problems
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def check_media(fabric: Fabric, group: LinkGroup, problems: Problems, at: Path) -> None:
    """Report incompatible media at the two ends, and links beyond the rate or the reach of a medium."""
    if group.media is None:
        return
    a, b = (fabric.catalog.media[name] for name in group.media)
    if a.id != b.id and (a.interface is None or a.interface != b.interface):
        speaks = [f'"{medium.interface or medium.id}" ({medium.id})' for medium in (a, b)]
        message = f"incompatible interfaces: a is {speaks[0]}, b is {speaks[1]}"
        same = [medium.id for medium in _that_run(fabric, group) if a.interface == medium.interface]
        hint = (
            f"media with interface {a.interface}: {', '.join(same)}"
            if a.interface and same
            else f"{a.id} works only with itself; use one medium at both ends"
        )
        problems.add("E305", message, (*at, "medium"), hint)
    for medium in {a.id: a, b.id: b}.values():
        _check_reach(fabric, group, medium, (problems, at))


def _check_reach(fabric: Fabric, group: LinkGroup, medium: Medium, noting: tuple[Problems, Path]) -> None:
    problems, at = noting
    lane_rate, reach = medium.lane_rate or group.lane_rate, reach_for(medium, group)
    if medium.reach_mm is None or lane_rate is None or reach is None:
        return
    if reach == NO_REACH:
        rates = ", ".join(format_rate_long(rate) for rate in sorted(medium.reach_mm))
        words = (
            too_slow(medium, group)
            or f"does not run at {format_rate_long(lane_rate)} per lane, only at {rates}"
        )
        message = f"{medium.id} {words}"
        problems.add("E303", message, (*at, "medium"), _others(fabric, group))
        return
    far = group.lengths.mm > reach
    if far.any():
        count = format_count(int(group.lengths.links[far].sum()))
        shortest, longest = int(group.lengths.mm[far].min()), int(group.lengths.mm[far].max())
        span = format_length(longest)
        if shortest != longest:
            span = f"{format_length(shortest)} to {span}"
        message = (
            f"{count} links are {span} long; {medium.id} reaches "
            f"{format_length(reach)} at {format_rate_long(lane_rate)} per lane"
        )
        hint = "use a medium with longer reach, or move the ends closer: layout.rows, slots, layout.slack"
        problems.add("E301", message, (*at, "medium"), hint)


def _others(fabric: Fabric, group: LinkGroup) -> str:
    """Return the hint that names the media that links of a group can have, without gaps if there are any."""
    now = set(group.media or ())
    able = [medium for medium in _that_run(fabric, group) if medium.id not in now]
    found = [medium.id for medium in able if _has_parts(fabric, group, medium)] or [one.id for one in able]
    if not found or group.lane_rate is None or len(now) > 1:
        return "use another medium, or ports of another lane_rate"
    shown = ", ".join(found[:SHOWN_NAMES]) + (", ..." if len(found) > SHOWN_NAMES else "")
    return f"media that run at {format_rate_long(group.lane_rate)} per lane: {shown}"


def _that_run(fabric: Fabric, group: LinkGroup) -> list[Medium]:
    """Return the media that run at the rate of links and reach, by name."""
    longest = int(group.lengths.mm.max())
    media = sorted(fabric.catalog.media.values(), key=lambda medium: medium.id)
    return [medium for medium in media if (reach_for(medium, group) or NO_REACH) >= longest]


def _has_parts(fabric: Fabric, group: LinkGroup, medium: Medium) -> bool:
    """Return whether a medium has a cable and modules for the ports of links."""
    ends = [replace(end, medium=medium) for end in ends_of(fabric, group)]
    for line in medium.recipe.values():
        if line.per == "end" and any(
            line.part_for(end.port.cage_links, end.port.lanes, end.port.lane_rate) is None for end in ends
        ):
            return False
        if line.per == "link":
            cable = fitting_cable(fabric.catalog, group, line, ends)
            if cable.part is None or misfit(fabric.catalog.parts[cable.part], cable.links, ends):
                return False
    return True
