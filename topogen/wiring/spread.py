"""``spread``: all ports of a, distributed evenly over b."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from topogen.language.link import LinkSpec, SomePorts
from topogen.model.runs import arange
from topogen.wiring.block import Block, BlockSide, PatternError, Request, matching
from topogen.wiring.record import LinkPattern

if TYPE_CHECKING:
    from topogen.model.arrays import Ints


class Spread(LinkSpec):
    """All ports of a, distributed over b in turn."""

    pattern: Literal["spread"]
    """pattern that pairs the ports"""
    a: SomePorts
    """ports of side a"""
    b: SomePorts
    """ports of side b"""


def spread(request: Request) -> list[Block]:
    """Return all ports of a, distributed over b in turn; pair counts differ by at most 1.

    n_a x p_a links, degree p_a at each a; with a = b half as many: every pair floor(p / (n - 1)) times and
    the rest on nearest neighbours of a ring.

    >>> from topogen.wiring.block import Ends
    >>> [block.count for block in spread(Request(Ends.uniform(5, 3), Ends.uniform(4, 9)))]
    [15]
    >>> chips = Ends.uniform(5, 6)
    >>> sum(block.count for block in spread(Request(chips, chips)))
    15
    """
    if request.same:
        return _among_themselves(request.a.count, request.a.ports)
    a, b = request.two_sides("spread")
    if request.leaves_legs:
        return request.from_b(spread)
    index = arange(a.count * a.ports)
    side_a = BlockSide(0, index // a.ports, (index % a.ports,))
    return [Block((len(index),), side_a, BlockSide(0, index % b.count, (index // b.count,)))]


def _among_themselves(count: int, ports: int) -> list[Block]:
    if count == 1:
        raise PatternError("E205", "spread among themselves needs at least 2 devices, 1 is here")
    every, rest = divmod(ports, count - 1)
    first, second = np.triu_indices(count, 1)
    pairs = [(np.tile(first, every), np.tile(second, every)), ring_pairs(count, rest)]
    a = np.concatenate([pair[0] for pair in pairs]).astype(np.int64)
    b = np.concatenate([pair[1] for pair in pairs]).astype(np.int64)
    return [matching(a, b, same=True)]


def ring_pairs(count: int, degree: int) -> tuple[Ints, Ints]:
    """Return pairs that give each of ``count`` devices ``degree`` < count neighbours, the nearest on a ring.

    An odd degree needs an even count: the last link joins devices opposite each other.

    >>> [pair.tolist() for pair in ring_pairs(4, 2)]
    [[0, 1, 2, 3], [1, 2, 3, 0]]
    >>> [pair.tolist() for pair in ring_pairs(4, 1)]
    [[0, 1], [2, 3]]
    """
    if degree % 2 and count % 2:
        message = (
            f"{count} devices with {degree} ports each left over have an odd number of ports: one stays free"
        )
        raise PatternError("E205", message, "take an even number of devices or ports")
    around = arange(count)
    steps = [(around, (around + step) % count) for step in range(1, degree // 2 + 1)]
    if degree % 2:
        steps.append((around[: count // 2], around[count // 2 :]))
    empty = np.zeros(0, np.int64)
    a = np.concatenate([empty, *(step[0] for step in steps)])
    b = np.concatenate([empty, *(step[1] for step in steps)])
    return a, b


PATTERN = LinkPattern(
    spec=Spread,
    joins="all ports of a, distributed evenly over b",
    links="n_a x p_a; a = b: half",
    make=spread,
)
"""The record of the pattern."""
