"""Figures of devices, ports, links, cables, media and lengths."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link, cables_by_length
from topogen.errors import nearest
from topogen.figures.no_figure import NoFigureError
from topogen.language.quantity import split_narrowing
from topogen.media.medium import pairs, strands
from topogen.model.expand import expand
from topogen.model.fabric import FREE
from topogen.model.select import count_named, mark_devices, select_devices
from topogen.selector import parse_selector
from topogen.units import MM_PER_M

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.roll_up import RollUp


# Devices and ports


def devices(fabric: Fabric, _: RollUp, key: str) -> int:
    """Return the number of devices of a type or role, or of places of a template."""
    word, _of, role = key.partition(" ")
    if word == "role" and role:
        return sum(group.count for group in fabric.groups if group.type.role == role)
    return count_named(fabric.groups, fabric.places, parse_selector(key))


def racks(fabric: Fabric, _: RollUp, key: str) -> int:
    """Return the number of places of level rack, or of those a selector names."""
    if key:
        return count_named(fabric.groups, fabric.places, parse_selector(key))
    return sum(place.count for place in fabric.places if place.level == "rack")


def free_ports(fabric: Fabric, _: RollUp, key: str) -> int:
    """Return the number of unused ports of the devices that a selector names."""
    selector = parse_selector(key)
    total = 0
    for piece in select_devices(fabric.groups, selector):
        for port, kind in enumerate(fabric.groups[piece.group].type.ports):
            if selector.port in (None, kind.name):
                used = fabric.ports[piece.group, port]
                free = (used.rows == FREE).sum(axis=1) - kind.reserved
                total += int(free[used.kind.at(piece.devices())].sum())
    return total


# Links


def links_named(fabric: Fabric, name: str) -> list[LinkGroup]:
    """Return the link groups of that name, or all of that network; without a name, all."""
    found = [group for group in fabric.links if name in ("", group.name, group.base, group.network)]
    if not found:
        known = [group.name for group in fabric.links]
        raise NoFigureError(f'no link group "{name}"; {nearest(name, known)}')
    return found


def is_dropped(fabric: Fabric, name: str) -> bool:
    """Return whether a link group of an included file matches nothing here, so that it has no links."""
    return name in fabric.spec.links and not any(name in (made.name, made.base) for made in fabric.links)


def _links_at(fabric: Fabric, group: LinkGroup, where: str) -> np.ndarray:
    """Return which links of a group have an end at the devices a selector names, shape (links,)."""
    if not where:
        return np.ones(group.count, bool)
    return _at_either_end(fabric, group, mark_devices(fabric.groups, parse_selector(where)))


def _at_either_end(fabric: Fabric, group: LinkGroup, marked: np.ndarray) -> np.ndarray:
    """Return which links of a group have an end among marked devices, shape (links,)."""
    columns = expand(fabric, group)
    return np.asarray(marked[columns.a] | marked[columns.b])


def _link_sum(each: Callable[[Fabric, LinkGroup], int | None]) -> Callable[[Fabric, RollUp, str], int]:
    """Return a figure that is so much for each link of the groups named."""

    def total(fabric: Fabric, _: RollUp, key: str) -> int:
        name, where = split_narrowing(key)
        if not where and is_dropped(fabric, name):
            return 0
        found = 0
        for group in links_named(fabric, name):
            links = int(_links_at(fabric, group, where).sum()) if where else group.count
            found += links * (each(fabric, group) or 0)
        return found

    return total


def _pairs(fabric: Fabric, group: LinkGroup) -> int | None:
    return pairs(group, fabric.catalog.media[group.media[0]]) if group.media else None


def _fibres(fabric: Fabric, group: LinkGroup) -> int | None:
    return strands(group, fabric.catalog.media[group.media[0]]) if group.media else None


def cables(fabric: Fabric, _: RollUp, key: str) -> int:
    """Return the number of cables of the groups named."""
    name, where = split_narrowing(key)
    total = 0
    for group in links_named(fabric, name):
        if where:
            cable = cable_of_link(fabric, group, expand(fabric, group))
            total += len(np.unique(cable[_links_at(fabric, group, where)]))
        else:
            total += int(cables_by_length(fabric, group).cables.sum())
    return total


def media(fabric: Fabric, _: RollUp, key: str) -> int:
    """Return the number of links of the groups named that have a medium."""
    name, medium = key.split("|")
    if medium not in fabric.catalog.media:
        raise NoFigureError(f'no medium "{medium}"; {nearest(medium, fabric.catalog.media)}')
    return sum(group.count for group in links_named(fabric, name) if medium in (group.media or ()))


def length(fabric: Fabric, _: RollUp, key: str) -> Fraction:
    """Return a statistic of the lengths of a group in metres, slack included, before the ladder."""
    name, statistic = key.split("|")
    classes = [
        (one.length_mm, one.links, _pairs(fabric, group) or 0)
        for group in links_named(fabric, name)
        for one in group.lengths
        if one.length_mm is not None
    ]
    if not classes:
        raise NoFigureError(f'no length known for the links of "{name}"')
    links = sum(count for _, count, _ in classes)
    total = sum(length * count for length, count, _ in classes)
    values: dict[str, Fraction] = {
        "min": Fraction(min(length for length, _, _ in classes)),
        "mean": Fraction(total, links),
        "max": Fraction(max(length for length, _, _ in classes)),
        "total": Fraction(total),
        "pair_total": Fraction(sum(length * count * each for length, count, each in classes)),
    }
    return values[statistic] / MM_PER_M


links = _link_sum(lambda _, group: 1)  # noqa: ARG005 - one a link
"""Return the number of links of the groups named."""
pairs_of = _link_sum(_pairs)
"""Return the number of differential pairs of the groups named."""
fibres = _link_sum(_fibres)
"""Return the number of data fibre strands of the groups named."""
