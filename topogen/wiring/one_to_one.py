"""``one_to_one``: the i-th port of a to the i-th port of b."""

from __future__ import annotations

from topogen.wiring.block import Block, BlockSide, PatternError, Request, run


def one_to_one(request: Request) -> list[Block]:
    """Return the i-th port of all a ports joined to the i-th of all b ports.

    n_a x p_a links, which must equal n_b x p_b; all ports of both sides are used.

    >>> from topogen.wiring.block import Ends
    >>> [block.count for block in one_to_one(Request(Ends.alike(4, 3), Ends.alike(2, 6)))]
    [12]
    """
    a, b = request.two_sides("one_to_one")
    links, offered = a.count * a.ports, b.count * b.ports
    if links != offered:
        message = (
            f"one_to_one needs as many ports on both sides: a has {a.count} x {a.ports} = {links}, "
            f"b has {b.count} x {b.ports} = {offered}"
        )
        raise PatternError("E205", message, "take a range of the ports, or another pattern")
    index = run(links)
    side_a = BlockSide(0, index // a.ports, (index % a.ports,))
    return [Block((links,), side_a, BlockSide(0, index // b.ports, (index % b.ports,)))]
