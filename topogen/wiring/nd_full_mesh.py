"""``nd_full_mesh``: ends on a grid, fully meshed along each dimension, without switches.

Source: Liao et al., "UB-Mesh: a Hierarchically Localized nD-FullMesh Datacenter Network Architecture",
arXiv 2503.20377, 2025. With switches as the points it is ``hyperx``.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal

from topogen.language.fabric import Dims, FabricSpec
from topogen.language.fields import Count
from topogen.wiring.block import PatternError
from topogen.wiring.grid import meshes_along
from topogen.wiring.plan import ENDS, Face, Plan, PlannedLinks, refuse_many
from topogen.wiring.record import Generator

if TYPE_CHECKING:
    from topogen.wiring.plan import GeneratorRequest

MOST_DIMS = 8


class NdFullMesh(FabricSpec):
    """Ends on a grid, fully meshed along each dimension, without switches."""

    link_groups: ClassVar[Mapping[str, str]] = {
        f"dim{number}": f"every end to every other along dimension {number}" for number in range(MOST_DIMS)
    }

    pattern: Literal["nd_full_mesh"]
    """pattern to generate"""
    dims: Dims
    """ends along each dimension"""
    links_per_pair: Count = 1
    """parallel links between each pair along a dimension"""


def nd_full_mesh(request: GeneratorRequest[NdFullMesh]) -> Plan:
    """Return the plan of an n-dimensional full mesh for one plane.

    With ``dims`` S of product N and m links per pair: N ends, numbered along the last dimension first, no
    switches; N (S_k - 1) / 2 x m links in dimension k; an end takes (S_k - 1) m ports for each, in this
    order. Diameter: one link per dimension. Bisection: N m / 4 x the least S_k if that is even, else not
    known in closed form. A dimension of one end counts for nothing.

    >>> from topogen.wiring.nd_full_mesh import NdFullMesh
    >>> from topogen.wiring.plan import GeneratorRequest
    >>> keys = {"network": "scale_up", "pattern": "nd_full_mesh", "create": "npu.ub"}
    >>> spec = NdFullMesh.model_validate({**keys, "dims": ["4", "4", "8", "8"]})
    >>> plan = nd_full_mesh(GeneratorRequest(spec, lambda role: None, None, created_ports=20))
    >>> plan.ends, plan.diameter, plan.bisection
    (1024, 4, Fraction(1024, 1))
    >>> {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    {'dim0': 1536, 'dim1': 1536, 'dim2': 3584, 'dim3': 3584}
    """
    spec = request.spec
    dims, per_pair, count = spec.dims, spec.links_per_pair, prod(spec.dims)
    refuse_many("ends", count)
    widths = [(size - 1) * per_pair for size in dims]
    _refuse(request, widths)
    starts = accumulate(widths, initial=0)
    faces = [
        Face(ENDS, ports=range(start, start + width)) for start, width in zip(starts, widths, strict=False)
    ]
    links = tuple(
        PlannedLinks(f"dim{dim}", face, face, (meshes_along(dims, dim, per_pair),))
        for dim, face in enumerate(faces)
        if dims[dim] > 1
    )
    least = min((size for size in dims if size > 1), default=1)
    return Plan(
        switches={},
        links=links,
        ends=0 if request.ends else count,
        diameter=len(links),
        bisection=None if least % 2 else Fraction(count * least * per_pair, 4),
    )


def _refuse(request: GeneratorRequest[NdFullMesh], widths: list[int]) -> None:
    """Raise where the ends do not fill the grid, or lack ports."""
    dims = request.spec.dims
    size = " x ".join(map(str, dims))
    if len(dims) > MOST_DIMS:
        raise PatternError("E204", f"{len(dims)} dimensions", f"at most {MOST_DIMS}")
    if request.ends and request.ends.count != prod(dims):
        message = f"{request.ends.count:,} ends; dims {size} = {prod(dims):,}"
        raise PatternError("E204", message, "name that many ends, or change dims")
    ports = request.ends.ports if request.ends else request.created_ports
    if sum(widths) > ports:
        terms = " + ".join(map(str, widths))
        message = f"an end takes {terms} = {sum(widths)} ports along {len(dims)} dimensions; it has {ports}"
        raise PatternError("E201", message, "ends with more ports, or fewer or shorter dimensions")


PATTERN = Generator(
    spec=NdFullMesh,
    make=nd_full_mesh,
    switches="none",
    links="along a dimension of s ends N (s - 1) / 2 x m",
    ends_forward=True,
)
"""The record of the generator."""
