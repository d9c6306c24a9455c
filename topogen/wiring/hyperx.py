"""``hyperx``: routers on a grid, fully meshed along each dimension."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal

from topogen.language.fabric import Dims, SwitchedFabricSpec
from topogen.language.fields import Count
from topogen.wiring.grid import meshes_along
from topogen.wiring.plan import Plan, PlannedLinks, size_by
from topogen.wiring.record import Generator
from topogen.wiring.routers import HOSTS, ROUTER, place_hosts, router_faces

if TYPE_CHECKING:
    from topogen.wiring.plan import GeneratorRequest


class HyperX(SwitchedFabricSpec):
    """Routers on a grid, fully meshed along each dimension."""

    roles: ClassVar[tuple[str, ...]] = ("router",)
    link_groups: ClassVar[Mapping[str, str]] = {
        "hosts": "endpoints to routers, filling one router after another",
        **{f"dim{number}": f"every router to every other along dimension {number}" for number in range(8)},
    }

    pattern: Literal["hyperx"]
    """pattern to generate"""
    dims: Dims
    """routers along each dimension"""
    hosts_per_router: Count
    """endpoints per router"""
    links_per_pair: Count = 1
    """parallel links between each pair along a dimension"""


def hyperx(request: GeneratorRequest[HyperX]) -> Plan:
    """Return the plan of a HyperX for one plane.

    With ``dims`` S of product R, p hosts a router and m links a pair: R routers, numbered along the last
    dimension first; R p hosts; R (S_k - 1) / 2 x m links in dimension k; p + the sum of (S_k - 1) m ports a
    router, in this order. Diameter: one link for each dimension and one at each of both hosts. Bisection: R
    m / 4 x the least S_k if that is even, and R p / 2 at most; else not known in closed form. A dimension
    of one router counts for nothing.

    Source: Ahn, Binkert, Davis, McLaren, Schreiber, "HyperX: Topology, Routing, and Packaging of Efficient
    Large-Scale Networks", SC09.

    >>> from topogen.wiring.hyperx import HyperX
    >>> from topogen.wiring.plan import GeneratorRequest, Faces
    >>> keys = {"network": "scale_out", "pattern": "hyperx", "switch": "router", "create": "nic.hs"}
    >>> spec = HyperX.model_validate({**keys, "dims": ["8", "8", "8"], "hosts_per_router": "8"})
    >>> plan = hyperx(GeneratorRequest(spec, lambda role: Faces("router", 32), None))
    >>> plan.switches, plan.ends, plan.diameter, plan.bisection
    ({'router': 512}, 4096, 5, Fraction(1024, 1))
    >>> {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    {'hosts': 4096, 'dim0': 1792, 'dim1': 1792, 'dim2': 1792}
    """
    spec = request.spec
    dims, per_router, per_pair = spec.dims, spec.hosts_per_router, spec.links_per_pair
    along = {f"dim{dim}": (size - 1) * per_pair for dim, size in enumerate(dims) if size > 1}
    faces = router_faces(request, {HOSTS: per_router, **along})
    hosts = place_hosts(request, prod(dims), per_router, faces[HOSTS])
    made = [
        PlannedLinks(
            name, faces[name], faces[name], (meshes_along(dims, int(name.removeprefix("dim")), per_pair),)
        )
        for name in along
    ]
    return Plan(
        switches={ROUTER: prod(dims)},
        links=(hosts.made, *made),
        ends=hosts.created,
        sizes={ROUTER: size_by(f"{' x '.join(map(str, dims))} = {prod(dims):,} router")},
        diameter=2 + len(along) if hosts.full else None,
        bisection=_bisection(dims, per_router, per_pair) if hosts.full else None,
    )


def _bisection(dims: tuple[int, ...], per_router: int, per_pair: int) -> Fraction | None:
    """Return the links cut by halving the smallest dimension, None if it is odd.

    Exact, because R m x least S_k / 4 is also the bound that the second eigenvalue of the Laplacian gives.
    """
    least = min((size for size in dims if size > 1), default=1)
    routers = prod(dims)
    return None if least % 2 else Fraction(min(routers * least * per_pair, 2 * routers * per_router), 4)


PATTERN = Generator(
    spec=HyperX,
    make=hyperx,
    switches="R = the product of `dims`",
    links="`hosts` N p, along a dimension of s routers R (s - 1) / 2 x m",
)
"""The record of the generator."""
