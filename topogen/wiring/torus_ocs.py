"""``torus_ocs``: cubes of directly joined ends whose faces meet at optical circuit switches."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from topogen.language.circuits import Setting, Settings
from topogen.language.fabric import SwitchedFabricSpec
from topogen.model.runs import arange
from topogen.wiring.block import PatternError
from topogen.wiring.lattice import LatticeSpec, in_rows, product, settle
from topogen.wiring.plan import Face, Plan, PlannedLinks, size_by
from topogen.wiring.record import Generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.wiring.lattice import Lattice
    from topogen.wiring.plan import GeneratorRequest


class TorusOcs(LatticeSpec, SwitchedFabricSpec):
    """Cubes of ends whose faces meet at optical circuit switches."""

    roles: ClassVar[tuple[str, ...]] = ("ocs",)
    link_groups: ClassVar[Mapping[str, str]] = {
        "inside": "each end to the next along each dimension, inside a cube",
        "face": "both faces of every cube to one switch for each position",
    }

    pattern: Literal["torus_ocs"]
    """pattern to generate"""
    settings: Settings = Field(default_factory=dict)
    """by name: pairs of ports that switches join, `{"0-3": [[0, 9], [1, 8]]}` for ocs 0 to 3 of each plane"""

    def circuit_settings(self) -> Mapping[str, Setting]:
        """Return the settings of its optical circuit switches by name."""
        return self.settings


OCS = "ocs"


def torus_ocs(request: GeneratorRequest[TorusOcs]) -> Plan:
    """Return the plan of cubes joined by optical circuit switches, for one plane.

    One switch serves one position of one dimension: both faces of every cube end there at that position, so
    that any cubes can be closed to a ring. Switches: the sum over dimensions of the product of the other
    sizes of a cube; each has 2 links a cube, cube c by its last point at port c and by its first at port
    cubes + c. Links of a cube of N ends: N (n - 1) / n ``inside`` and 2 N / n ``face`` for each dimension
    of n points.

    Ports of an end: dimension after dimension one to the next point, then one to the point before. ``wrap:
    false`` leaves the faces of a dimension open, without switches. Diameter and bisection hang on how the
    switches are set: they are found for each of ``settings``, not told here.

    Source of the rule: Jouppi et al., "TPU v4", ISCA 2023.

    >>> from topogen.wiring.torus_ocs import TorusOcs
    >>> from topogen.wiring.plan import GeneratorRequest, EndPoints, Faces
    >>> keys = {"network": "scale_up", "pattern": "torus_ocs", "ends": "tpu.ici", "switch": "ocs"}
    >>> spec = TorusOcs.model_validate({**keys, "cube": ["4", "4", "4"]})
    >>> plan = torus_ocs(GeneratorRequest(spec, lambda role: Faces("ocs", 136), EndPoints.uniform(4096, 6)))
    >>> plan.switches
    {'ocs': 48}
    >>> [(made.name, made.blocks[0].count) for made in plan.links[2:4]]
    [('inside', 3072), ('face', 1024)]
    """
    lattice = settle(request)
    cube, closed = lattice.cube, lattice.closed
    per_dim = [prod(cube) // size * wrapped for size, wrapped in zip(cube, closed, strict=True)]
    _refuse(request, lattice)
    _refuse_settings(request, sum(per_dim))
    faces = lattice.faces(
        [2 if wrapped else min(size - 1, 2) for size, wrapped in zip(cube, closed, strict=True)]
    )
    inside = lattice.inside(faces, [False] * len(cube))
    terms = " + ".join(map(str, per_dim))
    return Plan(
        switches={OCS: sum(per_dim)},
        sizes={OCS: size_by(f"{terms} positions on the faces of a cube = {sum(per_dim):,} ocs")},
        links=(*inside, *_to_switches(lattice, faces, per_dim)),
        ends=0 if request.ends else lattice.at.size,
    )


def _refuse(request: GeneratorRequest[TorusOcs], lattice: Lattice) -> None:
    """Raise where no switch is needed, where cubes stay apart, or where a switch has too few ports."""
    if not any(lattice.closed):
        raise PatternError("E204", "wrap is false in each dimension: no switch", "use the pattern torus")
    for size, box, closed in zip(lattice.dims or lattice.cube, lattice.cube, lattice.closed, strict=True):
        if size != box and not closed:
            message = f"wrap is false along a dimension of {size} made of cubes of {box}: they stay apart"
            raise PatternError("E204", message, "true where cubes are joined")
    kind, used = request.faces(OCS), 2 * lattice.boxes
    if used > kind.total:
        message = (
            f"2 x {lattice.boxes:,} cubes of {product(lattice.cube)} = {used:,} ports of each ocs; "
            f"{kind.type} has {kind.total:,}: {used - kind.total:,} over"
        )
        raise PatternError("E204", message, f"at most {kind.total // 2:,} cubes, or an ocs with more ports")


def _refuse_settings(request: GeneratorRequest[TorusOcs], switches: int) -> None:
    """Raise where a setting names a switch or a port that there is not."""
    kind = request.faces(OCS)
    for name, setting in request.spec.settings.items():
        for line in setting:
            at = ("settings", name, line.key)
            if max(line.switches) >= switches:
                message = f'"{line.key}" names ocs {max(line.switches):,}; a plane has {switches:,}'
                raise PatternError("E838", message, f"switches are numbered from 0 to {switches - 1:,}", at)
            for number, pair in enumerate(line.pairs):
                if max(pair) >= kind.total:
                    message = f"there is no port {max(pair):,}: {kind.type} has {kind.total:,} ports"
                    hint = f"ports are numbered from 0 to {kind.total - 1:,}"
                    raise PatternError("E836", message, hint, (*at, str(number)))


def _to_switches(
    lattice: Lattice, faces: Sequence[tuple[Face, Face]], per_dim: Sequence[int]
) -> Iterator[PlannedLinks]:
    """Yield the links of both faces of each dimension: a copy for each position, a link for each cube."""
    cubes, first = lattice.boxes, 0
    for dim, count in enumerate(per_dim):
        if not count:
            continue
        switch = np.broadcast_to(first + arange(count)[:, None], (count, cubes))
        for face, layer, port in zip(faces[dim], (-1, 0), (0, cubes), strict=True):
            ends = lattice.at.take(layer, dim + 1).reshape(cubes, count).T
            box = in_rows(ends, switch, arange(cubes))
            yield PlannedLinks("face", face, Face(OCS, ports=range(port, port + cubes)), (box,))
        first += count


PATTERN = Generator(
    spec=TorusOcs,
    make=torus_ocs,
    switches="per dimension the product of the other sizes of a cube",
    links="per dimension of n ends: `inside` N (n - 1) / n, `face` 2 N / n",
    ends_forward=True,
)
"""The record of the generator."""
