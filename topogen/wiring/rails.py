"""``rails``: a number r of its place to b number r mod n_b."""

from __future__ import annotations

from topogen.model.runs import arange
from topogen.wiring.block import Block, Request, matching


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
