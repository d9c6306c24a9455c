"""A sheet that is a graph as DOT, nodes pinned where they are: ``neato -n2`` draws the same picture.

Marks with an ``id`` are nodes, lines with two ``ends`` edges. Graphviz counts points from the bottom left.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from topogen.draw.lettering import FONTS, one_line
from topogen.draw.sheet import HEIGHT, Box, Disc, Stroke
from topogen.palette import PRINT, shaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from topogen.draw.sheet import Sheet

POINTS_PER_INCH = 72


def is_graph(sheet: Sheet) -> bool:
    """Return whether a sheet has nodes, so that it can be written as DOT."""
    return any(isinstance(mark, Box | Disc) and mark.id for mark in sheet.marks)


def to_pinned_dot(sheet: Sheet, colours: Mapping[str, str] = PRINT) -> str:
    """Return a sheet as DOT with a position for every node and a route for every edge."""
    return "\n".join(_lines(sheet, colours)) + "\n"


def _lines(sheet: Sheet, colours: Mapping[str, str]) -> Iterator[str]:
    yield f"graph {quoted(sheet.name)} {{"
    title = quoted(f"{sheet.title}\n{sheet.subtitle}")
    font = quoted(FONTS.partition(",")[0])
    yield f"  graph [label={title}, labelloc=t, fontname={font}, fontsize=22]"
    yield "  graph [splines=true, outputorder=edgesfirst]"
    yield f'  node [label="", style=filled, fixedsize=true, penwidth=0, fontname={font}]'
    for mark in sheet.marks:
        if isinstance(mark, Box | Disc) and mark.id:
            yield f"  {quoted(mark.id)} [{_node(mark, colours)}]"
    for mark in sheet.marks:
        if isinstance(mark, Stroke) and all(mark.ends):
            one, other = mark.ends
            yield f"  {quoted(one)} -- {quoted(other)} [{_edge(mark, colours)}]"
    yield "}"


def quoted(text: str) -> str:
    r"""Return text as a string of DOT, in which nothing stands for anything else.

    >>> print(quoted('leaf "0"\\N'))
    "leaf \"0\"\\N"
    """
    plain = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    plain = plain.replace("&", "&amp;")
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _node(mark: Box | Disc, colours: Mapping[str, str]) -> str:
    if isinstance(mark, Box):
        middle, sides = (mark.x + mark.width / 2, mark.y + mark.height / 2), (mark.width, mark.height)
    else:
        middle, sides = (mark.x, mark.y), (2 * mark.radius, 2 * mark.radius)
    shape = "box" if isinstance(mark, Box) else "circle"
    wide, high = (_n(side / POINTS_PER_INCH, 4) for side in sides)
    line = f', color="{colours[mark.line]}", penwidth={_n(mark.thick)}' if mark.line else ""
    fill = colours[mark.fill or "paper"]
    return (
        f'pos="{_point(middle)}!", shape={shape}, width={wide}, height={high}, fillcolor="{fill}"{line}, '
        f"tooltip={quoted(one_line(mark.tip or mark.id))}"
    )


def _edge(mark: Stroke, colours: Mapping[str, str]) -> str:
    route = " ".join(_point(point) for point in (mark.points if mark.curved else _straight(mark.points)))
    clear = "" if mark.opacity >= 1 else f"{round(255 * mark.opacity):02X}"
    colour = shaded(colours[mark.colour], mark.shade) + clear
    return f'pos="{route}", color="{colour}", penwidth={_n(mark.width)}, tooltip={quoted(one_line(mark.tip))}'


def _straight(points: tuple[tuple[float, float], ...]) -> Iterable[tuple[float, float]]:
    """Return straight lines as the curves that Graphviz wants: each point between two is there thrice.

    >>> list(_straight(((0, 0), (3, 0))))
    [(0, 0), (1.0, 0.0), (2.0, 0.0), (3, 0)]
    """
    yield points[0]
    for (x, y), (u, v) in pairwise(points):
        yield from (((2 * x + u) / 3, (2 * y + v) / 3), ((x + 2 * u) / 3, (y + 2 * v) / 3), (u, v))


def _point(point: tuple[float, float]) -> str:
    return f"{_n(point[0])},{_n(HEIGHT - point[1])}"


def _n(value: float, places: int = 2) -> str:
    """Return a number with few decimals.

    >>> _n(12.0), _n(0.3333)
    ('12', '0.33')
    """
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
