"""From a pattern's numbers to device groups: a block of numbers becomes blocks of links."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import classify_rows
from topogen.model.links import LinkBlock, Terminal
from topogen.model.runs import listed, zeros
from topogen.records import dataclass
from topogen.wiring.block import Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.wiring.block import BlockSide


@dataclass(frozen=True)
class Member:
    """Devices of one group that stand in every scope of a family: ``scope`` + ``local`` are their numbers.

    Each is a range where it can be.

    A pattern numbers the devices of all members in one row; these start at ``start``.
    """

    group: int
    port: int
    scope: range | Ints
    local: range | Ints
    table: Ints
    start: int = 0

    @property
    def contiguous(self) -> bool:
        """Return whether the devices follow one another."""
        return isinstance(self.local, range)

    def at(self, numbers: Ints) -> Ints:
        """Return the devices that a pattern calls by these numbers, counted within a scope."""
        index = numbers - self.start
        return self.local.start + index if isinstance(self.local, range) else self.local[index]

    def devices(self) -> Ints:
        """Return the devices of all scopes, by their numbers in the group."""
        return np.asarray((listed(self.scope)[:, None] + listed(self.local)[None, :]).ravel())


def bind(block: Block, a: Sequence[Member], b: Sequence[Member]) -> list[LinkBlock]:
    """Return the links of a block between members, one link block for each two members it joins."""
    if block.copies > 1 or any(side.first.any() for side in _sides(block)):
        return _bind_copies(block, a, b)
    if block.b is None:
        return [bound for bound in (_single(block, member) for member in a) if bound]
    if block.a.axis == block.b.axis:
        pairs = ((one, two, _inside(block.a, one) & _inside(block.b, two)) for one in a for two in b)
        return [_cut(block, one, two, keep, keep) for one, two, keep in pairs if keep.any()]
    sides = ((one, two, _inside(block.a, one), _inside(block.b, two)) for one in a for two in b)
    return [_cut(block, *side) for side in sides if side[2].any() and side[3].any()]


def number(members: Iterator[Member] | Sequence[Member]) -> list[Member]:
    """Return members with their place in the row of a pattern's numbers."""
    row, start = [], 0
    for member in members:
        row.append(Member(member.group, member.port, member.scope, member.local, member.table, start))
        start += len(member.local)
    return row


# Copies


def _sides(block: Block) -> tuple[BlockSide, ...]:
    return (block.a,) if block.b is None else (block.a, block.b)


def _bind_copies(block: Block, a: Sequence[Member], b: Sequence[Member]) -> list[LinkBlock]:
    """Return the links of a block with copies: copies that are equal inside a member share one link block."""
    left = np.ones(block.copies, bool)
    bound: list[LinkBlock] = []
    spans = [(side.first + side.device.min(), side.first + side.device.max()) for side in _sides(block)]
    for members in product(a, b) if block.b else ((member,) for member in a):
        sides = tuple(zip(_sides(block), members, strict=True))
        whole = np.flatnonzero(np.all([_holds(*one) for one in zip(members, spans, strict=True)], axis=0))
        left[whole] = False
        bound += _bind_whole(block.shape, sides, whole)
    for copy in np.flatnonzero(left).tolist():
        ends = [
            replace(side, device=side.device + side.first[copy], first=zeros(1)) for side in _sides(block)
        ]
        bound += bind(Block(block.shape, ends[0], ends[1] if block.b else None), a, b)
    return bound


def _holds(member: Member, span: tuple[Ints, Ints]) -> NDArray[np.bool_]:
    """Return which copies lie in a member from their first device to their last."""
    return np.asarray((span[0] >= member.start) & (span[1] < member.start + len(member.local)))


def _bind_whole(
    shape: tuple[int, ...], sides: Sequence[tuple[BlockSide, Member]], copies: Ints
) -> Iterator[LinkBlock]:
    """Yield the links of copies that lie inside members, one link block per class of equal spacings."""
    if not len(copies):
        return
    if all(member.contiguous for _, member in sides):
        ends = [_repeated(side, member, member.at(side.first[copies])) for side, member in sides]
        yield LinkBlock(shape, ends[0], ends[1] if len(ends) > 1 else None)
        return
    spots = [member.at(side.first[copies][:, None] + side.device[None, :]) for side, member in sides]
    first = [spot.min(axis=1) for spot in spots]
    spots = [spot - start[:, None] for spot, start in zip(spots, first, strict=True)]
    for rows in classify_rows(np.concatenate(spots, axis=1)).members:
        ends = [
            _repeated(replace(side, device=spot[rows[0]]), member, start[rows])
            for (side, member), start, spot in zip(sides, first, spots, strict=True)
        ]
        yield LinkBlock(shape, ends[0], ends[1] if len(ends) > 1 else None)


def _repeated(side: BlockSide, member: Member, first: Ints) -> Terminal:
    """Return one side of copies that begin at some devices of a member."""
    scope = (listed(member.scope)[:, None] + first[None, :]).ravel()
    return Terminal(member.group, member.port, scope, side.axis, side.device, side.slot, member.table)


# One box


def _inside(side: BlockSide, member: Member) -> np.ndarray:
    return (side.device >= member.start) & (side.device < member.start + len(member.local))


def _single(block: Block, member: Member) -> LinkBlock | None:
    keep = _inside(block.a, member)
    if not keep.any():
        return None
    axes = {block.a.axis: np.flatnonzero(keep)}
    return LinkBlock(_shape(block, axes), _terminal(block, block.a, member, axes), None)


def _cut(block: Block, a: Member, b: Member, keep_a: np.ndarray, keep_b: np.ndarray) -> LinkBlock:
    assert block.b is not None  # noqa: S101 - bind looks first
    axes = {block.a.axis: np.flatnonzero(keep_a), block.b.axis: np.flatnonzero(keep_b)}
    return LinkBlock(
        _shape(block, axes), _terminal(block, block.a, a, axes), _terminal(block, block.b, b, axes)
    )


def _shape(block: Block, axes: dict[int, Ints]) -> tuple[int, ...]:
    return tuple(len(axes[axis]) if axis in axes else size for axis, size in enumerate(block.shape))


def _terminal(block: Block, side: BlockSide, member: Member, axes: dict[int, Ints]) -> Terminal:
    device = member.at(side.device[axes[side.axis]])
    slot = tuple(
        slots[axes[axis]] if axis in axes else slots
        for axis, slots in zip(range(len(block.shape)), side.slot, strict=True)
    )
    return Terminal(member.group, member.port, member.scope, side.axis, device, slot, member.table)
