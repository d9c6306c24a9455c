"""The shape of a HyperX: a grid with rows and columns fully joined, and how such grids are joined."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.draw.shape.marks import (
    Drawn,
    a_line,
    around,
    bent,
    bundles,
    centre,
    device_colour,
    hosts_of,
    lead,
    lines,
    nodes,
    pens,
    unit_box,
    zoomed,
)
from topogen.draw.shape.ring import caption, counted, draw_ring
from topogen.draw.sheet import Area, Key, label
from topogen.model.fabric import group_of
from topogen.units import count_words, format_count
from topogen.wiring.hyperx import HyperX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topogen.draw.shape.marks import Pen, Places, Point
    from topogen.draw.shape.wires import Shape
    from topogen.draw.sheet import Mark
    from topogen.wiring.nd_full_mesh import NdFullMesh

MOST_SIDE = 24
"""Routers of a row or column that are drawn at most."""
MORE_WIDE, MORE_HIGH = 110, 50
"""Pixels right of and below the routers drawn for those that are not."""
LEAD = 22
"""Pixels of a line that leads to what is not drawn."""
LINES, BETWEEN = ("in rows", "in columns"), ("in rows of grids", "in columns of grids")
"""Which lines the links of the last dimensions are, the last one first."""
MOST_SLABS = 6
"""Grids of a row or column of grids that are drawn at most; its square where they stand on a circle."""
CLEAR_OF_HOSTS = 16.0
"""Pixels from a router to its hosts, where there is room for the lines to them."""
LAST = 0.6
"""The share of a step that is below the last row."""
CLEAR = 5
"""Pixels between a grid and a line that passes it."""

Way: TypeAlias = "Callable[[int, int], tuple[Point, ...]]"
"""How the line between two nodes runs."""


def draw_hyperx(shape: Shape, area: Area, spec: HyperX | NdFullMesh) -> Drawn:
    """Draw full meshes along the lines of a grid: the last two dimensions, and how such grids are joined."""
    dims = tuple(size for size in spec.dims if size > 1) or (1,)
    if len(dims) == 1:
        return draw_ring(shape, area)
    routers = shape.routers() if spec.roles else _ends(shape)
    if len(routers) != prod(dims):
        return draw_ring(shape, area)
    *before, rows, columns = dims
    slabs, noun = prod(before), "routers" if spec.roles else counted(shape, routers[0], 2).removeprefix("2 ")
    diameter = shape.fabric.made[shape.name].diameter
    one = counted(shape, routers[0], 1).removeprefix("1 ") if not spec.roles else "router"
    title = f"Every {one} linked to all others in its row and column{_further(dims)}"
    hosts = f" with {spec.hosts_per_router} hosts each" if isinstance(spec, HyperX) else ", no switches"
    sizes = " x ".join(map(str, spec.dims))
    figures = (
        (format_count(len(routers)), f"{noun}{shape.a_plane if spec.roles else ''}: {sizes}{hosts}"),
        *(
            ((f"{diameter} links", f"longest way between two {'hosts' if spec.roles else noun}"),)
            if diameter
            else ()
        ),
    )
    if shape.focus not in routers:
        shape = replace(shape, focus=routers.start)
    slab = (shape.focus - routers.start) // (rows * columns)
    first = routers.start + slab * rows * columns
    grid = (first + np.arange(rows * columns)).reshape(rows, columns)[:MOST_SIDE, :MOST_SIDE]
    room = area.width if slabs == 1 else 0.56 * area.width
    part = Area(area.x, area.y + (48 if slabs > 1 else 0), room - 10, area.height - (48 if slabs > 1 else 0))
    marks = list(_grid(shape, part, grid, (columns, rows)))
    keys: tuple[Key, ...] = ()
    if slabs > 1:
        words = f"{rows} x {columns} {noun}, rows and columns fully joined"
        marks += caption(part, words, f"Grid {slab} of {slabs}")
        beside = Area(area.x + room + 10, part.y, area.width - room - 10, part.height)
        frame = Area(part.x, part.y + 4, part.width, part.height - 4)
        marks += _slabs(shape, (beside, frame), routers, slab, dims)
        colour = device_colour(group_of(shape.fabric, routers[0]).type.role)
        keys = (Key("dotted", colour, f"grid of {rows} x {columns} {noun}: {format_count(slabs)}"),)
    whole = grid.size == len(routers)
    shown = "" if whole else f"{format_count(grid.size)} of {format_count(len(routers))} {noun} shown"
    return Drawn(tuple(marks), title, shown, figures, keys, tuple(_where(spec)))


def _further(dims: tuple[int, ...]) -> str:
    """Return the words for more dimensions than rows and columns.

    >>> _further((4, 4, 8, 8)), _further((8, 8))
    (', in 4 dimensions', '')
    """
    return f", in {len(dims)} dimensions" if len(dims) > len(LINES) else ""


def _where(spec: HyperX | NdFullMesh) -> Iterator[tuple[str, str]]:
    """Yield which lines of the picture the links of each dimension are."""
    long = [dim for dim, size in enumerate(spec.dims) if size > 1]
    beyond = BETWEEN if len(long) > len(LINES) + 1 else ("between grids",)
    words = [*LINES, *beyond]
    for turn, dim in enumerate(reversed(long)):
        yield f"dim{dim}", words[min(turn, len(words) - 1)]


def _ends(shape: Shape) -> range:
    """Return the devices that are joined without switches, empty where others are numbered among them."""
    every = np.unique(np.concatenate([side for one in shape.inner() for side in (one.a, one.b)]))
    first, last = int(every[0]), int(every[-1])
    return range(first, last + 1) if last - first + 1 == len(every) else range(0)


def _grid(shape: Shape, area: Area, grid: np.ndarray, sizes: tuple[int, int]) -> Iterator[Mark]:
    """Yield routers in rows and columns with an arc for every link between two, and how many more there are.

    ``sizes`` are the routers of a row and of a column, drawn or not.
    """
    rows, columns = grid.shape
    more = sizes[0] - columns, sizes[1] - rows
    whole, right = area, MORE_WIDE if more[0] else 0
    area = Area(area.x, area.y, area.width - right, area.height - (MORE_HIGH if more[1] else 0))
    dx, dy = area.width / (columns + 0.25), area.height / (rows + 0.35)
    at: Places = {
        int(one): (area.x + dx * (0.45 + number % columns), area.y + dy * (0.75 + number // columns))
        for number, one in enumerate(grid.ravel())
    }
    yield from lines(shape, (one for one in shape.inner()), at, _arc(at, dx, dy, grid.shape), 1.3, 0.85)
    size = min(20.0, 0.3 * min(dx, dy))
    hosts = hosts_of(shape, list(at))
    if 0 < sum(map(len, hosts.values())) <= 800 and dx > 34:  # noqa: PLR2004
        places, side = _hosts(hosts, at, (dx, dy), size)
        yield from lines(shape, shape.parts("hosts"), at | places, width=0.8)
        yield from nodes(shape, places, side)
    yield from nodes(shape, at, size)
    yield from _leads(shape, at, grid.shape, more, size / 2 + 3)
    if more[0]:
        x, y = area.x + area.width + MORE_WIDE / 2, area.y + area.height / 2
        yield label(x, y, f"{format_count(more[0])} more", MORE_WIDE, anchor="middle")
        yield label(x, y + 18, "in each row", MORE_WIDE, anchor="middle")
    if more[1]:
        words = f"{format_count(more[1])} more in each column"
        yield label(area.x + area.width / 2, whole.y + whole.height - 4, words, area.width, anchor="middle")


def _leads(
    shape: Shape, at: Places, shown: tuple[int, int], more: tuple[int, int], spare: float, turn: int = 0
) -> Iterator[Mark]:
    """Yield a line that leads on from the end of each row and column that is longer than it is drawn.

    ``shown`` are rows and columns, ``more`` what each row and each column has beside it, ``spare`` how far
    from the middle of a node the lines begin. Rows are links of the last dimension but ``turn``.
    """
    spots, far = list(at.values()), spare + LEAD
    if more[0]:
        for x, y in spots[shown[1] - 1 :: shown[1]]:
            yield lead(_pen_of(shape, turn), (x + spare, y), (x + far, y))
    if more[1]:
        for x, y in spots[-shown[1] :]:
            yield lead(_pen_of(shape, turn + 1), (x, y + spare), (x, y + far))


def _pen_of(shape: Shape, turn: int) -> Pen:
    """Return the pen of the last dimension but ``turn``."""
    inked = {one.part: pens(shape)[one.link.name] for one in shape.inner()}
    return inked[list(dict(_where(shape.spec)))[turn]]  # type: ignore[arg-type]


def _hosts(hosts: dict[int, list[int]], at: Places, step: Point, size: float) -> tuple[Places, float]:
    """Return the places of hosts below and right of their routers, off them where there is room."""
    room, high = step
    most = max(map(len, hosts.values()))
    wide = min(most, 8 if room > 90 else 4)  # noqa: PLR2004
    pitch = min(9.0, 0.5 * room / wide)
    clear = min(CLEAR_OF_HOSTS, max(5.0, LAST * high - size / 2 - pitch * -(-most // wide) - CLEAR))
    return {
        host: (
            at[router][0] + pitch * (number % wide + 0.5) + 2,
            at[router][1] + size / 2 + clear + pitch * (number // wide),
        )
        for router, ones in hosts.items()
        for number, host in enumerate(ones)
    }, 0.75 * pitch


def _arc(at: Places, dx: float, dy: float, sizes: tuple[int, ...], least: float = 0) -> Way:
    """Return how links are drawn: in a row above it, in a column to its left, longer ones farther off.

    They pass what stands between their ends at a distance of at ``least`` so many pixels.
    """
    rows, columns = sizes

    def way(first: int, second: int) -> tuple[Point, ...]:
        one, other = at[first], at[second]
        (x, y), (u, v) = one, other
        along, high = (abs(u - x) / dx, 0.62 * dy / columns) if y == v else (abs(v - y) / dy, 0.4 * dx / rows)
        high = max(high, least / 2)
        if along < 1.5:  # noqa: PLR2004 - to the next
            return (one, other)
        off = high * along * 4 / 3
        if y == v:
            return (one, (x + 0.2 * (u - x), y - off), (x + 0.8 * (u - x), y - off), other)
        return (one, (x - off, y + 0.2 * (v - y)), (x - off, y + 0.8 * (v - y)), other)

    return way


def _slabs(
    shape: Shape, areas: tuple[Area, Area], routers: range, opened: int, dims: tuple[int, ...]
) -> Iterator[Mark]:
    """Yield the grids of the further dimensions, with a line for the links between two of them.

    They stand as a grid again, which all their links run along; those of one dimension on a circle. The
    second of ``areas`` is that in which the opened one is drawn.
    """
    area, frame = areas
    size = dims[-1] * dims[-2]
    unit, slabs = np.full(shape.fabric.n_devices, -1, np.int64), len(routers) // size
    unit[routers.start : routers.stop] = np.arange(len(routers)) // size
    columns, rows = dims[-3], slabs // dims[-3]
    at, side, way = _on_grid(area, opened, rows, columns) if rows > 1 else _on_circle(area, opened, slabs)
    drawn = bundles(shape, shape.inner(), unit, at, "grid", way)
    high, wide = min(rows, MOST_SLABS), min(columns, MOST_SLABS)
    count = f"{len(at)} of {format_count(slabs)} grids" if len(at) < slabs else count_words(slabs, "grid")
    joined = "joined along rows and columns" if rows > 1 else "each joined to each"
    sizes = f", {rows} x {columns}" if rows > 1 else ""
    yield from caption(area, f"{joined}, {a_line(drawn)}", f"{count}{sizes}")
    yield from zoomed(at[opened], side, frame)
    yield from drawn
    if rows > 1:
        yield from _leads(shape, at, (high, wide), (columns - wide, rows - high), side / 2 + 2, 2)
    colour = device_colour(group_of(shape.fabric, routers[0]).type.role)
    for number, spot in at.items():
        yield from unit_box(
            spot, side, colour, (dims[-2], dims[-1]), f"grid {number}", opened=number == opened
        )


def _on_circle(area: Area, opened: int, slabs: int) -> tuple[Places, float, Way]:
    """Return where the grids of one further dimension stand, how large they are, and how links run."""
    shown = [(opened + number) % slabs for number in range(min(slabs, MOST_SLABS**2))]
    radius = min(area.width, area.height) / 2 - 24
    at: Places = dict(zip(shown, around(len(shown), centre(area), (radius, radius)), strict=True))
    side = min(44.0, max(26.0, 3.5 * radius / len(shown)))
    return at, side, lambda a, b: bent(at[a], at[b], 0.06)


def _on_grid(area: Area, opened: int, rows: int, columns: int) -> tuple[Places, float, Way]:
    """Return the same of more dimensions: all rows and columns of them, or some around the opened grid."""
    high, wide = min(rows, MOST_SLABS), min(columns, MOST_SLABS)
    top, left = min(opened // columns, rows - high), min(opened % columns, columns - wide)
    dx, dy = area.width / (wide + 0.2), area.height / (high + 0.2)
    side = 0.46 * min(dx, dy)
    above = max(0.7 * dy, (wide - 1) * (side / 2 + CLEAR) / 2 + CLEAR)
    dy = (area.height - above - 0.5 * dy) / max(1, high - 1)
    at: Places = {
        (top + row) * columns + left + column: (area.x + dx * (column + 0.7), area.y + above + dy * row)
        for row in range(high)
        for column in range(wide)
    }
    return at, side, _arc(at, dx, dy, (high, wide), side / 2 + CLEAR)
