"""Which of its group's lengths each link has: one small number a link, found block by block.

Where all scopes of a block look alike one of them is measured; elsewhere a length is measured once for all
links between the same two devices.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.expand import cut
from topogen.layout import route_of
from topogen.length_classes import code_length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from topogen.fabric import Fabric, Ints, LinkBlock, LinkGroup, Terminal
    from topogen.layout import Spots


Numbers: TypeAlias = "NDArray[np.integer]"

AT_ONCE = 1 << 16
"""Links that are measured at a time: what this takes stays in the cache."""

DIRECT = 1 << 22
"""Coded lengths below this, 700 m, are looked up in a table; longer ones are searched."""


def length_numbers(fabric: Fabric, group: LinkGroup, blocks: Iterable[LinkBlock]) -> Numbers:
    """Return which of `lengths.codes` the links of some blocks of a group have, shape (links,).

    2 bytes a link, 4 where a group has more than 65,536 lengths.
    """
    codes = group.lengths.codes
    parts = list(blocks)
    numbers: Numbers = np.zeros(sum(block.count for block in parts), _narrowest(len(codes)))
    if len(codes) > 1:
        measure, start = _Measure(fabric, group, codes), 0
        for block in parts:
            measure.fill(block, numbers[start : start + block.count])
            start += block.count
    return numbers


def _narrowest(kinds: int) -> type[np.integer]:
    return np.uint16 if kinds <= 1 << 16 else np.int32


def scopes_look_alike(fabric: Fabric, block: LinkBlock) -> bool:
    """Return whether each scope of a block lies in one rack, with the same heights in it."""
    spots = [_spots(fabric, end) for end in (block.a, block.b) if end]
    rack, height = (np.concatenate(of, axis=1) for of in zip(*spots, strict=True))
    return bool((rack >= 0).all() and (rack == rack[:, :1]).all() and (height == height[0]).all())


class _Measure:
    """The lengths of the links of one group, as numbers of ``codes``."""

    def __init__(self, fabric: Fabric, group: LinkGroup, codes: Ints) -> None:
        self._fabric, self._route, self._codes = fabric, route_of(fabric, group), codes
        self._direct: Ints | None = None
        if codes[-1] - codes[0] < DIRECT:
            self._direct = np.zeros(codes[-1] - codes[0] + 1, np.int32)
            self._direct[codes - codes[0]] = np.arange(len(codes))

    def fill(self, block: LinkBlock, out: Numbers) -> None:
        """Write the number of each link of a block, shape (links,)."""
        if block.scopes > 1 and scopes_look_alike(self._fabric, block):
            size = prod(block.shape)
            self._fill(next(cut(block, size)), out[:size])
            out.reshape(-1, size)[1:] = out[:size]
        else:
            self._fill(block, out)

    def _fill(self, block: LinkBlock, out: Numbers) -> None:
        start = 0
        for part in cut(block, AT_ONCE):
            box = out[start : start + part.count].reshape(part.scopes, *part.shape)
            start += part.count
            assert part.b is not None  # noqa: S101 - what leaves the model has one length
            ends = (self._along(part, part.a), self._along(part, part.b))
            box[...] = self._number(code_length(*self._route.between(*ends)))

    def _along(self, block: LinkBlock, end: Terminal) -> Spots:
        """Return where the devices of an end stand, laid along the scopes and one axis of the block."""
        shape = [block.scopes, *(1 for _ in block.shape)]
        shape[1 + end.axis] = -1
        rack, height = _spots(self._fabric, end)
        return rack.reshape(shape), height.reshape(shape)

    def _number(self, coded: Ints) -> Ints:
        if self._direct is None:
            return np.asarray(np.searchsorted(self._codes, coded))
        return np.asarray(self._direct[coded - self._codes[0]])


def _spots(fabric: Fabric, end: Terminal) -> Spots:
    """Return where the devices of an end stand, each of shape (scopes, devices)."""
    device = fabric.groups[end.group].first + end.scope[:, None] + end.device
    return fabric.sites.rack[device], fabric.sites.height_mm[device]
