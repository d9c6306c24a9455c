"""Scopes that a choice treats alike: one of them is looked at, and what it gets all of them get.

A rack of a site stands for all racks, unless an override names a device in it or something of it differs.
"""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.floor.routing import route_of
from topogen.floor.scope_classes import scope_classes
from topogen.model.equivalence import classify_rows
from topogen.model.fabric import place_ids
from topogen.model.select import select_devices
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.language.topology import OverrideSpec
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric, LinkBlock, LinkGroup, Terminal
    from topogen.selector import Selector

NOWHERE = -1


@dataclass(frozen=True)
class Scopes:
    """The scopes of a block, those that a choice treats alike together: numbers, ascending in each kind.

    The first of each kind is looked at; kinds are in the order of these.
    """

    block: LinkBlock
    kinds: Sequence[Ints]

    @property
    def size(self) -> int:
        """Return how many links a scope has."""
        return prod(self.block.shape)

    @cached_property
    def copies(self) -> Ints:
        """Return how many scopes each kind has, shape (kinds,)."""
        return np.array([len(numbers) for numbers in self.kinds], np.int64)

    @property
    def looked_at(self) -> LinkBlock:
        """Return the first scope of each kind."""
        return self.block.only(np.array([numbers[0] for numbers in self.kinds]))


def scopes_alike(
    fabric: Fabric, group: LinkGroup, overrides: Sequence[OverrideSpec], levels: Iterable[str]
) -> tuple[Scopes, ...]:
    """Return the scopes of each block of a link group, alike in all that a choice may go by.

    That is lengths, which ends share a place of some ``levels``, and devices that ``overrides`` name. Where
    a cable carries several links it may join links of two scopes: then no two are alike.
    """
    return tuple(Scopes(block, _kinds(fabric, group, block, overrides, levels)) for block in group.blocks)


def _kinds(
    fabric: Fabric,
    group: LinkGroup,
    block: LinkBlock,
    overrides: Sequence[OverrideSpec],
    levels: Iterable[str],
) -> Sequence[Ints]:
    every = np.arange(block.scopes)
    if group.links_per_cable > 1:
        return list(every[:, None])
    marks = [np.where(_named(fabric, block, overrides), every, NOWHERE)[:, None]]
    if len(group.lengths.codes) > 1:
        marks.append(scope_classes(block, route_of(fabric, group)).class_of[:, None])
    if block.b:
        marks += [_places(fabric, block, level) for level in levels]
    return classify_rows(np.concatenate(marks, axis=1)).by_representative().members


def _named(fabric: Fabric, block: LinkBlock, overrides: Sequence[OverrideSpec]) -> Bools:
    """Return which scopes have devices that an override names, shape (scopes,); perhaps some more."""
    named = np.zeros(block.scopes, bool)
    for override in overrides:
        selectors = [one for one in (override.at, *(override.between or ())) if one]
        if selectors:  # else it names all links of the group alike
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
