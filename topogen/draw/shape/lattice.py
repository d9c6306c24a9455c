"""The shape of a torus or mesh: points of a lattice seen at an angle, links around it, cubes behind OCS."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shape.marks import Drawn, a_line, bent, bundles, lines, nodes, pens, stroke
from topogen.draw.shape.ring import caption, draw_ring
from topogen.draw.sheet import Area, Box, Squares
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
STUB = 22
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
    return (_behind_switches if switched else _part)(shape, area, at, len(ends), spec)


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


def _placed(at: Ints, area: Area) -> tuple[Places, float]:
    """Return where each point of a lattice is drawn, to fill an area, and how large."""
    sizes = [1] * max(0, 3 - at.ndim) + list(at.shape)
    points = np.indices(sizes).reshape(len(sizes), -1)
    wide, high = sizes[-1], sizes[-2]
    deep = sizes[-3] - 1
    across = [1.0, 0.0, 0.42]
    up = [0.0, 1.0, -0.36]
    step = [wide + 0.42 * deep + 0.8, high + 0.36 * deep + 0.8]
    for dim in range(len(sizes) - 4, -1, -1):  # further dimensions: copies side by side, then below
        beside = (len(sizes) - dim) % 2 == 0
        across.append(step[0] if beside else 0.0)
        up.append(0.0 if beside else step[1])
        step[0 if beside else 1] *= sizes[dim]
    x = np.array(across[: len(sizes)])[::-1] @ points
    y = np.array(up[: len(sizes)])[::-1] @ points
    unit_x = area.width / max(float(np.ptp(x)), 0.001)
    unit_y = area.height / max(float(np.ptp(y)), 0.001)
    unit_x, unit_y = min(unit_x, 1.7 * unit_y), min(unit_y, 1.7 * unit_x)
    left = area.x + (area.width - unit_x * float(np.ptp(x))) / 2
    top = area.y + (area.height - unit_y * float(np.ptp(y))) / 2
    xs, ys = left + unit_x * (x - x.min()), top + unit_y * (y - y.min())
    places = dict(zip(at.ravel().tolist(), zip(xs.tolist(), ys.tolist(), strict=True), strict=True))
    return places, max(4.0, min(17.0, 0.32 * min(unit_x, unit_y)))


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
    places, size = _placed(at, Area(area.x + 44, area.y + 40, area.width - 88, area.height - 84))
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
        *(((format_count(int(cut)), "links cut when the ends are halved"),) if cut is not None else ()),
    )


def _stubs(shape: Shape, places: Places, at: Ints, links: int) -> Iterator[Mark]:
    """Yield a short line for every link that leaves what is drawn, in the direction of its face.

    ``links`` is 0 where the same links are drawn a second time, between cubes.
    """
    inked = pens(shape)
    known = np.zeros(shape.fabric.n_devices + 1, bool)
    known[list(places)] = True
    edges = _edges(places, at)
    for one in shape.inner():
        for here, there in ((one.a, one.b), (one.b, one.a)):
            leaves = np.flatnonzero(known[here] & ~known[there] & one.touched)
            for row in leaves[:2000].tolist():
                device = int(here[row])
                ways = edges[device]
                dx, dy = ways.pop(0) if len(ways) > 1 else ways[0]
                x, y = places[device]
                name = device_name(shape.fabric, device)
                points = ((x, y), (x + STUB * dx, y + STUB * dy))
                yield stroke(one, inked[one.link.name], points, (name, ""), links, width=1.4)


def _edges(places: Places, at: Ints) -> dict[int, list[Point]]:
    """Return the directions in which each point lies on the surface, dimension by dimension."""
    found: dict[int, list[Point]] = {one: [] for one in places}
    for dim in range(at.ndim):
        first, last = places[int(at.take(0, dim).ravel()[0])], places[int(at.take(-1, dim).ravel()[0])]
        dx, dy = last[0] - first[0], last[1] - first[1]
        length = (dx * dx + dy * dy) ** 0.5 or 1
        for layer, sign in ((-1, 1), (0, -1)):
            for device in at.take(layer, dim).ravel().tolist():
                found[device].append((sign * dx / length, sign * dy / length))
    return {device: ways or [(0.0, -1.0)] for device, ways in found.items()}


def _part(shape: Shape, area: Area, at: Ints, count: int, spec: LatticeSpec) -> Drawn:
    """Draw a part of a torus, links that leave it as stubs, and the cubes it is made of beside it."""
    sizes = spec.dims or tuple(
        size * round((count // prod(spec.cube or ())) ** (1 / at.ndim)) for size in spec.cube or ()
    )
    cubes = count // at.size if spec.cube and at.size == prod(spec.cube) else 0
    room = 0.52 * area.width if 1 < cubes <= MOST_POINTS else area.width
    words = f"{count_words(at.size, 'end')} of {format_count(count)}; short lines lead on"
    big = Area(area.x + 34, area.y + 80, room - 68, area.height - 112)
    places, size = _placed(at, big)
    marks: list[Mark] = [*caption(Area(area.x, area.y + 40, room, 0), words, " x ".join(map(str, at.shape)))]
    marks += [*_stubs(shape, places, at, int(room == area.width))]
    marks += [
        *lines(shape, shape.inner(), places, _route(places, at), 1.8),
        *nodes(shape, places, size),
    ]
    if room < area.width:
        marks += _cubes(
            shape,
            Area(area.x + room + 30, area.y + 40, area.width - room - 40, area.height - 50),
            spec,
            sizes,
            at,
        )
    shown = (
        f"1 of {format_count(cubes)} cubes shown"
        if cubes
        else f"{at.size:,} of {format_count(count)} ends shown"
    )
    return Drawn(tuple(marks), _title(shape, sizes, count), shown, _facts(shape, count))


def _cubes(shape: Shape, area: Area, spec: LatticeSpec, sizes: tuple[int, ...], at: Ints) -> Iterator[Mark]:
    """Yield the lattice of cubes, with a line for the links between two of them."""
    grid = tuple(size // box for size, box in zip(sizes, spec.cube or (), strict=True))
    unit, order = _units(shape), np.arange(prod(grid)).reshape(grid)
    places, size = _placed(order, Area(area.x + 20, area.y + 44, area.width - 40, area.height - 84))
    drawn = bundles(shape, shape.parts("face"), unit, places, "cube", _route(places, order))
    words = f"each to the next, {a_line(drawn)}"
    yield from caption(Area(area.x, area.y, area.width, 0), words, f"{format_count(prod(grid))} cubes")
    yield from drawn
    for number, (x, y) in places.items():
        line = "ink" if number == int(unit[int(at.ravel()[0])]) else ""
        name = f"cube {number}"
        yield Box(x - size / 2, y - size / 2, size, size, "gpu", line, 2, name, thick=2, id=name)


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


def _behind_switches(shape: Shape, area: Area, at: Ints, count: int, spec: LatticeSpec) -> Drawn:
    """Draw one cube, its faces joined to the circuit switches, and the other cubes as squares."""
    cube, ocs = spec.cube or (), shape.routers("ocs")
    cubes = count // prod(cube)
    left = Area(area.x + 26, area.y + 84, 0.5 * area.width, area.height - 120)
    places, size = _placed(at, left)
    box = Area(area.x + 0.645 * area.width, area.y + 62, 0.16 * area.width, area.height - 74)
    spots, wide = _in_box(ocs, box)
    names = " x ".join(map(str, at.shape))
    marks: list[Mark] = [Box(*box, "switch_tray", "switch", 6)]
    marks += caption(
        Area(left.x - 26, area.y + 40, left.width + 52, 0), f"{names} chips, drawn whole", "One cube"
    )
    marks += caption(Area(box.x - 30, area.y + 40, box.width + 60, 0), "circuit switches", f"{len(ocs)} OCS")
    marks += _to_switches(shape, places, spots, at)
    marks += [*lines(shape, shape.parts("inside"), places, width=2.2), *nodes(shape, places, size)]
    marks += [
        Box(
            x - wide / 2,
            y - wide / 2,
            wide,
            wide,
            "switch",
            tip=device_name(shape.fabric, one),
            id=device_name(shape.fabric, one),
        )
        for one, (x, y) in spots.items()
    ]
    if cubes > 1:
        marks += _other_cubes(
            shape,
            Area(box.x + box.width + 36, box.y, area.x + area.width - box.x - box.width - 36, box.height),
            places,
            cubes,
        )
    box_words = " x ".join(map(str, cube))
    title = f"{format_count(cubes)} cubes of {box_words} meet at {len(ocs)} optical circuit switches"
    figures = (
        (format_count(count), f"chips: {format_count(cubes)} cubes of {prod(cube)}"),
        (format_count(len(ocs)), "optical circuit switches, one for each position on the faces"),
    )
    return Drawn(tuple(marks), title, f"1 of {format_count(cubes)} cubes opened", figures)


def _in_box(ocs: range, box: Area) -> tuple[Places, float]:
    """Return the places of switches in columns that fill a box."""
    columns = max(1, round((len(ocs) * box.width / box.height) ** 0.5))
    rows = -(-len(ocs) // columns)
    dx, dy = box.width / columns, box.height / rows
    spots = {
        one: (box.x + dx * (0.5 + number % columns), box.y + dy * (0.5 + number // columns))
        for number, one in enumerate(ocs)
    }
    return spots, min(16.0, 0.6 * dx, 0.6 * dy)


def _to_switches(shape: Shape, places: Places, spots: Places, at: Ints) -> Iterator[Mark]:
    """Yield a curve for every face link of the cube: out of its face, then over to its switch."""
    inked = pens(shape)
    known = np.zeros(shape.fabric.n_devices + 1, bool)
    known[list(places)] = True
    edges = _edges(places, at)
    for one in shape.parts("face"):
        rows = np.flatnonzero(known[one.a] & one.touched)
        for row in rows.tolist():
            device, switch = int(one.a[row]), int(one.b[row])
            ways = edges[device]
            dx, dy = ways.pop(0) if len(ways) > 1 else ways[0]
            (x, y), (u, v) = places[device], spots[switch]
            points = ((x, y), (x + 90 * dx, y + 90 * dy), (u - 120, v), (u, v))
            names = device_name(shape.fabric, device), device_name(shape.fabric, switch)
            yield stroke(one, inked[one.link.name], points, names, 1, width=1.1, opacity=0.6)


def _other_cubes(shape: Shape, area: Area, places: Places, cubes: int) -> Iterator[Mark]:
    """Yield a square for every other cube, and one band for the links of all of them."""
    known = np.zeros(shape.fabric.n_devices + 1, bool)
    known[list(places)] = True
    for one in shape.parts("face"):
        links = int((~known[one.a] & one.touched).sum())
        if links:
            y = area.y + area.height / 2
            band = stroke(
                one,
                pens(shape)[one.link.name],
                ((area.x - 36, y), (area.x + 2, y)),
                ("", ""),
                links,
                width=20,
            )
            yield band
    rest = cubes - 1
    columns = max(1, round((rest * area.width / area.height) ** 0.5))
    rows = -(-rest // columns)
    step = min(area.width / columns, area.height / rows)
    top = area.y + (area.height - rows * step) / 2
    side = 0.7 * step
    spots = tuple((area.x + 4 + step * (n % columns), top + step * (n // columns)) for n in range(rest))
    yield Squares(spots, side, side, "gpu", tip=f"{rest} more cubes")
    yield from caption(
        Area(area.x - 26, area.y - 22, area.width + 32, 0),
        "at these switches",
        f"{format_count(rest)} more cubes",
    )
