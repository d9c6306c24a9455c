"""Ports joined in order: what ``one_to_one`` and ``explicit`` have in common."""

from __future__ import annotations

from topogen.model.runs import arange
from topogen.wiring.block import Block, BlockSide, PatternError, Request


def port_by_port(request: Request) -> list[Block]:
    """Return the i-th port of all a ports joined to the i-th of all b ports.

    n_a x p_a links, which must equal n_b x p_b; only legs of the last of some cables may stay free.

    >>> from topogen.wiring.block import Ends
    >>> [block.count for block in port_by_port(Request(Ends.uniform(4, 3), Ends.uniform(2, 6)))]
    [12]
    """
    a, b = request.two_sides("one_to_one")
    links, offered = a.count * a.ports, b.count * b.ports
    if not links or not offered:
        message = f"{'b' if links else 'a'} has no free port left"
        raise PatternError("E201", message, "a port carries one link: name a free port, or link each once")
    free = (links - offered, offered - links)
    if any(0 < more < legs for more, legs in zip(free, request.legs, strict=True)):
        links = min(links, offered)  # legs of the last cable stay free
    elif links != offered:
        message = (
            f"each port of a meets one of b, but a has {a.count} x {a.ports} = {links} free ports, "
            f"b has {b.count} x {b.ports} = {offered}"
        )
        raise PatternError("E205", message, "select equally many: pick devices or ports by number")
    index = arange(links)
    side_a = BlockSide(0, index // a.ports, (index % a.ports,))
    return [Block((links,), side_a, BlockSide(0, index // b.ports, (index % b.ports,)))]
