"""ns-3: the links between boxes in the form of Orbis, one of three that its topology reader takes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from topogen.errors import InputError, Problem
from topogen.graph.contract import bundles_between
from topogen.handoff.link_ends import ends_in_parts, nothing_left
from topogen.model.text_buffer import Page, Piece, texts_of
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.handoff.boxes import Boxes
    from topogen.handoff.link_ends import Handed


def left_out_by_ns3(boxes: Boxes, links: Handed) -> tuple[str, ...]:
    """Return sentences on the links that start and end in the same box, which ns-3 would take for loops.

    Raises
    ------
    InputError
        E754, for a name that ns-3 cannot read; E796, if no link is left.
    """
    _check_names(boxes)
    fabric, inside = boxes.fabric, {}
    for group, bundles in zip(fabric.links, bundles_between(fabric, boxes.of_device), strict=True):
        if group.name in {one.name for one in links.groups}:
            inside[group.name] = int(bundles.links[bundles.a == bundles.b].sum())
    left_out = tuple(
        f"{format_count(count)} links of {name}: start and end in the same node"
        for name, count in inside.items()
        if count
    )
    if sum(inside.values()) == sum(group.count for group in links.groups):
        raise nothing_left("the file would have no link", (*links.left_out, *left_out))
    return left_out


def to_ns3(boxes: Boxes, links: Handed) -> Iterator[bytes]:
    """Yield one line a link, ``node node``, links inside a box left out."""
    names = _names(boxes)
    tables = [texts_of([f"{name} " for name in names]), texts_of([f"{name}\n" for name in names])]
    page = Page()
    for group in links.groups:
        for ends in ends_in_parts(boxes, group):
            between = ends.a != ends.b
            if not between.any():
                continue
            pair = zip(tables, (ends.a[between], ends.b[between]), strict=True)
            yield bytes(page.write([Piece(*one) for one in pair]))


def _names(boxes: Boxes) -> list[str]:
    """Return the names of nodes: ns-3 takes ``/`` for a step of a path, so that it becomes a full stop."""
    return [name.replace("/", ".") for name in boxes.names]


def _check_names(boxes: Boxes) -> None:
    """Raise for names with a blank, at which ns-3 ends them, and for those that two nodes have."""
    names = _names(boxes)
    problems = [
        Problem("E754", f'"{name}" has a blank, at which ns-3 ends a name', hint="give another in names:")
        for name in names
        if name.split() != [name]
    ]
    problems += [
        Problem("E754", f'{count:,} nodes are called "{name}"', hint="give them different names in names:")
        for name, count in Counter(names).items()
        if count > 1
    ]
    if problems:
        raise InputError(problems)
