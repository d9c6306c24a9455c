"""What direct networks have in common: routers linked to each other, with evenly distributed ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from topogen.model.runs import arange
from topogen.wiring.block import Block, PatternError, biclique, repeat
from topogen.wiring.plan import ENDS, EndPoints, Face, Plan, PlannedLinks

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.wiring.plan import GeneratorRequest

ROUTER = "router"
MAX_LINKS = 20_000_000
"""Links between routers that are listed one by one: no box of indices repeats."""


def direct_network(
    request: GeneratorRequest[Any],
    routers: int,
    degree: int,
    joins: Callable[[], tuple[Block, ...]],
    *,
    per_router: int,
    across: int | None = None,
) -> Plan:
    """Return the plan of routers with ``degree`` links each to others, made by ``joins``.

    Given ends are spread evenly; else each router gets ``per_router`` links to ends. ``across`` is the most
    links between two routers; two ends are 2 links farther apart where every router has one.
    """
    _refuse_many_links(routers, degree)
    created = max(1, per_router // request.created_ports)
    ends = request.ends or EndPoints.uniform(routers * created, request.created_ports)
    fullest = -(-ends.count // routers) * ends.ports
    _refuse_few_ports(request, routers, degree, ends)
    down = Face(ROUTER, "down", range(fullest))
    between = Face(ROUTER, "up", range(fullest, fullest + degree))
    bare = routers - ends.count
    message = f"{bare:,} of {routers:,} routers have no end"
    return Plan(
        switches={ROUTER: routers},
        links=(
            PlannedLinks("hosts", Face(ENDS), down, dealt_ends(ends, routers)),
            PlannedLinks("fabric", between, between, joins()),
        ),
        ends=0 if request.ends else ends.count,
        diameter=across + 2 if across is not None and bare <= 0 else None,
        notes=(("W212", message, "fewer routers do, or more ends"),) if bare > 0 else (),
    )


def dealt_ends(ends: EndPoints, switches: int) -> tuple[Block, ...]:
    """Return the links of ends distributed evenly over switches, neighbours together: ends x ports links.

    The first ones have one end more where it does not come out even; all ports of an end go to one switch.

    >>> [(block.copies, block.count) for block in dealt_ends(EndPoints.uniform(14), 4)]
    [(2, 8), (2, 6)]
    """
    each, more = divmod(ends.count, switches)
    switch = arange(switches)
    first = switch * each + np.minimum(switch, more)
    shares = [(each + 1, slice(0, more)), (each, slice(more, None))]
    return tuple(
        repeat(biclique(size, 1, ends.ports), first[part], switch[part])
        for size, part in shares
        if size and len(switch[part])
    )


def _refuse_few_ports(request: GeneratorRequest[Any], routers: int, degree: int, ends: EndPoints) -> None:
    """Raise where the ends and the other routers need more ports than a router has."""
    faces = request.faces(ROUTER)
    each = -(-ends.count // routers)
    down = each * ends.ports
    if faces.down is not None and faces.up is not None:
        if down <= faces.down and degree <= faces.up:
            return
        has = f"{faces.down} down and {faces.up} up"
        fits, room = degree <= faces.up, faces.down // ends.ports * routers
    else:
        if down + degree <= faces.total:
            return
        has = f"{faces.total}"
        fits, room = degree < faces.total, (faces.total - degree) // ends.ports * routers
    links = f"{each} x {ends.ports} links to ends" if ends.ports > 1 else f"{down} links to ends"
    message = (
        f"a router of {links} and {degree} to routers needs {down + degree} ports; {faces.type} has {has}"
    )
    hint = "switches with more ports"
    raise PatternError(
        "E201", message, f"{hint}, or at most {room:,} ends" if fits and request.ends else hint
    )


def _refuse_many_links(routers: int, degree: int) -> None:
    """Raise before more links are listed than memory should hold."""
    links = routers * degree // 2
    if links > MAX_LINKS:
        message = f"{routers:,} routers x {degree:,} / 2 = {links:,} links between routers"
        raise PatternError("E702", message, f"at most {MAX_LINKS:,}: is a size mistyped?")
