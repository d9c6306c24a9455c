"""Exceptions by name: a medium or a length for some links of a group, with the reason; a later one wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.media.links import NOT_STATED, Assignment, Assignments
from topogen.model.select import SelectionError, mark_devices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.errors import Path, Problems
    from topogen.language.topology import OverrideSpec
    from topogen.media.links import Links
    from topogen.model.arrays import Bools, Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def stated_lengths(fabric: Fabric, group: LinkGroup, columns: Columns) -> Ints:
    """Return the length in mm that an override states for each link, ``NOT_STATED`` without one."""
    stated = np.full(len(columns), NOT_STATED, np.int64)
    for _, override in overrides_of(fabric, group):
        if override.length is not None:
            stated[_named_links(fabric, columns, override)] = override.length
    return stated


def grant_exceptions(links: Links, granted: Assignments) -> Assignments:
    """Return what was granted, with the media of overrides."""
    grants, grant = list(granted.grants), granted.grant
    for number, override in overrides_of(links.fabric, links.group):
        if override.medium is not None:
            grant = np.where(_named_links(links.fabric, links.columns, override), len(grants), grant)
            media = (override.medium.a, override.medium.b)
            media = media[::-1] if links.group.turned else media
            grants.append(Assignment(media, f"override {number}: {override.reason}"))
    return Assignments(grants, grant)


def overrides_of(fabric: Fabric, group: LinkGroup) -> Iterator[tuple[int, OverrideSpec]]:
    """Yield the overrides that name a link group or its network, with their numbers from 1."""
    for number, override in enumerate(fabric.spec.overrides, start=1):
        if override.links in (group.name, group.base, group.network):
            yield number, override


def _named_links(fabric: Fabric, columns: Columns, override: OverrideSpec) -> Bools:
    if override.between is not None:
        one, two = (mark_devices(fabric.groups, selector) for selector in override.between)
        return np.asarray((one[columns.a] & two[columns.b]) | (two[columns.a] & one[columns.b]))
    everywhere = np.ones(fabric.n_devices + 1, bool)
    here = mark_devices(fabric.groups, override.at) if override.at is not None else everywhere
    return np.asarray(here[columns.a] | here[columns.b])


def refuse_idle_overrides(fabric: Fabric, problems: Problems) -> None:
    """Report overrides whose link group or devices do not exist."""
    known = {name for group in fabric.links for name in (group.name, group.base, group.network) if name}
    for number, override in enumerate(fabric.spec.overrides):
        at = ("overrides", str(number))
        if override.links not in known:
            hint = f"available: {', '.join(sorted(known))}"
            problems.add("E203", f'no link group "{override.links}"', (*at, "links"), hint)
        if override.medium and override.medium.a != override.medium.b:
            _refuse_two_media(fabric, override, at, problems)
        for selector in (override.at, *(override.between or ())):
            try:
                _ = mark_devices(fabric.groups, selector) if selector else None
            except SelectionError as error:
                problems.add("E203", error.message, at, error.hint)


def _refuse_two_media(fabric: Fabric, override: OverrideSpec, at: Path, problems: Problems) -> None:
    """Report a medium per end for links whose ends are the same devices."""
    for group in fabric.links:
        if group.joins_alike and override.links in (group.name, group.base, group.network):
            message = f'a medium per end needs different devices at a and b, not "{group.name}"'
            problems.add("E305", message, (*at, "medium"), "write one medium for both ends")


def matched_overrides(links: Links) -> set[int]:
    """Return the numbers of the overrides that apply to some of the links."""
    return {
        number
        for number, override in overrides_of(links.fabric, links.group)
        if _named_links(links.fabric, links.columns, override).any()
    }


def refuse_unmatched(fabric: Fabric, matched: set[int], problems: Problems) -> None:
    """Report overrides that apply to no link."""
    for number, override in enumerate(fabric.spec.overrides, start=1):
        if number not in matched:
            hint = "name devices that these links connect in at or between, or remove the override"
            message = f'the override applies to no link of "{override.links}"'
            problems.add("E203", message, ("overrides", str(number - 1)), hint)
