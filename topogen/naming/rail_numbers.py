"""The rail and the plane of devices, from what the fabrics of the file state and from the links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.expand import expand_parts
from topogen.model.fabric import place_ids
from topogen.model.runs import cumcount
from topogen.model.select import select_devices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.selector import Selector

NOT = -1
PART = 1 << 20
"""Links that are looked at at a time."""
TIERS_OF_PODS = 3


def rail_of(fabric: Fabric, ends: Sequence[Selector], level: str) -> Ints:
    """Return the rail of each device: its position among the ends in its place; -1 for other devices."""
    rail = np.full(fabric.n_devices, NOT, np.int64)
    devices, places = [], []
    for selector in ends:
        for piece in select_devices(fabric.groups, selector):
            group = fabric.groups[piece.group]
            place = place_ids(fabric, group, level)
            if place is not None:
                devices.append(group.first + piece.devices())
                places.append(place[piece.devices()])
    if devices:
        named, first = np.unique(np.concatenate(devices), return_index=True)
        order = np.argsort(first)
        rail[named[order]] = cumcount(np.concatenate(places)[first][order])
    return rail


def plane_of(fabric: Fabric, name: str, planes: int) -> Ints:
    """Return the plane of each switch of a fabric; -1 for others."""
    plane = np.full(fabric.n_devices, NOT, np.int64)
    for group in fabric.groups:
        if group.role.partition("/")[0] == name and group.count >= planes:
            plane[group.first : group.first + group.count] = group.planes(planes)
    return plane


def rails_of(fabric: Fabric) -> Ints:
    """Return the rail of each endpoint, of each leaf whose endpoints are all of one rail; else -1.

    Fabrics and links of the pattern `rails` state them. Where rails are separate, switches above the leaves
    have the rail that they serve.
    """
    found = np.full(fabric.n_devices, NOT, np.int64)
    for name, spec in fabric.spec.fabrics.items():
        level = spec.levels().rails_by
        if level:
            rail = rail_of(fabric, spec.ends, level)
            found = np.where(found == NOT, rail, found)
            for _ in range(spec.tier_count() or 1 if getattr(spec, "separate_rails", False) else 1):
                rail = np.where(rail == NOT, _of_leaves(fabric, name, rail), rail)
            found = np.where(found == NOT, rail, found)
    for name, link in fabric.spec.links.items():
        ends = link.ends()
        if ends.rails_by:
            rail = rail_of(fabric, ends.a, ends.rails_by)
            rail = np.where(rail == NOT, _of_leaves(fabric, name, rail), rail)
            found = np.where(found == NOT, rail, found)
    return found


def units_of(fabric: Fabric) -> Ints:
    """Return the unit that each leaf of a fabric with `units_by` serves, -1 for other devices."""
    found = np.full(fabric.n_devices, NOT, np.int64)
    for name, spec in fabric.spec.fabrics.items():
        level = spec.levels().units_by
        if level:
            unit = _places_of(fabric, level)
            found = np.where(found == NOT, _of_leaves(fabric, name, unit), found)
    return found


def _places_of(fabric: Fabric, level: str) -> Ints:
    """Return the place of a level that each device stands in, -1 for none and for created switches."""
    places = [None if group.role else place_ids(fabric, group, level) for group in fabric.groups]
    counts = [group.count for group in fabric.groups]
    known = [
        np.full(count, NOT) if place is None else place for place, count in zip(places, counts, strict=True)
    ]
    return np.concatenate([np.zeros(0, np.int64), *known]).astype(np.int64)


def _of_leaves(fabric: Fabric, name: str, rail: Ints) -> Ints:
    """Return the rail, or unit, of each switch of a fabric that all its links to endpoints are of, else -1.

    ``rail`` has that of the endpoints.
    """
    low, high = _bounds_at(fabric, _links_of(fabric, name), rail)
    return np.where((low == high) & (rail == NOT), high, NOT)


def _links_of(fabric: Fabric, name: str) -> list[LinkGroup]:
    """Return the link groups that a fabric made and that stay inside the model."""
    made = ((group, (group.base or group.name).partition("/")[0]) for group in fabric.links)
    return [group for group, of in made if of == name and group.has_b]


def _pairs(fabric: Fabric, groups: Iterable[LinkGroup]) -> Iterator[tuple[Ints, Ints]]:
    """Yield the devices at both ends of links, in parts, in both directions."""
    for group in groups:
        for block in group.blocks:
            for links in expand_parts(fabric, block, PART):
                a, b = links.a.astype(np.int64), links.b.astype(np.int64)
                yield a, b
                yield b, a


def _bounds_at(fabric: Fabric, groups: Iterable[LinkGroup], values: Ints) -> tuple[Ints, Ints]:
    """Return the lowest and the highest value of the devices that each device is linked to; -1 is none."""
    low = np.full(fabric.n_devices, np.iinfo(np.int64).max)
    high = np.full(fabric.n_devices, NOT, np.int64)
    for near, far in _pairs(fabric, groups):
        known = values[far] != NOT
        np.minimum.at(low, near[known], values[far[known]])
        np.maximum.at(high, near[known], values[far[known]])
    return low, high


def planes_of(fabric: Fabric) -> Ints:
    """Return the plane of each switch of a fabric of several planes, else -1."""
    found = np.full(fabric.n_devices, NOT, np.int64)
    for name, spec in fabric.spec.fabrics.items():
        if spec.planes > 1:
            found = np.maximum(found, plane_of(fabric, name, spec.planes))
    return found


def pods_of(fabric: Fabric) -> Ints:
    """Return the pod of each device of a fat tree of three tiers or more, else -1.

    A pod is what stays connected without the links to the top tier; each plane counts its own from 0. An
    endpoint is in the pod of its leaves if they are all in one.
    """
    found = np.full(fabric.n_devices, NOT, np.int64)
    for name, spec in fabric.spec.fabrics.items():
        if spec.pattern == "fat_tree":
            pod = _pods(fabric, name)
            found = np.where(found == NOT, pod, found)
    return found


def _pods(fabric: Fabric, name: str) -> Ints:
    groups = _links_of(fabric, name)
    pod = np.full(fabric.n_devices, NOT, np.int64)
    if max((group.tier for group in groups), default=0) < TIERS_OF_PODS:
        return pod
    top = max(group.tier for group in groups)
    inner = [group for group in groups if 1 < group.tier < top]
    part = _connected(fabric, inner)
    switches = np.flatnonzero(part != NOT)
    plane = plane_of(fabric, name, fabric.spec.fabrics[name].planes)[switches]
    lowest, index = np.unique(part[switches], return_inverse=True)
    number = cumcount(plane[np.searchsorted(switches, lowest)])
    pod[switches] = number[index.ravel()]
    low, high = _bounds_at(fabric, [group for group in groups if group.tier == 1], pod)
    return np.where((pod == NOT) & (low == high), high, pod)


def _connected(fabric: Fabric, groups: Sequence[LinkGroup]) -> Ints:
    """Return the lowest device that each device is connected to by some links, -1 for those without."""
    part = np.full(fabric.n_devices, NOT, np.int64)
    pairs = [np.unique(np.column_stack(pair), axis=0).T for pair in _pairs(fabric, groups)]
    for a, _ in pairs:
        part[a] = a
    before = None
    while before is None or (part != before).any():
        before = part.copy()
        for a, b in pairs:
            np.minimum.at(part, a, part[b])
    return part
