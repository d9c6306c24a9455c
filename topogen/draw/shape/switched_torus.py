"""A torus behind circuit switches: one cube whose faces lead to them, and the cubes that share them."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shape.marks import Drawn, lines, nodes, pens, stroke, unit_boxes
from topogen.draw.shape.places import cube_key, edges_of, face, placed
from topogen.draw.shape.ring import caption, counted
from topogen.draw.sheet import Area, Box, Key, Stroke, label
from topogen.model.fabric import device_name
from topogen.units import count_words, format_count

GAP = 60
"""Pixels between the switches and the other cubes, where the number of their links stands."""
RIM = 12
"""Pixels from the first switch of a row to where pale curves end."""
BOLD = 4
"""How wide the curves are that can be followed."""
BAND = 80
"""Pixels from the band of a class of links to the next."""
NONE = np.iinfo(np.int64).max
"""The number of no device."""

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.draw.shape.marks import Places
    from topogen.draw.shape.wires import Shape
    from topogen.draw.sheet import Mark
    from topogen.model.arrays import Ints
    from topogen.wiring.lattice import LatticeSpec


def behind_switches(shape: Shape, area: Area, at: Ints, count: int, spec: LatticeSpec) -> Drawn:
    """Draw one cube, its faces joined to the circuit switches, and the other cubes as squares."""
    cube, ocs = spec.cube or (), shape.routers("ocs")
    cubes = count // prod(cube)
    left = Area(area.x + 26, area.y + 84, 0.5 * area.width, area.height - 120)
    places, size = placed(at, left)
    box = Area(area.x + 0.62 * area.width, area.y + 62, 0.16 * area.width, area.height - 74)
    spots, wide = _in_box(ocs, box)
    names = " x ".join(map(str, at.shape))
    noun = counted(shape, int(at.ravel()[0]), 2).removeprefix("2 ")
    marks: list[Mark] = [Box(*box, "switch_tray", "switch", 6)]
    marks += caption(
        Area(left.x - 26, area.y + 40, left.width + 52, 0),
        f"{names} {noun}",
        "One cube",
    )
    marks += caption(
        Area(box.x - 30, area.y + 40, box.width + 60, 0), "optical circuit switches", f"{len(ocs)} OCS"
    )
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
            Area(box.x + box.width + GAP, box.y, area.x + area.width - box.x - box.width - GAP, box.height),
            at,
            cubes,
        )
    box_words = " x ".join(map(str, cube))
    title = f"{format_count(cubes)} cubes of {box_words} meet at {len(ocs)} optical circuit switches"
    figures = (
        (format_count(count), f"{noun}: {format_count(cubes)} cubes of {prod(cube)}"),
        (format_count(len(ocs)), "optical circuit switches, one for each position on the faces"),
    )
    keys = (*_bold_keys(shape, marks), *((cube_key(at, cubes),) if cubes > 1 else ()))
    part = f"1 of {format_count(cubes)} cubes opened"
    where = (("inside", "a cube"), ("face", "of a cube to a switch"))
    return Drawn(tuple(marks), title, part, figures, keys, where, ("face",))


def _bold_keys(shape: Shape, marks: Iterable[Mark]) -> Iterator[Key]:
    """Yield what the legend says of the bold curves."""
    bold = Counter(one.key for one in marks if isinstance(one, Stroke) and one.width == BOLD)
    for one in shape.parts("face"):
        if count := bold[one.link.name]:
            pen = pens(shape)[one.link.name]
            words = f"face, bold: {count_words(count, 'link')} to one switch"
            yield Key("line", pen.colour, words, pen.shade, pen.dash)


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
    """Yield a curve for every face link of the cube: out of its face, then over to its switch.

    Those of the first switch are bold: the way to follow, from opposite faces. The others end beside the row
    of their switch, so that they do not seem to join the switches of a row.
    """
    inked = pens(shape)
    known = np.zeros(shape.fabric.n_devices + 1, bool)
    known[list(places)] = True
    outward = edges_of(places, at)
    followed = min(int(one.b[known[one.a] & one.touched].min(initial=NONE)) for one in shape.parts("face"))
    last: list[Mark] = []
    rim = min(x for x, _ in spots.values()) - RIM
    for one in shape.parts("face"):
        rows = np.flatnonzero(known[one.a] & one.touched)
        for row in rows.tolist():
            device, switch = int(one.a[row]), int(one.b[row])
            ways = outward[device]
            dx, dy = ways.pop(0) if len(ways) > 1 else ways[0]
            (x, y), (u, v) = places[device], spots[switch]
            u = u if switch == followed else rim
            points = ((x, y), (x + 90 * dx, y + 90 * dy), (u - 120, v), (u, v))
            names = device_name(shape.fabric, device), device_name(shape.fabric, switch)
            if switch == followed:
                last.append(stroke(one, inked[one.link.name], points, names, 1, width=BOLD))
            else:
                yield stroke(one, inked[one.link.name], points, names, 1, width=1, opacity=0.6)
    yield from last


def _other_cubes(shape: Shape, area: Area, at: Ints, cubes: int) -> Iterator[Mark]:
    """Yield a square for every other cube, and one band for the links of all of them."""
    known = np.zeros(shape.fabric.n_devices + 1, bool)
    known[at.ravel()] = True
    counts = [(one, int((~known[one.a] & one.touched).sum())) for one in shape.parts("face")]
    counts = [(one, links) for one, links in counts if links]
    for number, (one, links) in enumerate(counts):
        y = area.y + area.height / 2 + BAND * (number - (len(counts) - 1) / 2)
        points = ((area.x - GAP, y), (area.x + 2, y))
        yield stroke(one, pens(shape)[one.link.name], points, ("", ""), links, width=20)
        for line, text in enumerate((format_count(links), "link" if links == 1 else "links")):
            yield label(area.x + 1 - GAP / 2, y - 38 + 17 * line, text, GAP - 4, anchor="middle")
    rest = cubes - 1
    columns = max(1, round((rest * area.width / area.height) ** 0.5))
    rows = -(-rest // columns)
    step = min(area.width / columns, area.height / rows)
    top = area.y + (area.height - rows * step) / 2
    side = 0.8 * step
    spots = tuple((area.x + 4 + step * (n % columns), top + step * (n // columns)) for n in range(rest))
    yield from unit_boxes(spots, side, "gpu", face(at), f"{rest} more cubes")
    yield from caption(
        Area(area.x - 26, area.y - 22, area.width + 32, 0),
        f"of {' x '.join(map(str, at.shape))}",
        f"{format_count(rest)} more cubes",
    )
