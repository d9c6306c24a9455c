"""Legs of splitters and connectors of shuffle cords that carry no link, or that end in several racks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link, cables_by_length
from topogen.cabling.port_uses import port_uses, says_what_stays_free
from topogen.cabling.shuffles import shuffled
from topogen.media.fit import cable_of
from topogen.model.expand import expand
from topogen.model.fabric import device_name
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.errors import Path, Problems
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

HINT = "say under expect.free_ports which ports stay free, or link them"
RACKS_HINT = (
    "order cords whose legs reach both racks, or give each rack a whole number of cords; it is counted once"
)


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
        ports, hint = _unused_ports(fabric, {(block.a.group, block.a.port) for block in group.blocks})
        problems.add("W308", message + ports, paths[group.base or group.name], hint)


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
            has = "has" if few == 1 else "have"
            message = f"{_of_cords(group, few, len(used[0]))} {has} an unused connector"
            ends = {(end.group, end.port) for block in group.blocks for end in (block.a, block.b) if end}
            ports, hint = _unused_ports(fabric, ends)
            problems.add("W308", message + ports, (*paths[group.base or group.name], "shuffle"), hint)


def warn_of_cords_over_racks(fabric: Fabric, paths: Mapping[str, Path], problems: Problems) -> None:
    """Warn of shuffle cords whose connectors at one end are in several racks, once for each link group."""
    for group in fabric.links:
        if not group.shuffle or group.links_per_cable == 1:
            continue
        columns = expand(fabric, group)
        cord = shuffled(fabric, columns, group.links_per_cable // group.shuffle).cord
        parted = np.zeros(len(cord), np.bool_)
        words = ""
        for device in (columns.a, columns.b):
            first = device[cord]  # a cord is numbered by its first link
            apart = fabric.sites.rack[device] != fabric.sites.rack[first]
            if apart.any() and not words:
                row = int(np.flatnonzero(apart)[0])
                words = " and ".join(_in_rack(fabric, int(one[row])) for one in (first, device))
            parted |= apart
        few = len(np.unique(cord[parted]))
        if few:
            has = "has" if few == 1 else "have"
            what = _of_cords(group, few, len(np.unique(cord)))
            message = f"{what} {has} connectors of one end in several racks, such as {words}"
            problems.add("W856", message, (*paths[group.base or group.name], "shuffle"), RACKS_HINT)


def _of_cords(group: LinkGroup, few: int, every: int) -> str:
    form = f"{group.shuffle} x {group.shuffle}"
    return f"{format_count(few)} of {format_count(every)} shuffle cords of {form}"


def _in_rack(fabric: Fabric, device: int) -> str:
    rack = int(fabric.sites.rack[device])
    return f"{device_name(fabric, device)} in {fabric.sites.racks[rack].name if rack >= 0 else 'no rack'}"


def _unused_ports(fabric: Fabric, ends: set[tuple[int, int]]) -> tuple[str, str]:
    """Return which ports of some groups are unused, as the end of a sentence, and how to accept it."""
    names = {(fabric.groups[one].label, fabric.groups[one].type.ports[port].name) for one, port in ends}
    found = [one for one in port_uses(fabric) if one.free and (one.devices, one.port) in names]
    if not found:
        return "", HINT
    ports = ", ".join(f"{count_words(one.free, 'port')} of {one.devices}.{one.port}" for one in found)
    accepted = ", ".join(f"{one.devices}.{one.port}: {one.free}" for one in found)
    return f"; unused: {ports}", f"to accept this, add expect: {{free_ports: {{{accepted}}}}}"


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
