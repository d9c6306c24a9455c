"""Per-link lengths: for each link its index among the lengths of its group, found block by block.

One scope of each class is measured, and in it each pair of devices once for all links between them.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.floor.measure import measured, places_in_rack, shares_racks
from topogen.floor.routing import route_of
from topogen.floor.scope_classes import scope_classes
from topogen.model.equivalence import classify_rows
from topogen.model.expand import cut, stretches
from topogen.model.length_histogram import BASES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup


Numbers: TypeAlias = "NDArray[np.integer]"

COMPARED = 1 << 20
"""Devices whose scopes are compared at a time, to limit memory."""

TOGETHER = 4
"""Scopes on average from which on those that begin at the same place of a rack are measured together."""

DIRECT = 1 << 22
"""Numbers this far apart, ways in mm or coded lengths, are looked up in a table; others are searched."""


def length_numbers(fabric: Fabric, group: LinkGroup, blocks: Iterable[LinkBlock]) -> Numbers:
    """Return which of `lengths.codes` the links of some blocks of a group have, shape (links,).

    2 bytes a link, 4 where a group has more than 65,536 lengths.
    """
    codes = group.lengths.codes
    parts = list(blocks)
    count = sum(block.count for block in parts)
    if len(codes) == 1:
        return np.zeros(count, _narrowest(1))
    numbers: Numbers = np.empty(count, _narrowest(len(codes)))
    measure, start = _Measure(fabric, group, codes), 0
    for block in parts:
        measure.fill(block, numbers[start : start + block.count])
        start += block.count
    return numbers


def _narrowest(kinds: int) -> type[np.integer]:
    return np.uint16 if kinds <= 1 << 16 else np.int32


class _Measure:
    """The lengths of the links of one group, as numbers of ``codes``."""

    def __init__(self, fabric: Fabric, group: LinkGroup, codes: Ints) -> None:
        self._route = route_of(fabric, group)
        length, basis = np.divmod(codes, len(BASES))
        self._routed = bool((basis == BASES.index("routed")).all()) and not group.through
        # Where every way is computed no slack need be added, for each way has a length of its own.
        self._index = _Index(self._route.without_slack(length) if self._routed else codes)

    def fill(self, block: LinkBlock, out: Numbers) -> None:
        """Write the number of each link of a block, shape (links,)."""
        scopes, start = max(1, COMPARED // sum(len(end.device) for end in block.ends)), 0
        for part in cut(block, scopes * prod(block.shape)):
            self._fill_scopes(part, out[start : start + part.count].reshape(part.scopes, -1))
            start += part.count

    def _fill_scopes(self, block: LinkBlock, out: Numbers) -> None:
        """Write the numbers scope by scope, shape (scopes, links of one)."""
        classes = scope_classes(block, self._route)
        if len(classes) < block.scopes:
            numbers = self._measured(block, classes.representatives)
            np.take(numbers, classes.class_of, axis=0, out=out, mode="clip")  # other modes copy once more
            return
        turns = self._turns(block)
        for scopes in turns:
            out[scopes] = self._measured(block, scopes)
        if not turns:
            self._measure(block, out.reshape(-1))

    def _turns(self, block: LinkBlock) -> list[Ints]:
        """Return together the scopes that begin at the same place of a rack; none where it saves nothing."""
        if block.scopes < TOGETHER or not (self._routed and shares_racks(block, self._route)):
            return []
        classes = classify_rows(places_in_rack(block.a, self._route))
        return [] if len(classes) * TOGETHER > block.scopes else classes.members

    def _measured(self, block: LinkBlock, scopes: Ints) -> Numbers:
        """Return the numbers of some scopes of a block, shape (scopes, links of one)."""
        numbers: Numbers = np.empty((len(scopes), prod(block.shape)), self._index.dtype)
        self._measure(block.only(scopes), numbers.reshape(-1))
        return numbers

    def _measure(self, block: LinkBlock, out: Numbers) -> None:
        """Write the numbers of a block whose scopes all differ."""
        start = 0
        for part, length in measured(block, self._route, with_slack=not self._routed):
            box = out[start : start + part.count].reshape(part.scopes, *part.shape)
            start += part.count
            number = np.broadcast_to(self._index.of(length), box.shape)
            for some in stretches(box.shape[-1]):
                box[..., some] = number[..., some]


class _Index:
    """Which of some ascending numbers others are."""

    def __init__(self, known: Ints) -> None:
        self._known = known
        self.dtype = _narrowest(len(known))
        self._table: Numbers | None = None
        if known[-1] - known[0] < DIRECT:
            self._table = np.zeros(known[-1] - known[0] + 1, self.dtype)
            self._table[known - known[0]] = np.arange(len(known))

    def of(self, numbers: Ints) -> Numbers:
        """Return the index of each of some numbers, all of them known."""
        if self._table is None:
            return np.searchsorted(self._known, numbers)
        return np.asarray(self._table[numbers - self._known[0]])
