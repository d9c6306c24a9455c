"""``de_bruijn``: routers numbered in base d; each is joined to those that its shifted number names.

Source: N. G. de Bruijn, "A Combinatorial Problem", Proc. Koninklijke Nederlandse Akademie van Wetenschappen
49 (1946); as an undirected network: Pradhan and Reddy, "A Fault-Tolerant Communication Architecture for
Distributed Systems", IEEE Transactions on Computers C-31 (1982).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from topogen.language.fabric import SwitchedFabricSpec
from topogen.language.fields import Count
from topogen.model.runs import arange
from topogen.wiring.block import Block, PatternError, matching
from topogen.wiring.direct import ROUTER, direct_network
from topogen.wiring.plan import refuse_many, size_by
from topogen.wiring.record import Generator

if TYPE_CHECKING:
    from topogen.wiring.plan import GeneratorRequest, Plan


class DeBruijn(SwitchedFabricSpec):
    """Routers joined as an undirected de Bruijn graph."""

    roles: ClassVar[tuple[str, ...]] = ("router",)
    link_groups: ClassVar[Mapping[str, str]] = {
        "hosts": "endpoints to routers, distributed evenly",
        "fabric": "routers as in a de Bruijn graph, each pair once and none to itself",
    }

    pattern: Literal["de_bruijn"]
    """pattern to generate"""
    base: Count
    """number of digits d, from 2; a router has at most 2 d links to others"""
    digits: Count
    """length of a number n; there are d^n routers"""


LEAST_BASE = 2


def de_bruijn(request: GeneratorRequest[DeBruijn]) -> Plan:
    """Return the plan of a de Bruijn network of base d and n digits for one plane.

    d^n routers; router x is joined to the routers (d x + r) mod d^n, r = 0 ... d - 1. The d links of
    routers to themselves are left out, and a pair that names each other is joined once: d^(n + 1) - d - d
    (d - 1) / 2 links between routers for n > 1, d (d - 1) / 2 for n = 1; N p host links of N ends with p
    ports. Ports of a router: at most 2 d (d - 1 for n = 1) and those of its ceil(N / d^n) ends. Diameter n
    + 2 links; of the bisection no closed form is known. Created ends: d links per router.

    >>> from topogen.wiring.de_bruijn import DeBruijn
    >>> from topogen.wiring.plan import GeneratorRequest, Faces
    >>> keys = {"network": "scale_out", "pattern": "de_bruijn", "switch": "box", "create": "nic.p"}
    >>> spec = DeBruijn.model_validate({**keys, "base": "4", "digits": "5"})
    >>> plan = de_bruijn(GeneratorRequest(spec, lambda role: Faces("box", 12), None))
    >>> plan.switches, plan.ends, plan.diameter
    ({'router': 1024}, 4096, 7)
    >>> {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    {'hosts': 4096, 'fabric': 4086}
    """
    base, digits = request.spec.base, request.spec.digits
    if base < LEAST_BASE:
        raise PatternError("E204", f"base {base} makes a single router", "base: at least 2")
    routers = base**digits
    refuse_many("routers", routers)
    degree = base - 1 if digits == 1 else 2 * base if digits > LEAST_BASE else 2 * base - 1
    plan = direct_network(
        request, routers, degree, lambda: (_joins(base, routers),), per_router=base, across=digits
    )
    return replace(plan, sizes={ROUTER: size_by(f"{base}^{digits} = {routers:,} router")})


def _joins(base: int, routers: int) -> Block:
    """Return a link for each two routers of which one names the other."""
    one = np.repeat(arange(routers), base)
    other = (one * base + np.tile(arange(base), routers)) % routers
    pair = np.stack([np.minimum(one, other), np.maximum(one, other)])[:, one != other]
    first, second = np.divmod(np.unique(pair[0] * routers + pair[1]), routers)
    return matching(first, second, same=True)


PATTERN = Generator(
    spec=DeBruijn,
    make=de_bruijn,
    switches="d^n of degree 2 d at most",
    links="`hosts` N p, `fabric` d^(n + 1) - d - d (d - 1) / 2; with `create`: d endpoints per router",
)
"""The record of the generator."""
