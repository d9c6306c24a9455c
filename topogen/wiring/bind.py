"""From a pattern's numbers to device groups: a block of numbers becomes blocks of links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from topogen.fabric import Ints, LinkBlock, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.wiring.block import Block, BlockSide


@dataclass(frozen=True)
class Member:
    """Devices of one group that stand in every scope of a family: ``scope`` + ``local`` are their numbers.

    A pattern numbers the devices of all members in one row; these start at ``start``.
    """

    group: int
    port: int
    scope: Ints
    local: Ints
    table: Ints
    start: int = 0


def bind(block: Block, a: Sequence[Member], b: Sequence[Member]) -> list[LinkBlock]:
    """Return the links of a block between members, one link block for each two members it joins."""
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
    device = member.local[side.device[axes[side.axis]] - member.start]
    slot = tuple(
        slots[axes[axis]] if axis in axes else slots
        for axis, slots in zip(range(len(block.shape)), side.slot, strict=True)
    )
    return Terminal(member.group, member.port, member.scope, side.axis, device, slot, member.table)
