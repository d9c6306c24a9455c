"""Classes of scopes whose links get equal media, so that media are chosen for one scope of each class.

One rack represents all racks of a site, except those that differ or that hold a device named by an override.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.floor.routing import route_of
from topogen.floor.scope_classes import scope_classes
from topogen.model.equivalence import Classes, classify_rows
from topogen.model.fabric import place_ids
from topogen.model.select import select_devices
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.language.topology import OverrideSpec
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup, Terminal
    from topogen.selector import Selector

NOWHERE = -1


@dataclass(frozen=True)
class Scopes:
    """The scopes of a block and their classes, in the order of the representatives."""

    block: LinkBlock
    classes: Classes

    @property
    def size(self) -> int:
        """Return how many links a scope has."""
        return prod(self.block.shape)

    @property
    def representatives(self) -> LinkBlock:
        """Return one scope of each class."""
        return self.block.only(self.classes.representatives)


def classified_scopes(
    fabric: Fabric,
    group: LinkGroup,
    overrides: Sequence[OverrideSpec],
    levels: Iterable[str],
    *,
    each: bool = False,
) -> tuple[Scopes, ...]:
    """Return the scopes of each block of a link group, classified by everything that a choice depends on.

    That is lengths, which ends share a place of some ``levels``, and devices that ``overrides`` name. A cable
    that carries several links may join links of two scopes: then ``each`` scope is a class of its own.
    """
    if each or group.links_per_cable > 1:
        return tuple(Scopes(block, Classes.separate(block.scopes)) for block in group.blocks)
    return tuple(Scopes(block, _classes(fabric, group, block, overrides, levels)) for block in group.blocks)


def _classes(
    fabric: Fabric,
    group: LinkGroup,
    block: LinkBlock,
    overrides: Sequence[OverrideSpec],
    levels: Iterable[str],
) -> Classes:
    every = np.arange(block.scopes)
    marks = [np.where(_named(fabric, block, overrides), every, NOWHERE)[:, None]]
    if len(group.lengths.codes) > 1:
        marks.append(scope_classes(block, route_of(fabric, group)).class_of[:, None])
    if block.b:
        marks += [_places(fabric, block, level) for level in levels]
    return classify_rows(np.concatenate(marks, axis=1)).by_representative()


def _named(fabric: Fabric, block: LinkBlock, overrides: Sequence[OverrideSpec]) -> Bools:
    """Return which scopes have devices that an override names, shape (scopes,); perhaps some more."""
    named = np.zeros(block.scopes, bool)
    for override in overrides:
        selectors = [one for one in (override.at, *(override.between or ())) if one]
        if selectors:  # else it names all links of the group
            named |= np.all([_reached(fabric, block, one) for one in selectors], axis=0)
    return named


def _reached(fabric: Fabric, block: LinkBlock, selector: Selector) -> Bools:
    """Return which scopes have a device that a selector names between their first and last."""
    reached = np.zeros(block.scopes, bool)
    for piece in select_devices(fabric.groups, selector):
        devices = piece.devices()
        for end in (end for end in (block.a, block.b) if end and end.group == piece.group):
            low, high = end.scope + end.device.min(), end.scope + end.device.max()
            reached |= np.searchsorted(devices, low) < np.searchsorted(devices, high, side="right")
    return reached


def _places(fabric: Fabric, block: LinkBlock, level: str) -> Ints:
    """Return the place of a level that each end of a scope is in, counted from the last of these."""
    place = np.concatenate([_place(fabric, end, level) for end in block.ends], axis=1)
    return np.where(place == NOWHERE, 1, place - place.max(axis=1, keepdims=True))


def _place(fabric: Fabric, end: Terminal, level: str) -> Ints:
    """Return the place of each device of an end, shape (scopes, devices), ``NOWHERE`` without one."""
    devices = end.scope[:, None] + end.device
    ids = place_ids(fabric, fabric.groups[end.group], level, devices.ravel())
    return np.full(devices.shape, NOWHERE) if ids is None else ids.reshape(devices.shape)
