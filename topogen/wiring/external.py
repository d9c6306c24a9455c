"""``external``: the far end is outside the model."""

from __future__ import annotations

from typing import Literal

from topogen.language.fields import Text
from topogen.language.link import LinkSpec, SomePorts
from topogen.model.runs import arange, zeros
from topogen.wiring.block import Block, BlockSide, Request
from topogen.wiring.record import LinkPattern


class External(LinkSpec):
    """Ports whose far end is outside the model."""

    pattern: Literal["external"]
    """pattern that pairs the ports"""
    a: SomePorts
    """ports of side a"""
    to: Text
    """label of the far end, which is not modelled"""


def external(request: Request) -> list[Block]:
    """Return all ports of every a as links whose far end is outside: n_a x p_a links.

    >>> from topogen.wiring.block import Ends
    >>> [block.count for block in external(Request(Ends.uniform(144, 36), None))]
    [5184]
    """
    n, p = request.a.count, request.a.ports
    return [Block((n, p), BlockSide(0, arange(n), (zeros(n), arange(p))), None)]


PATTERN = LinkPattern(
    spec=External,
    joins="every port of a to a far end that is not modelled",
    links="n_a x p_a",
    make=external,
)
"""The record of the pattern."""
