"""Link blocks to columns: one row a physical link, and the degrees that follow without any row."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.memory import needing
from topogen.model.links import LinkBlock
from topogen.model.runs import Copies, tally
from topogen.records import dataclass
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup, Terminal
    from topogen.model.runs import Runs

OUTSIDE = -1
"""Device and port number of a far end that is not in the model."""

BYTES_PER_LINK = 12

SHORT = 6
"""Columns up to which a table is gone over column by column."""


@dataclass(frozen=True)
class Columns:
    """The links of one group, block after block and scope after scope, each array of shape (links,).

    12 bytes a link. Device numbers are those of the fabric, port numbers those of the end's port group. The
    far end of an external link is ``OUTSIDE``. What holds for a whole block (device groups, scope) is not
    stored for each link: ``blocks`` has the block and the rows of each.
    """

    a: NDArray[np.int32]
    a_port: NDArray[np.int16]
    b: NDArray[np.int32]
    b_port: NDArray[np.int16]
    blocks: tuple[tuple[LinkBlock, slice], ...]

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.a)

    @property
    def scope(self) -> NDArray[np.int32]:
        """Return the number of each link's scope among those of its block, shape (links,)."""
        parts = [np.repeat(np.arange(block.scopes), prod(block.shape)) for block, _ in self.blocks]
        return np.concatenate(parts).astype(np.int32)


def expand(fabric: Fabric, group: LinkGroup) -> Columns:
    """Return the links of a group as columns."""
    count = group.count
    with needing(f"listing {format_count(count)} links of {group.name}", BYTES_PER_LINK * count):
        columns = _empty(count, tuple(_rows_of_blocks(group)))
        _fill_all(fabric, columns)
    return columns


def expand_parts(fabric: Fabric, block: LinkBlock, most: int) -> Iterator[Columns]:
    """Yield the links of a block in parts of at most ``most``: the same as whole, in little memory.

    A part is several scopes, one, or a piece of one. Its columns are written over by the next part.
    """
    room = _empty(min(most, block.count), ())
    for part in cut(block, most):
        rows = slice(0, part.count)
        columns = Columns(room.a[rows], room.a_port[rows], room.b[rows], room.b_port[rows], ((part, rows),))
        _fill_all(fabric, columns)
        yield columns


def cut(block: LinkBlock, most: int) -> Iterator[LinkBlock]:
    """Yield a block in smaller ones of at most ``most`` links, in the order of its links."""
    if block.count <= most:
        yield block
        return
    box = (block.scopes, *block.shape)
    # Axes behind this one fit into a part as a whole, this one is cut, those before it are walked through.
    axis = next(axis for axis in range(len(box)) if prod(box[axis + 1 :]) <= most)
    step = max(1, most // max(1, prod(box[axis + 1 :])))
    behind = [slice(None)] * (len(box) - axis - 1)
    for before in np.ndindex(box[:axis]):
        ahead = [slice(number, number + 1) for number in before]
        for start in range(0, box[axis], step):
            yield _part_of_block(block, (*ahead, slice(start, start + step), *behind))


def _part_of_block(block: LinkBlock, box: tuple[slice, ...]) -> LinkBlock:
    """Return the links of a block whose scope and indices lie in a smaller box."""
    scopes, *axes = box
    shape = tuple(len(range(size)[part]) for size, part in zip(block.shape, axes, strict=True))

    def side(end: Terminal) -> Terminal:
        slots = tuple(slot[part] for slot, part in zip(end.slot, axes, strict=True))
        return replace(end, firsts=end.firsts[scopes], device=end.device[axes[end.axis]], slot=slots)

    return LinkBlock(shape, side(block.a), side(block.b) if block.b else None)


def _empty(count: int, blocks: tuple[tuple[LinkBlock, slice], ...]) -> Columns:
    return Columns(
        a=np.empty(count, np.int32),
        a_port=np.empty(count, np.int16),
        b=np.empty(count, np.int32),
        b_port=np.empty(count, np.int16),
        blocks=blocks,
    )


def _fill_all(fabric: Fabric, columns: Columns) -> None:
    """Write the ends of the links of every block."""
    firsts = [one.first for one in fabric.groups]
    for block, rows in columns.blocks:
        _fill_side(block, block.a, firsts, (columns.a[rows], columns.a_port[rows]))
        _fill_side(block, block.b, firsts, (columns.b[rows], columns.b_port[rows]))


def _rows_of_blocks(group: LinkGroup) -> list[tuple[LinkBlock, slice]]:
    """Return each block of a group with the rows its links take."""
    ends = np.cumsum([block.count for block in group.blocks]).tolist()
    return [(block, slice(end - block.count, end)) for block, end in zip(group.blocks, ends, strict=True)]


def _fill_side(
    block: LinkBlock,
    terminal: Terminal | None,
    firsts: list[int],
    out: tuple[NDArray[np.int32], NDArray[np.int16]],
) -> None:
    """Write the device and port number of every link at one side: one pass over each column."""
    if terminal is None:
        out[0][:], out[1][:] = OUTSIDE, OUTSIDE
        return
    # One scope is expanded once, then added to the start of each copy: no temporaries.
    device, port = (column.reshape(block.scopes, -1) for column in out)
    local = _sums_over_box(block.shape, [(terminal.axis, terminal.device)])
    slot = _sums_over_box(block.shape, enumerate(terminal.slot))
    table = terminal.table
    ports = table[slot][None] if table.ndim == 1 else table[terminal.scope[:, None] + local, slot]
    first, here = _starts(terminal.firsts, firsts[terminal.group])[:, None], local.astype(np.int32)
    for some in stretches(len(local)):
        np.add(first, here[some], out=device[:, some])
        port[:, some] = ports[:, some]


def ends_of(block: LinkBlock, end: Terminal) -> tuple[Ints, Ints]:
    """Return device, by its number in its group, and port of each link at one end of a block, (links,)."""
    local = _sums_over_box(block.shape, [(end.axis, end.device)])
    slot = _sums_over_box(block.shape, enumerate(end.slot))
    device = end.scope[:, None] + local
    port = end.table[slot] if end.table.ndim == 1 else end.table[device, slot]
    return device.ravel(), np.broadcast_to(port, device.shape).ravel().astype(np.int64)


def _starts(firsts: range | Ints, first: int) -> NDArray[np.int32]:
    """Return where each scope starts among the devices of the fabric, shape (scopes,)."""
    if isinstance(firsts, range):
        return np.arange(firsts.start + first, firsts.stop + first, firsts.step, dtype=np.int32)
    return (firsts + first).astype(np.int32)


def _sums_over_box(shape: tuple[int, ...], parts: Iterable[tuple[int, Ints]]) -> Ints:
    """Return for each link of a box the sum of what its indices are given along some axes, shape (links,)."""
    total = sum(values.reshape(-1, *(1 for _ in shape[axis + 1 :])) for axis, values in parts)
    return np.broadcast_to(total, shape).reshape(-1)


def stretches(columns: int) -> Iterator[slice]:
    """Yield the columns of a table to go over together: all, or one by one where its rows are short.

    Starting on a row takes numpy longer than going over a few entries of it.
    """
    step = 1 if columns <= SHORT else columns
    return (slice(start, start + step) for start in range(0, columns, step))


def links_at(ends: Iterable[tuple[LinkBlock, Terminal]], count: int) -> Runs:
    """Return the links of some blocks, each seen from one end, at each of a group's ``count`` devices."""
    return tally(
        (Copies(end.firsts, end.device, prod(block.shape) // block.shape[end.axis]) for block, end in ends),
        count,
    )
