"""``planes``: port k of every a to b number k mod n_b."""

from __future__ import annotations

from typing import Literal

from topogen.language.link import LinkSpec, SomePorts
from topogen.model.runs import arange, zeros
from topogen.wiring.block import Block, BlockSide, Request
from topogen.wiring.record import LinkPattern


class Planes(LinkSpec):
    """Port k of every a to b number k mod n_b."""

    pattern: Literal["planes"]
    """pattern that pairs the ports"""
    a: SomePorts
    """ports of side a"""
    b: SomePorts
    """ports of side b"""


def planes(request: Request) -> list[Block]:
    """Return port k of every a joined to b number k mod n_b.

    n_a x p_a links; degree p_a at each a and n_a x (p_a // n_b) at each b, one more per a at the first
    p_a mod n_b of them.

    >>> from topogen.wiring.block import Ends
    >>> sum(block.count for block in planes(Request(Ends.uniform(72, 18), Ends.uniform(18, 72))))
    1296
    >>> [block.shape for block in planes(Request(Ends.uniform(2, 5), Ends.uniform(3, 4)))]
    [(2, 2, 2), (2, 1, 1)]
    """
    a, b = request.two_sides("planes")
    if request.leaves_legs:
        return request.from_b(planes)
    each, longer = divmod(a.ports, b.count)
    parts = [(0, longer, each + 1), (longer, b.count - longer, each)]
    return [_plane(request, first, count, rounds) for first, count, rounds in parts if count * rounds]


def _plane(request: Request, first: int, count: int, rounds: int) -> Block:
    """Return the links to ``count`` b devices from ``first`` on, each met ``rounds`` times by every a."""
    n_a, n_b = request.a.count, (request.b or request.a).count
    slots_a = (zeros(n_a), arange(rounds, n_b), first + arange(count))
    slots_b = (arange(n_a, rounds), arange(rounds), zeros(count))
    return Block(
        (n_a, rounds, count), BlockSide(0, arange(n_a), slots_a), BlockSide(2, first + arange(count), slots_b)
    )


PATTERN = LinkPattern(
    spec=Planes,
    joins="port k of every a to b number k mod n_b",
    links="n_a x p_a",
    make=planes,
    is_even=True,
)
"""The record of the pattern."""
