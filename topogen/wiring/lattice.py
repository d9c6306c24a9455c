"""Ends at the points of equal boxes: what ``torus`` and ``torus_ocs`` have in common.

Everywhere the last dimension runs fastest. Along a dimension an end has a port for the next point, then one
for the point before, dimension after dimension, whether a link stays inside its box or leaves it.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from pydantic import Field

from topogen.language.fabric import Dims, FabricSpec
from topogen.language.fields import Flag, Name
from topogen.model.runs import arange, cumcount, zeros
from topogen.records import dataclass
from topogen.wiring.block import Block, BlockSide, PatternError
from topogen.wiring.plan import ENDS, EndPoints, Face, GeneratorRequest, PlannedLinks, refuse_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.model.arrays import Ints

Shape: TypeAlias = tuple[int, ...]


class LatticeSpec(FabricSpec):
    """Ends at the points of a grid, made of equal boxes."""

    dims: Dims | None = None
    """size of each dimension"""
    cube: Dims | None = None
    """size of the cubes that the torus is made of"""
    units_by: Name | None = None
    """level: each place of it is a cube"""
    wrap: tuple[Flag, ...] | None = None
    """whether each dimension closes into a ring; default: all do"""
    blocks: dict[Name, Dims] = Field(default_factory=dict)
    """by level: size of the block of the torus that one place of it holds"""


@dataclass(frozen=True)
class Lattice:
    r"""Ends of boxes of shape ``cube``; ``at``, shape (boxes, \*cube), is the end at each point of each.

    ``dims`` is the shape of all boxes together, where the file says it. ``closed`` says of each dimension
    whether its last point is joined to its first. ``ports`` are those of an end.
    """

    dims: Shape | None
    cube: Shape
    closed: tuple[bool, ...]
    at: Ints
    ports: int

    @property
    def boxes(self) -> int:
        """Return the number of boxes."""
        return len(self.at)

    def faces(self, widths: Sequence[int]) -> list[tuple[Face, Face]]:
        """Return the port for the next and for the last point of each dimension, of ``widths`` ports each."""
        needed = sum(widths)
        if needed > self.ports:
            terms = " + ".join(map(str, widths))
            message = (
                f"an end takes {terms} = {needed} ports along {len(widths)} dimensions; it has {self.ports}"
            )
            raise PatternError("E201", message, "ends with more ports, or fewer dimensions")
        starts = accumulate(widths, initial=0)
        return [
            (
                Face(ENDS, ports=range(start, start + 1)),
                Face(ENDS, ports=range(start + width - 1, start + width)),
            )
            for start, width in zip(starts, widths, strict=False)
        ]

    def inside(self, faces: Sequence[tuple[Face, Face]], closed: Sequence[bool]) -> Iterator[PlannedLinks]:
        """Yield the links inside the boxes, dimension by dimension; ``closed`` ones lead around."""
        for dim, (ahead, back) in enumerate(faces):
            here, there = self.at, np.roll(self.at, -1, dim + 1)
            if not closed[dim]:
                keep = range(self.cube[dim] - 1)
                here, there = here.take(keep, dim + 1), there.take(keep, dim + 1)
            if here.size:
                box = in_rows(here.reshape(self.boxes, -1), there.reshape(self.boxes, -1))
                yield PlannedLinks("inside", ahead, back, (box,))


def in_rows(a: Ints, b: Ints, slot_b: Ints | None = None) -> Block:
    """Return a link from ``a[r, i]`` to ``b[r, i]`` each, at the first port of a: shape (rows, links).

    ``slot_b``, shape (links,), says which port of b; else it is the first too. Rows that look alike, seen
    from their lowest end, are copies of one box.

    >>> in_rows(np.array([[0, 1], [4, 5]]), np.array([[1, 2], [5, 6]])).copies
    2
    """
    slots = zeros(a.shape[1]) if slot_b is None else slot_b
    starts = a.min(axis=1), b.min(axis=1)
    local = a - starts[0][:, None], b - starts[1][:, None]
    if all((rows == rows[0]).all() for rows in local):
        sides = (local[0][0], zeros(a.shape[1]), starts[0]), (local[1][0], slots, starts[1])
    else:
        sides = (a.ravel(), zeros(a.size), zeros(1)), (b.ravel(), np.tile(slots, len(b)), zeros(1))
    ends = [BlockSide(0, device, (slot,), first) for device, slot, first in sides]
    return Block((len(sides[0][0]),), *ends)


def settle(request: GeneratorRequest[LatticeSpec]) -> Lattice:
    """Return where the ends stand; raises ``PatternError`` where they do not fill the boxes."""
    spec = request.spec
    cube, dims = spec.cube or spec.dims, spec.dims
    if cube is None or (request.ends is None and dims is None):
        missing = "dims" if cube else "dims or cube"
        raise PatternError("E641", f"{missing} is missing", "such as dims: [4, 4, 4]")
    if spec.units_by and spec.cube is None:
        raise PatternError("E641", "cube is missing", f"say which box a {spec.units_by} is: cube: [4, 4, 4]")
    closed = spec.wrap or (True,) * len(cube)
    for key, sizes in {"dims": dims, "wrap": closed, **_named(spec.blocks)}.items():
        if sizes is not None and len(sizes) != len(cube):
            message = f"{key} has {len(sizes)} entries; the torus has {len(cube)} dimensions"
            raise PatternError("E204", message, f"write {len(cube)} entries")
    ends = request.ends or _created(dims or cube, request.created_ports)
    if dims:
        _refuse_rest(dims, cube, ("dims", "cube"))
        if ends.count != prod(dims):
            message = f"{ends.count:,} ends; dims {product(dims)} = {prod(dims):,}"
            raise PatternError("E204", message, "name that many ends, or change dims")
    at = ends_at(ends, cube, spec.blocks, spec.units_by)
    return Lattice(dims, cube, closed, at, ends.ports)


def _created(dims: Shape, ports: int) -> EndPoints:
    refuse_many("ends", prod(dims))
    return EndPoints.uniform(prod(dims), ports)


def _named(blocks: Mapping[str, Shape]) -> dict[str, Shape]:
    return {f"blocks.{level}": shape for level, shape in blocks.items()}


def ends_at(ends: EndPoints, cube: Shape, blocks: Mapping[str, Shape], units_by: str | None = None) -> Ints:
    r"""Return the end at each point of each box, shape (boxes, \*cube).

    A box is one place of ``units_by``, or the next ends in file order. A place of each level of ``blocks``
    is a block of the shape given there; places fill the block around them in their order, along the last
    dimension first.

    >>> places = {"tray": arange(8) // 2}
    >>> ends_at(EndPoints.of(4, zeros(8), zeros(8), places), (2, 2, 2), {"tray": (2, 1, 1)}).tolist()
    [[[[0, 2], [4, 6]], [[1, 3], [5, 7]]]]
    """
    unit = ends.unit if units_by else arange(ends.count) // prod(cube)
    levels = [(units_by or "cube", unit, cube)]
    for level, shape in sorted(blocks.items(), key=lambda item: -prod(item[1])):
        if level not in ends.places:
            raise PatternError("E203", f'blocks: created ends stand in no "{level}"', "leave blocks out")
        levels.append((level, ends.places[level], shape))
    for level, place, shape in levels:
        _refuse_unfilled(level, place, shape)
    levels.append(("end", arange(ends.count), (1,) * len(cube)))
    point = np.zeros((len(cube), ends.count), np.int64)
    for (outer, around, box), (inner, place, shape) in pairwise(levels):
        grid = _refuse_rest(box, shape, (outer, inner))
        turn = np.unravel_index(_turn(around, place), grid)
        point += np.stack(turn) * np.array(shape)[:, None]
    at = np.empty((ends.count // prod(cube), *cube), np.int64)
    at[unit, *point] = arange(ends.count)
    return at


def _turn(around: Ints, place: Ints) -> Ints:
    """Return the number of each end's place among the places that stand in the same place ``around``."""
    _, first, number = np.unique(place, return_index=True, return_inverse=True)
    return cumcount(around[first])[number]


def _refuse_unfilled(level: str, place: Ints, shape: Shape) -> None:
    """Raise where a place does not hold as many ends as its box has points."""
    _, held = np.unique(place, return_counts=True)
    wrong = held[held != prod(shape)]
    if len(wrong):
        points = f"{product(shape)} = {prod(shape):,}"
        found = f"{len(wrong):,} of {len(held):,} have not, the first {wrong[0]:,}"
        message = f"a {level} is to have {points} ends; {found}"
        raise PatternError("E204", message, "change its shape, or the ends in it")


def _refuse_rest(box: Shape, shape: Shape, names: tuple[str, str]) -> Shape:
    """Return how many of a shape fill a box along each dimension; raises where some part is left over."""
    for size, part in zip(box, shape, strict=True):
        if size % part:
            message = (
                f"{names[0]} {product(box)} is not filled by {names[1]} {product(shape)}: {size} / {part}"
            )
            raise PatternError("E204", message, "each dimension of one is a multiple of the other's")
    return tuple(size // part for size, part in zip(box, shape, strict=True))


def product(shape: Shape) -> str:
    """Return sizes as a product.

    >>> product((4, 4, 2))
    '4 x 4 x 2'
    """
    return " x ".join(map(str, shape))
