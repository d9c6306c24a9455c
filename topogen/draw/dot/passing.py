"""Lines from outside the model that pass a box of the frame which they lead into.

Left to itself Graphviz draws them along the border of the frame. Each gets a place in every row that it
passes, to the right of what stands there, and ends at a place of its own at the top of its box.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.dot.text import quoted
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.picture import Edge, Node, Picture

LANE = 30
"""Points that a passing line takes at the top of the box where it ends."""


@dataclass(frozen=True)
class Passing:
    """A line that passes boxes of a frame: the rows, what it passes there, and the port that it ends at."""

    edge: Edge
    frame: str
    passed: tuple[tuple[int, str], ...]
    port: str

    def places(self) -> list[str]:
        """Return the ids of its places in the rows that it passes."""
        return [f"{self.edge.tail} to {self.edge.head} {row}" for row, _ in self.passed]


def passing_lines(picture: Picture) -> list[Passing]:
    """Return the lines from outside that pass boxes on their way into a frame."""
    row_of = {box: number for number, row in enumerate(picture.rows) for box in row}
    nodes = {node.id: node for node in picture.nodes}
    found: list[Passing] = []
    for edge in picture.edges:
        tail, head = nodes[edge.tail], nodes[edge.head]
        if tail.kind != "outside" or not head.frame:
            continue
        between = range(row_of.get(tail.id, 0) + 1, row_of.get(head.id, 0))
        beside = (
            (row, [box for box in picture.rows[row] if nodes[box].frame == head.frame]) for row in between
        )
        if passed := tuple((row, boxes[-1]) for row, boxes in beside if boxes):
            found.append(Passing(edge, head.frame, passed, f"lane{len(found)}"))
    return found


def lanes_at(lines: list[Passing], node: Node) -> list[str]:
    """Return the ports of the lines that end at a box after passing others."""
    return [line.port for line in lines if line.edge.head == node.id]


def lanes_below(lines: list[Passing], node: Node) -> list[str]:
    """Return the ports of the lines that begin at a box and pass others."""
    return [line.port for line in lines if line.edge.tail == node.id]


def whole_at_places(lines: list[Passing], tail: str, head: str) -> str:
    """Return the attributes of a piece of a line that keep it from ending short of a place that it passes."""
    places = {quoted(place) for line in lines for place in line.places()}
    ends = (("tailclip", tail), ("headclip", head))
    return "".join(f" {name}=false" for name, end in ends if end in places)


def places_in(lines: list[Passing], frame: str, indent: str) -> Iterator[str]:
    """Yield the places of passing lines that lie in a frame, each to the right of what it passes."""
    for line in (line for line in lines if line.frame == frame):
        for place, (_, box) in zip(line.places(), line.passed, strict=True):
            yield f'{indent}{quoted(place)} [shape=point width=0 height=0 peripheries=0 style=invis label=""]'
            yield f"{indent}{{rank=same; {quoted(box)} -- {quoted(place)} [style=invis]}}"


def pieces_of_line(line: Passing) -> list[tuple[str, str]]:
    """Return the ends of the pieces of a passing line, from its tail on."""
    stops = [f"{quoted(line.edge.tail)}:{line.port}:s", *map(quoted, line.places())]
    ends = [*stops[1:], f"{quoted(line.edge.head)}:{line.port}:n"]
    return list(zip(stops, ends, strict=True))
