"""``jellyfish``: switches joined as a random regular graph.

Source: Singla, Hong, Popa, Godfrey, "Jellyfish: Networking Data Centers Randomly", NSDI 2012.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from topogen.language.fabric import SwitchedFabricSpec
from topogen.language.fields import Count, Natural
from topogen.wiring.block import Block, PatternError, matching
from topogen.wiring.direct import ROUTER, direct_network
from topogen.wiring.plan import size_by
from topogen.wiring.record import Generator

if TYPE_CHECKING:
    from topogen.wiring.plan import GeneratorRequest, Plan


class Jellyfish(SwitchedFabricSpec):
    """Switches joined as a random regular graph."""

    roles: ClassVar[tuple[str, ...]] = ("router",)
    link_groups: ClassVar[Mapping[str, str]] = {
        "hosts": "endpoints to switches, distributed evenly",
        "fabric": "switches as in a random regular graph",
    }

    pattern: Literal["jellyfish"]
    """pattern to generate"""
    switches: Count
    """number of switches"""
    degree: Count
    """links per switch to other switches"""
    seed: Natural
    """seed of the random generator"""


TRIES = 100
"""Seeds tried for a connected graph; of degree 3 and more nearly every graph is."""


def jellyfish(request: GeneratorRequest[Jellyfish]) -> Plan:
    """Return the plan of a random regular graph of S switches of degree r for one plane.

    S r / 2 links between switches, N p host links of N ends with p ports; ports of a switch: r and those of
    its ceil(N / S) ends. Diameter and bisection depend on the seed: not stated, except 3 links for the full
    mesh r = S - 1. Created ends take all ports that the degree leaves.

    >>> from topogen.wiring.jellyfish import Jellyfish
    >>> from topogen.wiring.plan import GeneratorRequest, Faces
    >>> keys = {"network": "scale_out", "pattern": "jellyfish", "switch": "box", "create": "nic.p"}
    >>> spec = Jellyfish.model_validate({**keys, "switches": "20", "degree": "8", "seed": "1"})
    >>> plan = jellyfish(GeneratorRequest(spec, lambda role: Faces("box", 12), None))
    >>> plan.ends, {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    (80, {'hosts': 80, 'fabric': 80})
    """
    spec = request.spec
    switches, degree, seed = spec.switches, spec.degree, spec.seed
    _refuse_no_graph(switches, degree)
    faces = request.faces("router")
    plan = direct_network(
        request,
        switches,
        degree,
        lambda: (_random_graph(switches, degree, seed),),
        per_router=faces.total - degree if faces.down is None else faces.down,
        across=1 if degree == switches - 1 else None,
    )
    return replace(plan, sizes={ROUTER: size_by(f"switches: {switches:,} = {switches:,} router")})


def _refuse_no_graph(switches: int, degree: int) -> None:
    """Raise for a degree that no connected regular graph of so many switches has."""
    if degree >= switches:
        message = f"degree {degree:,} among {switches:,} switches: each has only {switches - 1:,} others"
        raise PatternError("E204", message, f"degree: at most {switches - 1:,}")
    if switches * degree % 2:
        message = (
            f"{switches:,} switches x degree {degree:,} = {switches * degree:,}, odd: a link has two ends"
        )
        raise PatternError("E204", message, "an even degree, or an even number of switches")
    if degree == 1 and switches > 2:  # noqa: PLR2004 - a pair is all that degree 1 connects
        message = f"{switches:,} switches of degree 1 are {switches // 2:,} pairs that nothing joins"
        raise PatternError("E204", message, "degree: at least 2")


def _random_graph(switches: int, degree: int, seed: int) -> Block:
    """Return the links of the first connected graph of ``seed``, ``seed`` + 1 ...: switches x degree / 2."""
    import networkx as nx  # noqa: PLC0415 - heavy, and only here

    for number in range(seed, seed + TRIES):
        graph = nx.random_regular_graph(degree, switches, number)
        if nx.is_connected(graph):
            pairs = np.sort(np.array(graph.edges, np.int64), axis=1)
            pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
            return matching(pairs[:, 0], pairs[:, 1], same=True)
    message = f"no connected graph of {switches:,} switches of degree {degree} with seeds {seed} to {number}"
    raise PatternError("E204", message, "a higher degree")


PATTERN = Generator(
    spec=Jellyfish,
    make=jellyfish,
    switches="`switches` of `degree` r",
    links="`hosts` N p, `fabric` switches x r / 2; with `create`: k - r endpoints per switch",
)
"""The record of the generator."""
