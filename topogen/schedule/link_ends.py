"""Both ends of the links of a block, in parts: one scope is expanded, the others are offsets of it."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.expand import expand_parts
from topogen.model.runs import zeros
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, Terminal


@dataclass(frozen=True)
class LinkEnds:
    """The ends of some links as in `Columns`, each array of shape (links,) and int64."""

    a: Ints
    a_port: Ints
    b: Ints
    b_port: Ints

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.a)


def ends_in_parts(fabric: Fabric, block: LinkBlock, most: int) -> Iterator[LinkEnds]:
    """Yield the ends of the links of a block in parts of at most ``most``.

    If a scope fits into a part, all parts share the same port arrays.
    """
    size = prod(block.shape)
    if most < size or any(end.table.ndim > 1 for end in (block.a, block.b) if end):
        yield from map(_ends, expand_parts(fabric, block, most))
        return
    scope = _ends(next(expand_parts(fabric, block, size)))
    copies = min(most // size, block.scopes)
    ports = np.tile(scope.a_port, copies), np.tile(scope.b_port, copies)
    starts = _starts(block, block.a), _starts(block, block.b)
    for first in range(0, block.scopes, copies):
        a, b = (start[first : first + copies, None] for start in starts)
        a_port, b_port = ports if len(a) == copies else (port[: len(a) * size] for port in ports)
        yield LinkEnds((a + scope.a).ravel(), a_port, (b + scope.b).ravel(), b_port)


def _ends(columns: Columns) -> LinkEnds:
    every = (columns.a, columns.a_port, columns.b, columns.b_port)
    return LinkEnds(*(column.astype(np.int64) for column in every))


def _starts(block: LinkBlock, end: Terminal | None) -> Ints:
    """Return the device offset of each scope from the first one; 0 if the end is not modelled."""
    return end.scope - end.scope[0] if end else zeros(block.scopes)
