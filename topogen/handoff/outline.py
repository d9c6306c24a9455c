"""Outlines: a fabric as some boxes and lines between them, which drawing programs can lay out and edit."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from topogen.errors import LimitError, Problem
from topogen.graph.by_group import group_graph
from topogen.graph.by_link import link_graph
from topogen.graph.by_place import contracted_graph
from topogen.graph.contract import contract
from topogen.palette import PRINT, family_of
from topogen.records import dataclass
from topogen.units import format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.graph.edges import Attributes, Graph
    from topogen.model.fabric import Fabric

LINKS, GROUPS = "links", "groups"
ABOVE = ("switch", "ocs", "outside")
"""Roles of what stands above the devices that it serves."""


@dataclass(frozen=True)
class Box:
    """What is drawn as one box: a place, a device, or all devices of a type.

    Rows count from the bottom, where the GPUs are.
    """

    name: str
    words: tuple[str, ...]
    colour: str
    row: int

    @property
    def text(self) -> str:
        """Return all that stands in the box, line by line."""
        return "\n".join((self.name, *self.words))


@dataclass(frozen=True)
class Line:
    """The links of one link group between two boxes, given by number, the upper one first."""

    upper: int
    lower: int
    link_group: str
    links: int
    rate: str
    colour: str

    @property
    def text(self) -> str:
        """Return what stands at the line: ``288 x 800G (compute/hosts)``."""
        return f"{format_count(self.links)} x {self.rate} ({self.link_group})"


@dataclass(frozen=True)
class Outline:
    """The boxes and lines of a fabric."""

    title: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def outline_of(fabric: Fabric, what: str, limit: int) -> Outline:
    """Return device types (``groups``), the places of a level (``rack``) or all devices (``links``) as boxes.

    Raises
    ------
    InputError
        E203, if no template has that level.
    LimitError
        E744, if there are more boxes or lines than ``limit``.
    """
    if what == LINKS:
        _refuse_above(fabric, limit, fabric.n_devices, fabric.n_links)
        graph = link_graph(fabric)
    elif what == GROUPS:
        graph = group_graph(fabric)
    else:
        contraction = contract(fabric, what)
        between = sum(int((one.a != one.b).sum()) for one in contraction.bundles)
        _refuse_above(fabric, limit, contraction.n_nodes, between)
        graph = contracted_graph(fabric, what)
    _refuse_above(fabric, limit, len(graph), graph.number_of_edges())
    kinds = _kinds(fabric, graph)
    rows = _rows(graph, kinds)
    lines = list(_lines(fabric, graph, rows))
    own = _own(list(graph), lines)
    boxes = [
        Box(name, (*_words(fabric, name, data), *own.get(name, ())), _colour(kinds[name]), rows[name])
        for name, data in graph.nodes(data=True)
    ]
    return Outline(fabric.name, tuple(boxes), tuple(line for line in lines if line.upper != line.lower))


def _refuse_above(fabric: Fabric, limit: int, boxes: int, lines: int) -> None:
    """Raise E744 if a drawing would have more boxes or lines than ``limit``."""
    if max(boxes, lines) > limit:
        message = (
            f"the drawing would have {format_count(boxes)} boxes and {format_count(lines)} lines; "
            f"the limit is {format_count(limit)} of each"
        )
        few = dict.fromkeys(place.level for place in fabric.places if place.first + place.count <= limit)
        levels = f"; a level, `--graph {'` or `'.join(few)}`, its places" if few else ""
        hint = f"`--graph groups` draws device types{levels}"
        raise LimitError([Problem("E744", message, hint=hint)])


# Boxes


def _words(fabric: Fabric, name: str, data: Attributes) -> Iterator[str]:
    """Yield the lines of a box below its name."""
    held, inside = _counts(data, "devices"), _counts(data, "inside")
    if "count" in data and data["role"] != "outside":
        count = format_count(_whole(data["count"]))
        yield count if data["type"] == name else f"{count} x {data['type']}"
    elif data["role"] == "place":
        yield from (f"{format_count(count)} x {label}" for label, count in held.items())
    elif data["role"] != "outside":
        yield str(data["type"])
    for link in fabric.links if inside else ():
        if link.name in inside:
            yield f"inside: {format_count(inside[link.name])} x {format_rate(link.rate)} ({link.name})"


def _kinds(fabric: Fabric, graph: Graph) -> dict[str, str]:
    """Return the role of each box; of a place, ``gpu`` or else ``switch`` where it holds one."""
    roles = {group.label: group.type.role for group in fabric.groups}
    kinds = {}
    for name, data in graph.nodes(data=True):
        held = {roles[label] for label in _counts(data, "devices")}
        one = next((role for role in ("gpu", "switch", "ocs") if role in held), "host")
        kinds[name] = one if data["role"] == "place" else str(data["role"])
    return kinds


def _colour(kind: str) -> str:
    return PRINT[{"ocs": "switch", "outside": "rule"}.get(kind, kind if kind in PRINT else "soft")]


def _rows(graph: Graph, kinds: Mapping[str, str]) -> dict[str, int]:
    """Return the row of each box: GPUs 0, other devices 1, what is above them by links away."""
    rows = {name: int(kind != "gpu") for name, kind in kinds.items() if kind not in ABOVE}
    steps = dict.fromkeys(rows, 1)
    queue = deque(rows)
    while queue:
        here = queue.popleft()
        for there in graph[here]:
            if there not in steps:
                steps[there] = steps[here] + 1
                rows[there] = steps[there]
                queue.append(there)
    return {name: rows.get(name, 0) for name in graph}


def _counts(data: Attributes, name: str) -> dict[str, int]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


# Lines


def _own(names: list[str], lines: list[Line]) -> dict[str, list[str]]:
    """Return by box what it says of links that start and end in it: some programs draw one loop at most."""
    own: dict[str, list[str]] = {}
    for line in lines:
        if line.upper == line.lower:
            own.setdefault(names[line.upper], []).append(f"among them: {line.text}")
    return own


def _lines(fabric: Fabric, graph: Graph, rows: Mapping[str, int]) -> Iterator[Line]:
    number = {name: index for index, name in enumerate(graph)}
    groups = {link.name: link for link in fabric.links}
    for a, b, data in graph.edges(data=True):
        link = groups[str(data["link_group"])]
        medium = fabric.catalog.media.get(link.media[0]) if link.media else None
        upper, lower = (a, b) if rows[a] > rows[b] else (b, a)
        links = _whole(data.get("links", 1))
        rate, colour = format_rate(link.rate), PRINT[family_of(medium)]
        yield Line(number[upper], number[lower], link.name, links, rate, colour)
