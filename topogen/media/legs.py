"""Legs of splitters that carry no link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link, cables_by_length
from topogen.cabling.port_uses import says_what_stays_free
from topogen.cabling.shuffles import shuffled
from topogen.media.fit import cable_of
from topogen.model.expand import expand
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.errors import Path, Problems
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

HINT = "say under expect.free_ports which ports stay free, or link them"


def warn_of_unused_legs(fabric: Fabric, paths: Mapping[str, Path], problems: Problems) -> None:
    """Warn of splitters with a leg that carries no link, unless the file says which ports stay free."""
    for group in fabric.links:
        part = _splitter(fabric, group)
        classes = cables_by_length(fabric, group) if part else None
        if classes is None or int(classes.cables.sum()) * group.links_per_cable == group.count:
            continue
        begin = {block.a.group for block in group.blocks}
        kinds = [fabric.groups[index] for index in begin]
        if any(says_what_stays_free(fabric, kind.type.name, kind.label) for kind in kinds):
            continue
        links = np.bincount(cable_of_link(fabric, group, expand(fabric, group)))
        few, every = int((links < group.links_per_cable).sum()), len(links)
        has = "has" if few == 1 else "have"
        message = f"{format_count(few)} of {format_count(every)} {part} {has} an unused leg"
        problems.add("W308", message, paths[group.base or group.name], HINT)


def warn_of_unused_connectors(fabric: Fabric, paths: Mapping[str, Path], problems: Problems) -> None:
    """Warn of shuffle cords with a connector without a link, unless the file says which ports stay free."""
    for group in fabric.links:
        if not group.shuffle or group.links_per_cable == 1:
            continue
        kinds = {end.group for block in group.blocks for end in (block.a, block.b) if end}
        if any(
            says_what_stays_free(fabric, fabric.groups[one].type.name, fabric.groups[one].label)
            for one in kinds
        ):
            continue
        found = shuffled(fabric, expand(fabric, group), group.links_per_cable // group.shuffle)
        used = [_connectors_by_cord(found.cord, end) for end in found[:2]]
        few = int((np.minimum(*used) < group.shuffle).sum())
        if few:
            what = f"shuffle cords of {group.shuffle} x {group.shuffle}"
            message = f"{format_count(few)} of {format_count(len(used[0]))} {what} have an unused connector"
            problems.add("W308", message, (*paths[group.base or group.name], "shuffle"), HINT)


def _connectors_by_cord(cord: Ints, connector: Ints) -> Ints:
    """Return how many connectors each cord has links in, in the order of the cords."""
    width = int(connector.max()) + 1
    return np.unique(np.unique(cord * width + connector) // width, return_counts=True)[1]


def _splitter(fabric: Fabric, group: LinkGroup) -> str:
    """Return the splitter that carries the links of a group, empty without one."""
    if group.links_per_cable == 1 or group.media is None:
        return ""
    lines = [line for line in fabric.catalog.media[group.media[0]].recipe.values() if line.per == "link"]
    cables = (cable_of(fabric, group, line) for line in lines)
    return next((one.part for one in cables if one.part and one.split and len({*one.split}) > 1), "")
