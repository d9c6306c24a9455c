"""Link blocks to columns: one row a physical link, and the degrees that follow without any row."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topogen.fabric import Ints, LinkBlock, LinkGroup, Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.fabric import DeviceGroup, Fabric

OUTSIDE = -1
"""Device and port number of a far end that is not in the model."""


@dataclass(frozen=True)
class Columns:
    """The links of one group in scope order, each array of shape (links,).

    Device numbers are those of the fabric (int32), port numbers those of the end's port group (int16);
    ``a_group`` and ``b_group`` (int16) are device groups. The far end of an external link is ``OUTSIDE``.
    """

    scope: NDArray[np.int32]
    a: NDArray[np.int32]
    a_port: NDArray[np.int16]
    a_group: NDArray[np.int16]
    b: NDArray[np.int32]
    b_port: NDArray[np.int16]
    b_group: NDArray[np.int16]

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.a)


def expand(fabric: Fabric, group: LinkGroup) -> Columns:
    """Return the links of a group as columns, block after block."""
    parts = [_expand_block(block, fabric.groups) for block in group.blocks]
    return Columns(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _expand_block(block: LinkBlock, groups: Sequence[DeviceGroup]) -> tuple[NDArray[np.generic], ...]:
    size = prod(block.shape)
    scope = np.repeat(np.arange(block.scopes, dtype=np.int32), size)
    ends: list[NDArray[np.generic]] = []
    for terminal in (block.a, block.b):
        if terminal is None:
            ends += [np.full(block.count, OUTSIDE, kind) for kind in (np.int32, np.int16, np.int16)]
        else:
            device, port = terminal_columns(block, terminal, groups[terminal.group].first)
            ends += [device, port, np.full(block.count, terminal.group, np.int16)]
    return scope, *ends


def terminal_columns(
    block: LinkBlock, terminal: Terminal, first: int
) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """Return the device and port number of every link at one side, each of shape (links,)."""
    local = along(block.shape, terminal.axis, terminal.device.astype(np.int32))
    slot = np.zeros((1,) * len(block.shape), np.int32)
    for axis, slots in enumerate(terminal.slot):
        slot = slot + along(block.shape, axis, slots.astype(np.int32))
    scope = terminal.scope.astype(np.int32).reshape(-1, *(1,) * len(block.shape))
    full = (block.scopes, *block.shape)
    if terminal.table.ndim == 1:
        port = np.broadcast_to(terminal.table.astype(np.int16)[slot], full)
    else:
        port = terminal.table.astype(np.int16)[scope + local, slot]
        port = np.broadcast_to(port, full)
    device = np.broadcast_to(scope + (local + np.int32(first)), full)
    return device.ravel(), port.ravel()


def along(shape: tuple[int, ...], axis: int, values: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return values laid along one axis of a box, to be broadcast over the others."""
    return values.reshape(*(len(values) if axis == other else 1 for other in range(len(shape))))


def links_at(block: LinkBlock, terminal: Terminal, count: int) -> Ints:
    """Return the links of a block at each of the ``count`` devices of the terminal's group."""
    local = np.bincount(terminal.device) * (prod(block.shape) // block.shape[terminal.axis])
    used = np.flatnonzero(local)
    degree = np.zeros(count, np.int64)
    degree[(terminal.scope[:, None] + used[None, :]).ravel()] = np.tile(local[used], len(terminal.scope))
    return degree
