"""``torus``: ends joined to their next neighbours along each dimension, without switches."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from topogen.model.runs import arange
from topogen.wiring.block import PatternError
from topogen.wiring.lattice import Lattice, LatticeSpec, Shape, in_rows, product, settle
from topogen.wiring.plan import Plan, PlannedLinks
from topogen.wiring.record import Generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.wiring.plan import Face, GeneratorRequest


class Torus(LatticeSpec):
    """Ends joined to their neighbours along each dimension, without switches."""

    link_groups: ClassVar[Mapping[str, str]] = {
        "inside": "each end to the next along each dimension, inside a cube",
        "face": "each end to the next along each dimension, from cube to cube",
    }

    pattern: Literal["torus"]
    """pattern to generate"""


TWO = 2
"""Points of a dimension that wrap joins twice."""


def torus(request: GeneratorRequest[Torus]) -> Plan:
    """Return the plan of a torus for one plane.

    N = product of ``dims``, no switches. A dimension of n points has N links with wrap, N (n - 1) / n
    without; wrap on two points joins them twice, a single point has no link. Diameter: the sum of n / 2
    rounded down with wrap, n - 1 without. Bisection: the least of 2 N / n with wrap and N / n without, if
    its n is even; else not known in closed form.

    Ports of an end: dimension after dimension one to the next point, then one to the point before; a single
    one where two points are joined without wrap, none along a single point. Points are numbered along the
    last dimension first. With ``cube`` a place of ``units_by`` is a box of that shape, and boxes fill
    ``dims`` in their order; links in a box are ``inside``, others ``face``.

    >>> from topogen.wiring.torus import Torus
    >>> from topogen.wiring.plan import GeneratorRequest
    >>> spec = Torus(network="scale_up", pattern="torus", create="tpu.ici", dims=["16", "16", "16"])
    >>> plan = torus(GeneratorRequest(spec, lambda role: None, None, created_ports=6))
    >>> plan.ends, plan.diameter, plan.bisection
    (4096, 24, Fraction(512, 1))
    >>> sum(block.count for made in plan.links for block in made.blocks)
    12288
    """
    lattice = settle(request)
    dims = lattice.dims or _whole(lattice)
    grid = tuple(size // box for size, box in zip(dims, lattice.cube, strict=True))
    faces = lattice.faces([_width(size, closed) for size, closed in zip(dims, lattice.closed, strict=True)])
    around = [
        closed and size > 1 and boxes == 1
        for size, closed, boxes in zip(dims, lattice.closed, grid, strict=True)
    ]
    return Plan(
        switches={},
        links=(*lattice.inside(faces, around), *_between(lattice, faces, grid)),
        ends=0 if request.ends else prod(dims),
        diameter=sum(_farthest(size, closed) for size, closed in zip(dims, lattice.closed, strict=True)),
        bisection=_bisection(dims, lattice.closed),
        notes=_notes(dims, lattice.closed),
    )


def _whole(lattice: Lattice) -> Shape:
    """Return the dims that a file leaves out: as many boxes along each dimension."""
    dimensions = len(lattice.cube)
    along = round(lattice.boxes ** (1 / dimensions))
    if along**dimensions != lattice.boxes:
        message = f"{lattice.boxes:,} cubes of {product(lattice.cube)} make no torus of equally many each way"
        raise PatternError("E204", message, "write dims")
    return tuple(size * along for size in lattice.cube)


def _width(size: int, closed: bool) -> int:  # noqa: FBT001
    """Return the ports of an end along a dimension."""
    return min(size - 1, 2) if not closed else 2 * (size > 1)


def _farthest(size: int, closed: bool) -> int:  # noqa: FBT001
    return size // 2 if closed else size - 1


def _between(lattice: Lattice, faces: Sequence[tuple[Face, Face]], grid: Shape) -> Iterator[PlannedLinks]:
    """Yield the links from each box to the next, dimension by dimension."""
    boxes = arange(lattice.boxes).reshape(grid)
    for dim, (ahead, back) in enumerate(faces):
        if grid[dim] == 1:
            continue
        steps = arange(grid[dim] - (not lattice.closed[dim]))
        last = lattice.at.take([-1], dim + 1)[boxes.take(steps, dim).ravel()]
        first = lattice.at.take([0], dim + 1)[np.roll(boxes, -1, dim).take(steps, dim).ravel()]
        box = in_rows(last.reshape(len(last), -1), first.reshape(len(first), -1))
        yield PlannedLinks("face", ahead, back, (box,))


def _bisection(dims: Shape, closed: Sequence[bool]) -> Fraction | None:
    """Return the links cut by halving the dimension that is cheapest to cut, None if it is odd.

    Source: Aroca and Fernandez Anta, "Bisection (Band)Width of Product Networks with Application to Data
    Centers", IEEE Transactions on Parallel and Distributed Systems 25 (2014).
    """
    cuts = [
        ((1 + wrapped) * prod(dims) // size, size % 2)
        for size, wrapped in zip(dims, closed, strict=True)
        if size > 1
    ]
    cut, odd = min(cuts, default=(0, 1))
    return None if odd else Fraction(cut)


def _notes(dims: Shape, closed: Sequence[bool]) -> tuple[tuple[str, str, str], ...]:
    """Return the warning that two points are joined twice."""
    double = [size == TWO and wrapped for size, wrapped in zip(dims, closed, strict=True)]
    if not any(double):
        return ()
    kept = [wrapped and not twice for wrapped, twice in zip(closed, double, strict=True)]
    single = ", ".join(str(wrapped).lower() for wrapped in kept)
    message = "wrap on dimension of size 2 makes double links; counted 2x"
    return (("W207", message, f"wrap: [{single}] makes single ones"),)


PATTERN = Generator(
    spec=Torus,
    make=torus,
    switches="none",
    links="per dimension of n ends: N, without wrap N (n - 1) / n",
    ends_forward=True,
)
"""The record of the generator."""
