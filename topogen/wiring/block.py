"""Blocks: the links of a pattern inside one scope, written as a box of indices.

A pattern numbers the devices it sees from 0 on each side and returns blocks. The link at indices ``i`` of a
block ends at device ``device[i[axis]]`` and takes, of the ports that are left on that device, number
``sum(slot[d][i[d]])``. On every device the slots that a pattern takes are 0, 1, 2 ... without a gap, so the
lowest free port is always taken first. Equal boxes are one block with copies: each begins at devices of its
own. Link count, degree, columns and lengths all derive from this.
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.runs import Copies, arange, cumcount, tally, zeros
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.arrays import Ints, Side
    from topogen.model.runs import Runs


class PatternError(ValueError):
    """A pattern that cannot be wired as request: the sentence, what to do, and at which key."""

    def __init__(self, code: str, message: str, hint: str = "", at: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.at = code, message, hint, at


@dataclass(frozen=True)
class Ends:
    """What a pattern sees of one side inside one scope: ``count`` devices with ``ports`` free ports each.

    ``places`` lists, for the patterns that ask, in which place of ``across`` or ``rails_by`` each stands.
    """

    count: int
    ports: int
    places: Callable[[], Ints]

    @classmethod
    def uniform(cls, count: int, ports: int, per_place: int | None = None) -> Ends:
        """Return ends in places of ``per_place`` devices each (default: all in one place)."""
        return cls(count, ports, lambda: arange(count) // (per_place or max(count, 1)))

    @cached_property
    def place(self) -> Ints:
        """Return the place of each device, shape (count,)."""
        return self.places()

    @cached_property
    def position(self) -> Ints:
        """Return which number each device has in its place, shape (count,)."""
        return cumcount(self.place)


@dataclass(frozen=True)
class Request:
    """Both sides of a link group in one scope; ``b`` is None outside the model, ``a`` when the same."""

    a: Ends
    b: Ends | None
    links_per_pair: int | None = None
    across: bool = False
    legs: tuple[int, int] = (1, 1)
    """Links per cable at the end with its one plug, of a and of b; fewer ports may stay free there."""

    @property
    def per_pair(self) -> int:
        """Return the links between two devices, 1 unless the group says."""
        return self.links_per_pair or 1

    @property
    def same(self) -> bool:
        """Return whether both sides are the same devices."""
        return self.a is self.b

    @property
    def leaves_legs(self) -> bool:
        """Return whether a has more ports than b, all of them legs of cables that are used in part."""
        over = self.a.count * self.a.ports - self.b.count * self.b.ports if self.b else 0
        return 0 < over <= self.a.count * (self.legs[0] - 1)

    def from_b(self, pattern: Callable[[Request], list[Block]]) -> list[Block]:
        """Return the blocks of a pattern with a and b swapped, as blocks from a to b."""
        a, b = self.two_sides("a pattern")
        blocks = pattern(replace(self, a=b, b=a, legs=(1, 1)))
        return [replace(block, a=block.b, b=block.a) for block in blocks if block.b]

    def two_sides(self, pattern: str) -> tuple[Ends, Ends]:
        """Return a and b of a pattern that joins two sides; raises where they are the same devices."""
        if self.b is None or self.same:
            hint = "name other devices in b, or use full_mesh, spread or peers"
            raise PatternError("E205", f"{pattern} does not join devices among themselves", hint)
        return self.a, self.b


@dataclass(frozen=True)
class BlockSide:
    """Where the links of a block end on one side; ``device`` has the length of axis ``axis``.

    ``first``, shape (copies,), is added to ``device`` in each copy of the block.
    """

    axis: int
    device: Ints
    slot: tuple[Ints, ...]
    first: Ints = field(default_factory=lambda: zeros(1))


@dataclass(frozen=True)
class Block:
    """A box of links; ``b`` is None where the far end is outside the model."""

    shape: tuple[int, ...]
    a: BlockSide
    b: BlockSide | None

    @property
    def copies(self) -> int:
        """Return the number of equal boxes."""
        return len(self.a.first)

    @property
    def count(self) -> int:
        """Return the number of links."""
        return self.copies * prod(self.shape)


def biclique(n_a: int, n_b: int, multiplicity: int = 1) -> Block:
    """Return every a joined to every b by ``multiplicity`` links: n_a x n_b x multiplicity links.

    Degree n_b x multiplicity at each a, n_a x multiplicity at each b.

    >>> biclique(72, 18).count
    1296
    """
    a = BlockSide(0, arange(n_a), (zeros(n_a), arange(n_b, multiplicity), arange(multiplicity)))
    b = BlockSide(1, arange(n_b), (arange(n_a, multiplicity), zeros(n_b), arange(multiplicity)))
    return Block((n_a, n_b, multiplicity), a, b)


def matching(a: Ints, b: Ints, multiplicity: int = 1, *, same: bool = False) -> Block:
    """Return ``multiplicity`` links for each pair (a[i], b[i]): len(a) x multiplicity links.

    ``same`` says that both lists number the same devices, whose ports the two ends then share.

    >>> matching(np.array([0, 1]), np.array([1, 2]), 3).count
    6
    """
    both = cumcount(np.stack([a, b], axis=1).ravel()) if same else None
    slot_a = both[0::2] if both is not None else cumcount(a)
    slot_b = both[1::2] if both is not None else cumcount(b)
    side_a = BlockSide(0, a, (slot_a * multiplicity, arange(multiplicity)))
    side_b = BlockSide(0, b, (slot_b * multiplicity, arange(multiplicity)))
    return Block((len(a), multiplicity), side_a, side_b)


def repeat(block: Block, a: Ints, b: Ints) -> Block:
    """Return copies of a block: copy c begins at device ``a[c]`` on one side and at ``b[c]`` on the other.

    >>> repeat(biclique(32, 32), 32 * arange(4), 32 * arange(4)).count
    4096
    """
    assert block.b is not None  # noqa: S101 - what is repeated joins two sides
    return Block(block.shape, replace(block.a, first=a), replace(block.b, first=b))


def degrees(blocks: Sequence[Block], sides: Sequence[Side], count: int) -> Runs:
    """Return the number of links at each of ``count`` devices, of one side or of both."""
    ends = ((block, block.a if side == "a" else block.b) for block in blocks if block.count for side in sides)
    return tally(
        (
            Copies(end.first, end.device, prod(block.shape) // block.shape[end.axis])
            for block, end in ends
            if end is not None
        ),
        count,
    )
