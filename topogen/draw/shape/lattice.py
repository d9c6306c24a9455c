"""The shape of a torus or mesh: points of a lattice seen at an angle, links around it, cubes behind OCS."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shape.marks import (
    Drawn,
    a_line,
    bent,
    bundles,
    lines,
    nodes,
    pens,
    stroke,
    unit_box,
    zoomed,
)
from topogen.draw.shape.places import cube_key, edges_of, face, placed
from topogen.draw.shape.ring import caption, draw_ring
from topogen.draw.shape.switched_torus import behind_switches
from topogen.draw.sheet import Area, Stroke
from topogen.model.fabric import device_name
from topogen.records import dataclass
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topogen.draw.shape.marks import Places, Point
    from topogen.draw.shape.wires import Shape
    from topogen.draw.sheet import Mark
    from topogen.model.arrays import Ints
    from topogen.wiring.lattice import LatticeSpec

MOST_POINTS = 216
"""Up to so many points a lattice is drawn whole."""
MOST_IN_PART = 128
STUB, FADED = 22, 9
"""Pixels of a line that leaves what is drawn, and of its pale end."""
FLAT = 2


@dataclass(frozen=True)
class Steps:
    """Which device comes next, and before, along each dimension; -1 for none. Shape (dimensions, devices)."""

    ahead: Ints
    back: Ints
    inside: Ints
    """The same as ``ahead``, inside a cube only."""


def draw_lattice(shape: Shape, area: Area, spec: LatticeSpec) -> Drawn:
    """Draw a torus or mesh, whole or one cube of it, and the switches that its faces lead to."""
    dims, switched = spec.dims or spec.cube or (), spec.pattern == "torus_ocs"
    steps = _steps(shape, len(dims))
    ends = np.unique(np.concatenate([one.a for one in shape.wires]))
    cube = spec.cube or dims
    if not switched and len(ends) <= MOST_POINTS:
        if len([size for size in dims if size > 1]) < FLAT:
            return draw_ring(shape, area)
        return _whole(shape, area, spec, steps, len(ends))
    at = _box(steps.inside, _corner(steps.inside, max(shape.focus, int(ends.min()))), cube)
    while at.size > MOST_IN_PART:  # a part of the cube
        longest = int(np.argmax(at.shape))
        at = at.take(range(at.shape[longest] // 2), longest)
    return (behind_switches if switched else _part)(shape, area, at, len(ends), spec)


def _steps(shape: Shape, dimensions: int) -> Steps:
    """Return which point comes after which; an end's ports tell the dimension of a link."""
    count = shape.fabric.n_devices + 1
    ahead, back = np.full((2, dimensions, count), -1, np.int64)
    inside = np.full((dimensions, count), -1, np.int64)
    for one in shape.wires:
        if shape.pattern == "torus_ocs" and one.part == "face":
            continue
        for dim, slot in enumerate(_slots(shape, dimensions)):
            some = one.a_port == slot
            ahead[dim, one.a[some]], back[dim, one.b[some]] = one.b[some], one.a[some]
            if one.part == "inside":
                inside[dim, one.a[some]] = one.b[some]
    return Steps(ahead, back, inside)


def _slots(shape: Shape, dimensions: int) -> list[int]:
    """Return the port of an end that leads to the next point of each dimension, -1 where none does.

    Links leave a by these ports alone, and they come in the order of the dimensions.
    """
    switched = shape.pattern == "torus_ocs"
    direct = [one.a_port for one in shape.wires if not (switched and one.part == "face")]
    used = np.unique(np.concatenate(direct)).tolist() if direct else []
    sizes = getattr(shape.spec, "cube" if switched else "dims", None) or (3,) * dimensions
    ports = iter(used)
    return [next(ports) if size > 1 else -1 for size in sizes]


def _corner(inside: Ints, device: int) -> int:
    """Return the first point of the cube that a device is in: the lowest where a dimension is a ring."""
    for row in inside:
        before = np.full(inside.shape[1], -1, np.int64)
        before[row[row >= 0]] = np.flatnonzero(row >= 0)
        line = [device]
        while (one := int(before[line[-1]])) >= 0 and one != device:
            line.append(one)
        device = min(line) if before[line[-1]] == device and len(line) > 1 else line[-1]
    return device


def _box(ahead: Ints, corner: int, sizes: tuple[int, ...]) -> Ints:
    """Return the device at each point from a corner on, shape ``sizes``."""
    at = np.array(corner)
    for dim in reversed(range(len(sizes))):
        rows = [at]
        for _ in range(sizes[dim] - 1):
            rows.append(ahead[dim][rows[-1]])
        at = np.stack(rows)
    return at


def _route(places: Places, at: Ints) -> Callable[[int, int], tuple[Point, ...]]:
    """Return how a link is drawn: straight to the next point, a flat arc around to the first."""
    spots = dict(zip(at.ravel().tolist(), np.ndindex(at.shape), strict=True))

    def way(a: int, b: int) -> tuple[Point, ...]:
        one, other = places[a], places[b]
        far = sum(abs(x - y) for x, y in zip(spots[a], spots[b], strict=True)) > 1
        return bent(min(one, other), max(one, other), 0.12, 34) if far else (one, other)

    return way


def _whole(shape: Shape, area: Area, spec: LatticeSpec, steps: Steps, count: int) -> Drawn:
    sizes = spec.dims or ()
    if not sizes:  # as many cubes each way
        cube = spec.cube or ()
        along = round((count // prod(cube)) ** (1 / len(cube)))
        sizes = tuple(size * along for size in cube)
    first = int(min(int(one.a.min()) for one in shape.wires))
    at = _box(steps.ahead, _corner(steps.ahead, first), sizes)
    places, size = placed(at, Area(area.x + 44, area.y + 40, area.width - 88, area.height - 84))
    route = _route(places, at)
    marks = (*lines(shape, shape.inner(), places, route, 1.6, 0.9), *nodes(shape, places, size))
    return Drawn(marks, _title(shape, sizes, count), "", _facts(shape, count))


def _title(shape: Shape, sizes: tuple[int, ...], count: int) -> str:
    wrap = getattr(shape.spec, "wrap", None)
    kind = "torus" if wrap is None or any(wrap) else "mesh"
    diameter = shape.fabric.made[shape.name].diameter
    far = f", at most {diameter} links apart" if diameter is not None else ""
    return f"{' x '.join(map(str, sizes))} {kind}: {format_count(count)} ends{far}, no switch"


def _facts(shape: Shape, count: int) -> tuple[tuple[str, str], ...]:
    made = shape.fabric.made[shape.name]
    cut = made.bisection
    return (
        (format_count(count), "ends, each joined to the next along each dimension"),
        *(((f"{made.diameter} links", "longest way between two ends"),) if made.diameter else ()),
        *(
            ((format_count(int(cut)), f"links{shape.a_plane} cut when the ends are halved"),)
            if cut is not None
            else ()
        ),
    )


def _stubs(shape: Shape, places: Places, at: Ints, links: int) -> Iterator[Mark]:
    """Yield a short line for every link that leaves what is drawn, in the direction of its face.

    ``links`` is 0 where the same links are drawn a second time, between cubes.
    """
    inked = pens(shape)
    known = np.zeros(shape.fabric.n_devices + 1, bool)
    known[list(places)] = True
    outward = edges_of(places, at)
    for one in shape.inner():
        for here, there in ((one.a, one.b), (one.b, one.a)):
            leaves = np.flatnonzero(known[here] & ~known[there] & one.touched)
            for row in leaves[:2000].tolist():
                device = int(here[row])
                ways = outward[device]
                dx, dy = ways.pop(0) if len(ways) > 1 else ways[0]
                x, y = places[device]
                name = device_name(shape.fabric, device)
                end = (x + STUB * dx, y + STUB * dy)
                yield stroke(one, inked[one.link.name], ((x, y), end), (name, ""), links, width=1.4)
                faded = (end, (end[0] + FADED * dx, end[1] + FADED * dy))
                yield Stroke(faded, inked[one.link.name].colour, 1.4, opacity=0.4)


def _part(shape: Shape, area: Area, at: Ints, count: int, spec: LatticeSpec) -> Drawn:
    """Draw a part of a torus, links that leave it as stubs, and the cubes it is made of beside it."""
    sizes = spec.dims or tuple(
        size * round((count // prod(spec.cube or ())) ** (1 / at.ndim)) for size in spec.cube or ()
    )
    cubes = count // at.size if spec.cube and at.size == prod(spec.cube) else 0
    room = 0.52 * area.width if 1 < cubes <= MOST_POINTS else area.width
    words = f"{count_words(at.size, 'end')} of {format_count(count)}; short lines lead to the others"
    big = Area(area.x + 34, area.y + 80, room - 68, area.height - 112)
    places, size = placed(at, big)
    marks: list[Mark] = [*caption(Area(area.x, area.y + 40, room, 0), words, " x ".join(map(str, at.shape)))]
    marks += [*_stubs(shape, places, at, int(room == area.width))]
    marks += [
        *lines(shape, shape.inner(), places, _route(places, at), 1.8),
        *nodes(shape, places, size),
    ]
    if room < area.width:
        marks += _cubes(
            shape,
            (
                Area(area.x + room + 30, area.y + 40, area.width - room - 40, area.height - 50),
                Area(area.x, area.y + 46, room, area.height - 46),
            ),
            spec,
            sizes,
            at,
        )
    shown = (
        f"1 of {format_count(cubes)} cubes shown"
        if cubes
        else f"{at.size:,} of {format_count(count)} ends shown"
    )
    keys = (cube_key(at, cubes),) if room < area.width else ()
    return Drawn(tuple(marks), _title(shape, sizes, count), shown, _facts(shape, count), keys)


def _cubes(
    shape: Shape, areas: tuple[Area, Area], spec: LatticeSpec, sizes: tuple[int, ...], at: Ints
) -> Iterator[Mark]:
    """Yield the lattice of cubes, with a line for the links between two of them.

    The second of ``areas`` is that in which the cube of ``at`` is drawn.
    """
    area, frame = areas
    grid = tuple(size // box for size, box in zip(sizes, spec.cube or (), strict=True))
    unit, order = _units(shape), np.arange(prod(grid)).reshape(grid)
    places, size = placed(order, Area(area.x + 20, area.y + 44, area.width - 40, area.height - 84))
    drawn = bundles(shape, shape.parts("face"), unit, places, "cube", _route(places, order))
    words = f"each to the next, {a_line(drawn)}"
    yield from caption(Area(area.x, area.y, area.width, 0), words, f"{format_count(prod(grid))} cubes")
    opened = int(unit[int(at.ravel()[0])])
    yield from zoomed(places[opened], size, frame)
    yield from drawn
    for number, (x, y) in places.items():
        yield from unit_box((x, y), size, "gpu", face(at), f"cube {number}", opened=number == opened)


def _units(shape: Shape) -> Ints:
    """Return the cube of each end, -1 for what is none: those that links inside a cube connect."""
    ends = np.unique(np.concatenate([one.a for one in shape.wires]))
    label_of = np.arange(shape.fabric.n_devices + 1)
    while True:
        before = label_of.copy()
        for one in shape.parts("inside"):
            np.minimum.at(label_of, one.a, label_of[one.b])
            np.minimum.at(label_of, one.b, label_of[one.a])
        if (before == label_of).all():
            break
    unit = np.full(shape.fabric.n_devices + 1, -1, np.int64)
    unit[ends] = np.unique(label_of[ends], return_inverse=True)[1]
    return unit
