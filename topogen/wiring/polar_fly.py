"""``polar_fly``: routers joined as an Erdos-Renyi polarity graph, any two at most two links apart.

Routers are the points of the projective plane over the finite field of q elements; two are joined if their
scalar product is 0. A point whose product with itself is 0 is a quadric and has one neighbour fewer.
Source: Lakhotia, Besta, Monroe, Isham, Iff, Hoefler, Petrini, "PolarFly: A Cost-Effective and Flexible
Low-Diameter Topology", SC22; W. G. Brown, "On Graphs that do not Contain a Thomsen Graph", Canad. Math.
Bull. 9 (1966).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, ClassVar, Literal, NoReturn

import numpy as np

from topogen.language.fabric import SwitchedFabricSpec
from topogen.language.fields import Count
from topogen.model.runs import arange
from topogen.wiring.block import Block, PatternError, matching
from topogen.wiring.direct import ROUTER, direct_network
from topogen.wiring.finite_field import finite_field, prime_power
from topogen.wiring.plan import size_by
from topogen.wiring.record import Generator

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.wiring.plan import GeneratorRequest, Plan


class PolarFly(SwitchedFabricSpec):
    """Routers joined as a polarity graph."""

    roles: ClassVar[tuple[str, ...]] = ("router",)
    link_groups: ClassVar[Mapping[str, str]] = {
        "hosts": "endpoints to routers, distributed evenly",
        "fabric": "routers as in a polarity graph of diameter 2",
    }

    pattern: Literal["polar_fly"]
    """pattern to generate"""
    q: Count
    """size parameter, a prime power; there are q^2 + q + 1 routers"""


def polar_fly(request: GeneratorRequest[PolarFly]) -> Plan:
    """Return the plan of a PolarFly of a prime power q for one plane.

    q^2 + q + 1 routers of degree q + 1, q + 1 of them (the quadrics) of degree q: q (q + 1)^2 / 2 links
    between routers and N p host links of N ends with p ports; ports of a router: q + 1 and those of its
    ceil(N / routers) ends. Diameter 4 links; of the bisection no closed form is known. Created ends:
    ceil((q + 1) / 2) links per router.

    >>> from topogen.wiring.polar_fly import PolarFly
    >>> from topogen.wiring.plan import GeneratorRequest, Faces
    >>> keys = {"network": "scale_out", "pattern": "polar_fly", "switch": "box", "create": "nic.p", "q": "31"}
    >>> plan = polar_fly(GeneratorRequest(PolarFly.model_validate(keys), lambda role: Faces("box", 48), None))
    >>> plan.switches, plan.ends, plan.diameter
    ({'router': 993}, 15888, 4)
    >>> {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    {'hosts': 15888, 'fabric': 15872}
    """
    q = request.spec.q
    if prime_power(q) is None:
        _refuse_no_field(q)
    routers = q * q + q + 1
    plan = direct_network(
        request, routers, q + 1, lambda: (_joins(q),), per_router=-(-(q + 1) // 2), across=2
    )
    return replace(plan, sizes={ROUTER: size_by(f"{q}^2 + {q} + 1 = {routers:,} router")})


def _refuse_no_field(q: int) -> NoReturn:
    """Raise for a q that is no prime power: with the counts it would have, and what is near."""
    counted = f"{q}^2 + {q} + 1 = {q * q + q + 1:,} routers of degree {q + 1}"
    message = f"q = {q} is no prime power: {counted} can be counted, but there is no wiring for them"
    below = next((n for n in range(q - 1, 1, -1) if prime_power(n)), None)
    above = next(n for n in count(q + 1) if prime_power(n))
    near = f"{below} or {above}" if below else f"{above}"
    raise PatternError("E204", message, f"nearest q that can be wired: {near}")


def _joins(q: int) -> Block:
    """Return a link for each two points whose scalar product is 0: q (q + 1)^2 / 2 links."""
    other = _polars(q)
    point = np.broadcast_to(arange(len(other))[:, None], other.shape)
    once = point < other
    return matching(point[once], other[once], same=True)


def _polars(q: int) -> Ints:
    """Return the points on the polar line of each point, shape (q^2 + q + 1, q + 1); a quadric is on its own.

    Points are (1, y, z), then (0, 1, z), then (0, 0, 1), numbered along the last coordinate first.
    """
    power = prime_power(q)
    assert power is not None  # noqa: S101 - refused before
    field = finite_field(*power)
    negative = np.argmin(field.add, axis=1)
    inverse = np.zeros(q, np.int64)
    inverse[field.powers] = np.roll(field.powers[::-1], 1)
    y, z = (each.ravel() for each in np.indices((q, q)))
    a = np.concatenate([np.ones(q * q, np.int64), np.zeros(q + 1, np.int64)])
    b = np.concatenate([y, np.ones(q, np.int64), [0]])
    c = np.concatenate([z, arange(q), [1]])
    found = np.empty((len(a), q + 1), np.int64)
    t = arange(q)

    with_c = np.flatnonzero(c)  # (1, t, -(a + b t) / c) and (0, 1, -b / c)
    a_, b_, scale = (side[with_c, None] for side in (a, b, negative[inverse[c]]))
    found[with_c, :q] = t * q + field.multiply[scale, field.add[a_, field.multiply[b_, t]]]
    found[with_c, q] = q * q + field.multiply[scale, b_].ravel()
    with_b = np.flatnonzero((c == 0) & (b != 0))  # (1, -a / b, t) and (0, 0, 1)
    found[with_b, :q] = field.multiply[negative[inverse[b[with_b]]], a[with_b]][:, None] * q + t
    found[with_b, q] = q * q + q
    found[0] = np.append(q * q + t, q * q + q)  # (1, 0, 0): (0, 1, t) and (0, 0, 1)
    return found


PATTERN = Generator(
    spec=PolarFly,
    make=polar_fly,
    switches="q^2 + q + 1 of degree q + 1, of which q + 1 of degree q",
    links="`hosts` N p, `fabric` q (q + 1)^2 / 2; with `create`: ceil((q + 1) / 2) endpoints per router",
)
"""The record of the generator."""
