"""Drawings: a diagram fills in a ``Picture`` for Graphviz or a ``Sheet``; ``image`` makes a file of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.contracted import draw_racks, draw_trays
from topogen.draw.elevation import draw_elevation
from topogen.draw.engines import draw_engines
from topogen.draw.floor import draw_floor
from topogen.draw.group import draw_groups
from topogen.draw.links import MANY_LINKS, draw_links
from topogen.draw.picture import MANY_LINES, Picture
from topogen.draw.rails import draw_rails
from topogen.draw.row import draw_row
from topogen.draw.shape import draw_shape
from topogen.draw.sheet_dot import is_graph
from topogen.draw.tiers import draw_tiers
from topogen.errors import InputError, Problem
from topogen.graph.selection import select
from topogen.model.path import path_name
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.draw.sheet import Sheet
    from topogen.graph.selection import Selection
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

DIAGRAMS: dict[str, Callable[[Fabric, RollUp, Selection | None], Picture | Sheet]] = {
    "group": draw_groups,
    "tray": draw_trays,
    "rack": draw_racks,
    "elevation": draw_elevation,
    "floor": draw_floor,
    "links": draw_links,
    "tiers": draw_tiers,
    "shape": draw_shape,
    "engines": draw_engines,
    "row": draw_row,
    "rails": draw_rails,
}
"""Every diagram by its name on the command line; with ``Touched`` only what that joins is drawn."""


GRAPHS = ("group", "tray", "rack", "links", "shape")
"""The diagrams that there is DOT of."""

MANY_PANELS = 12
"""With more lines or racks a page is unreadable: the fabric is drawn by device type."""


class Drawing(NamedTuple):
    """A picture, the name of its diagram, and warnings."""

    picture: Picture | Sheet
    diagram: str
    warnings: tuple[Problem, ...] = ()


def draw(
    fabric: Fabric, roll_up: RollUp, diagram: str | None = None, only: str | Sequence[str] = ()
) -> Drawing:
    """Return a picture of a fabric.

    Parameters
    ----------
    fabric
        The built fabric.
    roll_up
        Its roll-up: every number in the picture comes from these two.
    diagram
        One of ``DIAGRAMS``; default: the usual one. What cannot be read on a page is drawn merged
        further, down to one box per device type, with the warning W801 where another diagram was asked for.
        Of more links than can be drawn one by one, ``links`` shows those of one device, with that warning.
    only
        Selectors of devices and places: only these are drawn, with the links that touch them.

    Raises
    ------
    InputError
        If a selector matches nothing, or the diagram shows what the fabric does not have; the hint names one
        that can be drawn.
    """
    touched = select(fabric, only) if only else None
    try:
        return _drawn(fabric, roll_up, diagram, touched)
    except InputError as error:
        hint = f"use --diagram {_instead(fabric, roll_up, touched)}"
        raise InputError([_with_hint(problem, hint) for problem in error.problems]) from None


def draw_if_any(fabric: Fabric, roll_up: RollUp, diagram: str) -> Drawing | None:
    """Return a picture as ``draw``, None where the fabric has nothing that the diagram shows."""
    try:
        return _drawn(fabric, roll_up, diagram, None)
    except InputError:
        return None


def _drawn(fabric: Fabric, roll_up: RollUp, diagram: str | None, touched: Selection | None) -> Drawing:
    """Return a picture; raises ``InputError`` as the diagram does, without a hint at another diagram."""
    links = touched.n_links if touched else fabric.n_links
    listed = diagram == "links" and links > MANY_LINKS
    if listed and touched is None and (one := _with_few_links(fabric)):
        touched = select(fabric, [one])
        warning = _too_many_links(
            links, f"those of {one}: {format_count(touched.n_links)}", "name others with --only"
        )
        return Drawing(DIAGRAMS["links"](fabric, roll_up, touched), "links", (warning,))
    if diagram is None:
        name, picture = _usual(fabric, roll_up, touched)
    else:
        name = usual_diagrams(fabric)[-1] if listed else diagram
        picture = DIAGRAMS[name](fabric, roll_up, touched)
    crowded = name != "links" and isinstance(picture, Picture) and _is_crowded(picture)
    if crowded:
        name, picture = "group", DIAGRAMS["group"](fabric, roll_up, touched)
    if listed:
        return Drawing(picture, name, (_too_many_links(links, f"the {name} diagram", _select_hint(fabric)),))
    warned = crowded and diagram is not None
    return Drawing(picture, name, (_too_crowded(fabric, diagram or name),) if warned else ())


def _instead(fabric: Fabric, roll_up: RollUp, touched: Selection | None) -> str:
    """Return the diagram that is drawn where none is asked for."""
    return _drawn(fabric, roll_up, None, touched).diagram


def _with_hint(problem: Problem, hint: str) -> Problem:
    """Return a problem with a hint before its own."""
    return replace(problem, hint=f"{hint}; or {problem.hint}" if problem.hint else hint)


def graphs_of(fabric: Fabric, roll_up: RollUp, only: str | Sequence[str] = ()) -> tuple[str, ...]:
    """Return the diagrams of a fabric that there is DOT of, each drawn as it is asked for."""
    touched = select(fabric, only) if only else None
    return tuple(name for name in GRAPHS if _has_dot(fabric, roll_up, name, touched))


def _has_dot(fabric: Fabric, roll_up: RollUp, diagram: str, touched: Selection | None) -> bool:
    try:
        drawn = _drawn(fabric, roll_up, diagram, touched)
    except InputError:
        return False
    return drawn.diagram == diagram and not drawn.warnings and has_dot(drawn.picture)


def has_dot(picture: Picture | Sheet) -> bool:
    """Return whether a picture is a graph, so that it can be written as DOT."""
    return isinstance(picture, Picture) or is_graph(picture)


def no_dot(diagram: str, hint: str) -> Problem:
    """Return the problem that a diagram cannot be written as DOT."""
    return Problem("E690", f"{diagram} is not a graph: no DOT of it", hint=hint)


def draw_graph(fabric: Fabric, roll_up: RollUp, only: str | Sequence[str] = ()) -> Drawing:
    """Return the best picture of a fabric that is a graph, for Graphviz: as ``draw``."""
    return draw(fabric, roll_up, usual_diagrams(fabric)[-1], only)._replace(warnings=())


def usual_diagrams(fabric: Fabric) -> tuple[str, ...]:
    """Return the diagrams that show a whole fabric best, the best first, down to one that always can."""
    racks = len(fabric.sites.racks)
    if racks == 1:
        return "engines", "elevation", "shape", "tiers", "tray"
    if 1 < racks <= MANY_PANELS:
        return "row", "shape", "tiers", "rack"
    return "shape", "tiers", "floor" if racks else "engines", "rack" if racks else "tray"


def _usual(fabric: Fabric, roll_up: RollUp, touched: Selection | None) -> tuple[str, Picture | Sheet]:
    """Return the best diagram that this fabric, or what is picked of it, has."""
    *first, last = usual_diagrams(fabric)
    for name in first:
        try:
            return name, DIAGRAMS[name](fabric, roll_up, touched)
        except InputError:  # it has nothing that this diagram shows
            continue
    return last, DIAGRAMS[last](fabric, roll_up, touched)


def _is_crowded(picture: Picture) -> bool:
    panels = sum(len(shelf) for shelf in picture.shelves)
    return len(picture.edges) > MANY_LINES or panels > MANY_PANELS


def _too_many_links(links: int, drawn: str, hint: str) -> Problem:
    """Return the warning that not every link is drawn."""
    limits = f"{format_count(links)}, limit {MANY_LINKS}"
    return Problem("W801", f"too many links to draw one by one ({limits}): drew {drawn}", hint=hint)


def _too_crowded(fabric: Fabric, asked: str) -> Problem:
    """Return the warning that a diagram was replaced by one box per device type."""
    limits = f"limits: {MANY_LINES} lines, {MANY_PANELS} racks"
    message = f"too many boxes or lines for a {asked} diagram ({limits}): drew one box per device type"
    return Problem("W801", message, hint=_select_hint(fabric))


def _select_hint(fabric: Fabric) -> str:
    """Return how to draw a device that has few enough links to show each."""
    one = _with_few_links(fabric)
    return f"--diagram links --only {one}" if one else "select a part with --only"


def _with_few_links(fabric: Fabric) -> str:
    """Return the name of the first device whose links can be drawn one by one, none where there is none."""
    small = (path_name(group.path, 0) for group in fabric.groups if 0 < _port_count(group) <= MANY_LINKS)
    return next((one for one in small if select(fabric, [one]).n_links), "")


def _port_count(group: DeviceGroup) -> int:
    return sum(port.count for port in group.type.ports)
