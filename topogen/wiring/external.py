"""``external``: the far end is outside the model."""

from __future__ import annotations

from topogen.model.runs import arange, zeros
from topogen.wiring.block import Block, BlockSide, Request


def external(request: Request) -> list[Block]:
    """Return all ports of every a as links whose far end is outside: n_a x p_a links.

    >>> from topogen.wiring.block import Ends
    >>> [block.count for block in external(Request(Ends.uniform(144, 36), None))]
    [5184]
    """
    n, p = request.a.count, request.a.ports
    return [Block((n, p), BlockSide(0, arange(n), (zeros(n), arange(p))), None)]
