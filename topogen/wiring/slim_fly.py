"""``slim_fly``: routers joined as a McKay-Miller-Siran graph, any two at most two links apart.

Routers are (0, x, y) and (1, m, c) over the finite field of q elements: (0, x, y) meets (0, x, y') where
y - y' is in the set X, (1, m, c) meets (1, m, c') where c - c' is in X', and (0, x, y) meets (1, m, c) on the
line y = m x + c. Source: Besta, Hoefler, "Slim Fly: A Cost Effective Low-Diameter Network Topology", SC14;
sets X and X' for every prime power after Hafner, "Geometric realisation of the graphs of McKay-Miller-Siran",
J. Combin. Theory B 90 (2004).
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
from topogen.wiring.block import Block, PatternError, matching, repeat
from topogen.wiring.direct import ROUTER, direct_network
from topogen.wiring.finite_field import Field, finite_field, prime_power
from topogen.wiring.plan import one_by_one, size_by
from topogen.wiring.record import Generator

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.wiring.plan import GeneratorRequest, Plan


class SlimFly(SwitchedFabricSpec):
    """Routers joined as a McKay-Miller-Siran graph."""

    roles: ClassVar[tuple[str, ...]] = ("router",)
    link_groups: ClassVar[Mapping[str, str]] = {
        "hosts": "endpoints to routers, distributed evenly",
        "fabric": "routers as in a McKay-Miller-Siran graph of diameter 2",
    }

    pattern: Literal["slim_fly"]
    """pattern to generate"""
    q: Count
    """size parameter, a prime power above 2; there are 2 q^2 routers"""


OFFSET = {0: 0, 1: 1, 3: -1}
"""d of q = 4 w + d, by the rest of q; none for 2."""


def slim_fly(request: GeneratorRequest[SlimFly]) -> Plan:
    """Return the plan of a slim fly of a prime power q for one plane.

    2 q^2 routers of degree r = (3 q - d) / 2 with q = 4 w + d, d in -1, 0, 1: q^2 r links between routers and
    N p host links of N ends with p ports; ports of a router: r and those of its ceil(N / 2 q^2) ends.
    Diameter 4 links; of the bisection no closed form is known. Created ends: ceil(r / 2) links a router.

    >>> from topogen.wiring.slim_fly import SlimFly
    >>> from topogen.wiring.plan import GeneratorRequest, Faces
    >>> keys = {"network": "scale_out", "pattern": "slim_fly", "switch": "box", "create": "nic.p", "q": "19"}
    >>> spec = SlimFly.model_validate(keys)
    >>> plan = slim_fly(GeneratorRequest(spec, lambda role: Faces("box", 44), None))
    >>> plan.switches, plan.ends, plan.diameter
    ({'router': 722}, 10830, 4)
    >>> {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    {'hosts': 10830, 'fabric': 10469}
    """
    q = request.spec.q
    if prime_power(q) is None or q % 4 not in OFFSET:
        _refuse_no_field(q)
    degree = router_degree(q)
    plan = direct_network(
        request,
        2 * q * q,
        degree,
        lambda: _joins(q),
        per_router=-(-degree // 2),
        across=2,
    )
    return replace(plan, sizes={ROUTER: size_by(f"2 x {q}^2 = {2 * q * q:,} router")})


def router_degree(q: int) -> int:
    """Return the links of a router to others: (3 q - d) / 2.

    >>> [router_degree(q) for q in (5, 8, 19)]
    [7, 12, 29]
    """
    return (3 * q - OFFSET[q % 4]) // 2


def _refuse_no_field(q: int) -> NoReturn:
    """Raise for a q that is no prime power above 2: with the counts it would have, and what is near."""
    counted = f"2 x {q}^2 = {2 * q * q:,} routers"
    if q % 4 in OFFSET:
        degree = router_degree(q)
        counted += f" of degree {degree} with {-(-degree // 2)} links to ends each"
    message = f"q = {q} is no prime power above 2: {counted} can be counted, but there is no wiring for them"
    below = next((n for n in range(q - 1, 2, -1) if prime_power(n)), None)
    above = next(n for n in count(max(q, 2) + 1) if prime_power(n))
    near = f"{below} or {above}" if below else f"{above}"
    raise PatternError("E204", message, f"nearest q that can be wired: {near}")


def _joins(q: int) -> tuple[Block, ...]:
    """Return the links between routers: q copies of the graph of X, q of that of X', and q^3 lines."""
    power = prime_power(q)
    assert power is not None  # noqa: S101 - refused before
    field, exponents = finite_field(*power), _exponents(q)
    inside = [
        repeat(_differing(field, field.powers[(exponents + other) % (q - 1)]), first, first)
        for other, first in enumerate((arange(q, q), q * q + arange(q, q)))
    ]
    x, slope, c = (place.ravel() for place in np.indices((q, q, q)))
    y = field.add[field.multiply[slope, x], c]
    taken = len(exponents)
    return (*inside, one_by_one(x * q + y, q * q + slope * q + c, taken + slope, taken + x))


def _exponents(q: int) -> Ints:
    """Return the powers of the primitive element that make X; X' is X times that element.

    >>> _exponents(5).tolist(), _exponents(7).tolist(), _exponents(8).tolist()
    ([0, 2], [0, 2, 3, 5], [0, 2, 4, 6])
    """
    if OFFSET[q % 4] >= 0:
        return arange(q // 2, 2)
    w = (q + 1) // 4
    return np.concatenate([arange(w, 2), 2 * w - 1 + arange(w, 2)])


def _differing(field: Field, differences: Ints) -> Block:
    """Return a link for each two elements whose difference is in a set that has -s for every s."""
    other = field.add[:, differences]
    element = np.broadcast_to(arange(len(other))[:, None], other.shape)
    once = element < other
    return matching(element[once], other[once], same=True)


PATTERN = Generator(
    spec=SlimFly,
    make=slim_fly,
    switches="2 q^2 of degree r = (3 q - d) / 2, q = 4 w + d",
    links="`hosts` N p, `fabric` q^2 r; with `create`: ceil(r / 2) endpoints per router",
)
"""The record of the generator."""
