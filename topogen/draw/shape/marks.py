"""Marks of a shape: devices at their places, links between them coloured by medium, units as discs."""

from __future__ import annotations

from collections import Counter
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.draw.shape.wires import pairs
from topogen.draw.sheet import HOLLOW, Box, Disc, Key, Squares, Stroke, grid
from topogen.draw.shown.strokes import family_of_link
from topogen.model.fabric import device_name, group_of
from topogen.records import dataclass
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from topogen.draw.shape.wires import Shape, Wires
    from topogen.draw.sheet import Area, Mark
    from topogen.model.arrays import Ints

Point: TypeAlias = tuple[float, float]
Places: TypeAlias = dict[int, Point]

MOST_STROKES = 2600
"""With more lines between routers only those of one router are drawn."""
MOST_HOSTS = 800
SMALL = 9
"""Discs up to so many pixels across have a thinner outline."""
DOT, MOST_DOTS, EDGE = 3.6, 8, 1.5
"""Pixels from dot to dot in a box that stands for several devices, most dots abreast, and its edge."""

TONES = (1.0, 0.62, 0.8, 1.3, 1.15)
"""How classes of one family of media differ: much darker or lighter."""

DASHES = ("", "7 4", "2 3", "11 3 2 3", "3 8")
"""How classes of one family of media differ in grey as well."""
FREE = 1.35
"""How much further apart hosts stand across than along, so that the lines to them show between."""

ROLES = {"gpu": "gpu", "cpu": "cpu", "host": "cpu", "nic": "nic"}


@dataclass(frozen=True)
class Drawn:
    """A shape as marks, what it says, and how much of it is shown."""

    marks: tuple[Mark, ...]
    title: str
    part: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    keys: tuple[Key, ...] = ()
    """What the legend has beside links and devices."""
    where: tuple[tuple[str, str], ...] = ()
    """Which lines those of a class are, by its name."""
    thin: tuple[str, ...] = ()
    """The classes whose lines are hairlines."""


@dataclass(frozen=True)
class Pen:
    """How the links of a class are drawn."""

    colour: str
    shade: float
    dash: str = ""


def pens(shape: Shape) -> dict[str, Pen]:
    """Return the pen of each link group, by its name: hue by medium, tone and dashes by class.

    Tones alone are hard to tell apart, above all greys; the lines to hosts are the last.
    """
    used: Counter[str] = Counter()
    found = {}
    for one in sorted(shape.wires, key=lambda one: one.part == "hosts"):
        colour = family_of_link(shape.fabric, one.link)
        number = used[colour]
        found[one.link.name] = Pen(colour, TONES[number % len(TONES)], DASHES[number % len(DASHES)])
        used[colour] += 1
    return found


def device_colour(role: str) -> str:
    """Return the colour of a device by its role: what is nothing else is a switch."""
    return ROLES.get(role, "switch")


def around(count: int, middle: Point, radii: Point, turn: float = -pi / 2) -> list[Point]:
    """Return places on an ellipse, as far apart along it, from the top on, clockwise."""
    fine = turn + 2 * pi * np.arange(1441) / 1440
    steps = np.hypot(radii[0] * np.diff(np.cos(fine)), radii[1] * np.diff(np.sin(fine)))
    way = np.concatenate([[0.0], np.cumsum(steps)])
    angles = np.interp(way[-1] * np.arange(count) / count, way, fine).tolist()
    return [(middle[0] + radii[0] * cos(one), middle[1] + radii[1] * sin(one)) for one in angles]


def nodes(shape: Shape, at: Mapping[int, Point], size: float) -> Iterator[Mark]:
    """Yield every device at its place: switches as discs, outlined as lines may be as dark, else squares."""
    for device, (x, y) in at.items():
        group = group_of(shape.fabric, device)
        name, colour = device_name(shape.fabric, device), device_colour(group.type.role)
        if colour == "switch":
            yield Disc(x, y, size / 2, "switch", "ink", name, thick=1.2 if size > SMALL else 0.6, id=name)
        else:
            fill, line = ("paper", colour) if colour in HOLLOW else (colour, "")
            yield Box(x - size / 2, y - size / 2, size, size, fill, line, tip=name, id=name)


def unit_box(
    middle: Point, size: float, colour: str, sides: tuple[int, int], name: str, *, opened: bool
) -> Iterator[Mark]:
    """Yield an outlined box with a dot for each device of a grid, fewer where they would not be seen."""
    x, y = middle[0] - size / 2, middle[1] - size / 2
    line, thick = ("ink", 3) if opened else (colour, EDGE)
    yield Box(x, y, size, size, "outside" if opened else "paper", line, 3, name, thick=thick, id=name)
    yield _dots([middle], size, colour, sides)


def unit_boxes(
    corners: Sequence[Point], size: float, colour: str, sides: tuple[int, int], tip: str
) -> Iterator[Mark]:
    """Yield such boxes for units that are counted but have no name."""
    yield Squares(tuple(corners), size, size, colour, tip)
    inner = tuple((x + EDGE, y + EDGE) for x, y in corners)
    yield Squares(inner, size - 2 * EDGE, size - 2 * EDGE, "paper", tip)
    yield _dots([(x + size / 2, y + size / 2) for x, y in corners], size, colour, sides)


def _dots(middles: Sequence[Point], size: float, colour: str, sides: tuple[int, int]) -> Squares:
    """Return the dots in boxes around some middles."""
    room = size - 4 * EDGE
    fits = max(sides) <= MOST_DOTS and room / max(sides) >= DOT
    rows, columns = sides if fits else (3, 3)
    step = room / max(rows, columns)
    side = 0.55 * step
    left, top = (-step * (count - 1) / 2 - side / 2 for count in (columns, rows))
    spots = (grid(rows * columns, columns, (x + left, y + top), (step, step)) for x, y in middles)
    return Squares(tuple(spot for some in spots for spot in some), side, side, colour)


def lines(
    shape: Shape,
    wires: Iterable[Wires],
    at: Mapping[int, Point],
    route: Callable[[int, int], tuple[Point, ...]] | None = None,
    width: float = 1.2,
    opacity: float = 1,
) -> Iterator[Stroke]:
    """Yield a line for every two devices that links join, both at a place; one router's if there are many."""
    inked, known = pens(shape), np.zeros(shape.fabric.n_devices + 1, bool)
    known[list(at)] = True
    for one in wires:
        keep = known[one.a] & known[one.b]
        a, b, counts = one.between(keep)
        if len(a) > MOST_STROKES:
            some = (a == shape.focus) | (b == shape.focus)
            a, b, counts = a[some], b[some], counts[some]
        pen = inked[one.link.name]
        for first, second, links in zip(a.tolist(), b.tolist(), counts.tolist(), strict=True):
            names = device_name(shape.fabric, first), device_name(shape.fabric, second)
            points = route(first, second) if route else (at[first], at[second])
            yield stroke(one, pen, points, names, links, width=width, opacity=opacity)


def stroke(  # noqa: PLR0913 - one argument an attribute
    wires: Wires,
    pen: Pen,
    points: tuple[Point, ...],
    names: tuple[str, str],
    links: int,
    *,
    width: float = 1.2,
    opacity: float = 1,
    curved: bool | None = None,
) -> Stroke:
    """Return the line of some links of a class between two nodes."""
    return Stroke(
        points,
        pen.colour,
        width * (1 + 0.5 * (links > 1)),
        len(points) == 4 if curved is None else curved,  # noqa: PLR2004 - a curve has four points
        pen.dash,
        opacity,
        pen.shade,
        key=wires.link.name,
        ends=names,
        links=links,
    )


def lead(pen: Pen, start: Point, end: Point) -> Stroke:
    """Return a dashed line that leads on to what is not drawn."""
    return Stroke((start, end), pen.colour, 1.3, dash="3 3", shade=pen.shade)


def zoomed(spot: Point, size: float, opened: Area) -> Iterator[Mark]:
    """Yield lines from a box, as large as ``size``, to the frame around what it has inside."""
    x, y = spot
    left, right = (opened.x, x + size / 2), (opened.x + opened.width, x - size / 2)
    edge, near = right if right[0] < right[1] else left
    yield Box(*opened, "", "ink", 4, thick=2)
    for far, side in ((opened.y, -1), (opened.y + opened.height, 1)):
        yield Stroke(((near, y + side * size / 2), (edge, far)), "soft", 1, dash="5 4")


def bundles(
    shape: Shape,
    wires: Iterable[Wires],
    unit: Ints,
    at: Mapping[int, Point],
    called: str,
    route: Callable[[int, int], tuple[Point, ...]] | None = None,
) -> list[Stroke]:
    """Return a line for every two units that links join; ``unit`` is that of each device, -1 for none."""
    inked, made = pens(shape), []
    known = np.zeros(int(unit.max()) + 2, bool)
    known[list(at)] = True
    for one in wires:
        first, second = unit[one.a], unit[one.b]
        keep = known[first] & known[second] & (first != second) & one.touched
        found = (side.tolist() for side in pairs(first[keep], second[keep]))
        for a, b, links in zip(*found, strict=True):
            points = route(a, b) if route else (at[a], at[b])
            names = f"{called} {a}", f"{called} {b}"
            made.append(stroke(one, inked[one.link.name], points, names, links, width=1, opacity=0.75))
    return made


def a_line(drawn: Iterable[Stroke]) -> str:
    """Return how many links each of some lines stands for."""
    each = sorted({one.links for one in drawn})
    if not each:
        return "no link shown"
    few = "1 link" if each[0] == 1 else f"{format_count(each[0])} links"
    return f"{few} a line" if len(each) == 1 else f"{each[0]} to {format_count(each[-1])} links a line"


def bent(one: Point, other: Point, share: float, most: float = 60) -> tuple[Point, ...]:
    """Return the curve between two points that leaves the straight line to its left by a share of it."""
    (x, y), (u, v) = one, other
    length = hypot(u - x, v - y) or 1
    off = min(share * length, most) * 4 / 3
    across, down = (v - y) / length * off, -(u - x) / length * off
    return (
        one,
        (x + 0.25 * (u - x) + across, y + 0.25 * (v - y) + down),
        (x + 0.75 * (u - x) + across, y + 0.75 * (v - y) + down),
        other,
    )


def hosts_of(shape: Shape, routers: Sequence[int]) -> dict[int, list[int]]:
    """Return the hosts of some routers, ascending."""
    found: dict[int, list[int]] = {one: [] for one in routers}
    known = np.zeros(shape.fabric.n_devices + 1, bool)
    known[list(routers)] = True
    for one in shape.parts("hosts"):
        keep = known[one.b]
        for host, router in sorted(set(zip(one.a[keep].tolist(), one.b[keep].tolist(), strict=True))):
            found[router].append(host)
    return found


def fan(
    hosts: Mapping[int, list[int]], at: Mapping[int, Point], middle: Point, room: float, clear: float = 14
) -> tuple[Places, float]:
    """Return the places of hosts beyond their routers, seen from the middle, and how large each is drawn.

    ``room`` is how wide the hosts of a router may be, ``clear`` how far off the first of them stand.
    """
    most = max((len(one) for one in hosts.values()), default=0)
    wide = 1 if most <= 2 else 2 if most <= 16 else 4  # noqa: PLR2004
    pitch = max(2.5, min(11.0, room / (FREE * wide)))
    places: Places = {}
    for router, ones in hosts.items():
        x, y = at[router]
        far = hypot(x - middle[0], y - middle[1]) or 1
        out, side = (
            ((x - middle[0]) / far, (y - middle[1]) / far),
            (-(y - middle[1]) / far, (x - middle[0]) / far),
        )
        for number, host in enumerate(ones):
            ahead, beside = clear + pitch * (number // wide), FREE * pitch * (number % wide - (wide - 1) / 2)
            places[host] = (x + out[0] * ahead + side[0] * beside, y + out[1] * ahead + side[1] * beside)
    return places, 0.7 * pitch


def centre(area: Area) -> Point:
    """Return the middle of an area."""
    return area.x + area.width / 2, area.y + area.height / 2
