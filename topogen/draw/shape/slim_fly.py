"""The shape of a slim fly: two halves of q by q routers, and one router with all that it reaches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shape.marks import Drawn, bent, lines, nodes
from topogen.draw.shape.ring import caption
from topogen.draw.sheet import Area, Disc
from topogen.units import format_count
from topogen.wiring.slim_fly import router_degree

if TYPE_CHECKING:
    from topogen.draw.shape.marks import Places, Point
    from topogen.draw.shape.wires import Shape
    from topogen.draw.sheet import Mark, Stroke
    from topogen.wiring.slim_fly import SlimFly

MOST_LINKS = 1200
"""Up to so many links between routers all are drawn; above, those of one router."""


def draw_slim_fly(shape: Shape, area: Area, spec: SlimFly) -> Drawn:
    """Draw a slim fly, with the links of one router on top of all others."""
    q, routers = spec.q, shape.routers()
    degree = router_degree(q)
    focus = shape.focus if shape.picked and shape.focus in routers else routers.start + q // 2 * q + q // 2
    at = _places(routers, q, Area(area.x, area.y + 52, area.width, area.height - 56))
    inner = list(shape.parts("fabric"))
    if q * q * degree > MOST_LINKS:
        inner = [replace(one, touched=one.touched & ((one.a == focus) | (one.b == focus))) for one in inner]
    drawn = sorted(
        lines(shape, inner, at, lambda a, b: _arc(at[a], at[b])), key=lambda one: _near(one, at[focus])
    )
    near = {point for one in drawn if _near(one, at[focus]) for point in (one.points[0], one.points[-1])}
    thin = 0.22 if q > 5 else 0.4  # noqa: PLR2004
    marks: list[Mark] = [
        replace(one, width=2.6, shade=0.7 * one.shade)
        if _near(one, at[focus])
        else replace(one, opacity=thin)
        for one in drawn
    ]
    size = max(3.0, min(22.0, 0.3 * area.width / (2 * q + 1)))
    marks += nodes(shape, at, size)
    marks += [Disc(*one, size / 2 + 2, line="ink", thick=2) for one in sorted(near | {at[focus]})]
    for half, name in ((0, "0"), (1, "1")):
        place = Area(area.x + half * area.width * 0.54, area.y + 46, area.width * 0.46, 0)
        marks += caption(place, f"{q} x {q} routers, a column is joined within itself", f"Half {name}")
    title = f"{format_count(len(routers))} routers of {degree} links, any two at most 2 links apart"
    links = sum(one.links for one in drawn)
    every = sum(int(one.touched.sum()) for one in shape.parts("fabric"))
    part = (
        ""
        if links == every
        else f"{format_count(links)} of {format_count(every)} links between routers shown: those of one"
    )
    figures = (
        (format_count(len(routers)), f"routers{shape.a_plane}: 2 x {q} x {q}"),
        (
            shape.links_each(routers, "fabric"),
            "links of a router to others; those of one are thick, its neighbours ringed",
        ),
    )
    return Drawn(tuple(marks), title, part, figures)


def _near(one: Stroke, spot: Point) -> bool:
    return spot in {one.points[0], one.points[-1]}


def _places(routers: range, q: int, area: Area) -> Places:
    """Return the halves side by side, a column for x and for the slope, top to bottom y and c."""
    number = np.arange(len(routers))
    half, column, row = number // (q * q), number // q % q, number % q
    dx, dy = 0.46 * area.width / q, area.height / q
    x = area.x + half * 0.54 * area.width + dx * (column + 0.5)
    y = area.y + dy * (row + 0.5)
    return dict(zip(routers, zip(x.tolist(), y.tolist(), strict=True), strict=True))


def _arc(one: Point, other: Point) -> tuple[Point, ...]:
    """Return an arc within a column, a straight line from half to half."""
    return bent(min(one, other), max(one, other), 0.14, 26) if one[0] == other[0] else (one, other)
