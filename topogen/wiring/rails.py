"""``rails``: a number r of its place to b number r mod n_b."""

from __future__ import annotations

from typing import Literal

from topogen.language.fields import Name
from topogen.language.link import LinkSpec, SomePorts
from topogen.model.runs import arange
from topogen.wiring.block import Block, Request, matching
from topogen.wiring.record import LinkPattern


class Rails(LinkSpec):
    """Every a to the b of its rail."""

    pattern: Literal["rails"]
    """pattern that pairs the ports"""
    a: SomePorts
    """ports of side a"""
    b: SomePorts
    """ports of side b"""
    rails_by: Name
    """level whose position numbers define the rails"""


def rails(request: Request) -> list[Block]:
    """Return all ports of every a joined to the b of its rail.

    The rail is the number of the a device in its place of ``rails_by``, modulo n_b. n_a x p_a links; degree
    p_a at each a.

    >>> from topogen.wiring.block import Ends
    >>> nodes_of_8 = Ends.uniform(32, 1, per_place=8)
    >>> sum(block.count for block in rails(Request(nodes_of_8, Ends.uniform(8, 64))))
    32
    """
    a, b = request.two_sides("rails")
    return [matching(arange(a.count), a.position % b.count, a.ports)]


PATTERN = LinkPattern(
    spec=Rails,
    joins="device a with number r in its rail level to b number r mod n_b",
    links="n_a x p_a",
    make=rails,
    is_even=True,
)
"""The record of the pattern."""
