"""Where the points of a lattice are drawn, seen at an angle, and what stands for a cube of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.sheet import Key
from topogen.units import format_count

if TYPE_CHECKING:
    from topogen.draw.shape.marks import Places, Point
    from topogen.draw.sheet import Area
    from topogen.model.arrays import Ints


def placed(at: Ints, area: Area) -> tuple[Places, float]:
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


def edges_of(places: Places, at: Ints) -> dict[int, list[Point]]:
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


def face(at: Ints) -> tuple[int, int]:
    """Return how many ends a cube has along the two sides of it that are seen."""
    rows, columns = (1, *at.shape)[-2:]
    return rows, columns


def cube_key(at: Ints, cubes: int) -> Key:
    """Return what the legend says of the boxes that stand for cubes."""
    return Key("dotted", "gpu", f"cube of {' x '.join(map(str, at.shape))}: {format_count(cubes)}")
