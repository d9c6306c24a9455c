"""The group diagram: one box per device type, one line per link group.

Devices that a fabric makes are told apart by role. The counts are those of ``group_graph``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.picture import Edge, Kind, Node, Picture
from topogen.draw.shown.heading import alert_of, heading_lines, title_of
from topogen.draw.shown.part_pieces import part_pieces
from topogen.draw.shown.strokes import legend_rows, stroke_of_link
from topogen.draw.shown.words import listed, medium_name, span, strands_of, wrapped
from topogen.records import dataclass
from topogen.takeoff.pools import SWITCH_ROLES
from topogen.units import format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.shown.part_pieces import PartPieces
    from topogen.graph.selection import Selection
    from topogen.model.fabric import DeviceGroup, Fabric, LinkBlock, LinkGroup
    from topogen.takeoff.roll_up import RollUp


@dataclass(frozen=True)
class _Line:
    """Links of a group between two labels; ``b`` is empty where the far end is outside."""

    link: LinkGroup
    a: str
    b: str
    links: int


def draw_groups(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Picture:
    """Return the fabric by kinds of devices."""
    lines = _lines_between_types(fabric, touched)
    labels = list(dict.fromkeys(group.label for group in fabric.groups))
    if touched:
        ends = {label for line in lines for label in (line.a, line.b)} | _picked(fabric, touched)
        labels = [label for label in labels if label in ends]
    shown = [line.link for line in lines]
    every = list(dict.fromkeys(group.label for group in fabric.groups))
    node = np.concatenate([np.full(one.count, every.index(one.label)) for one in fabric.groups])
    parts = part_pieces(fabric, node, len(every), roll_up.quantities)
    return Picture(
        name=fabric.name,
        title=title_of(fabric),
        alert=alert_of(fabric),
        lines=heading_lines(fabric, roll_up, "grouped by device type", touched),
        frames=(),
        nodes=(*_boxes(fabric, parts, every, labels), *_outside(shown)),
        edges=tuple(_group_edge(fabric, line, whole=touched is None) for line in lines),
        legend=legend_rows(fabric, shown, dict.fromkeys(link.network for link in shown)),
        notes=_shared_part_notes(parts) if touched is None else (),
    )


def _picked(fabric: Fabric, touched: Selection) -> set[str]:
    ends = [(group.label, group.first, group.first + group.count) for group in fabric.groups]
    return {label for label, first, end in ends if touched.devices[first:end].any()}


# Boxes


def _boxes(
    fabric: Fabric, parts: Sequence[PartPieces], every: list[str], labels: list[str]
) -> Iterator[Node]:
    """Yield a box for each label, with where its devices stand and what they have to themselves."""
    for label in labels:
        groups = [group for group in fabric.groups if group.label == label]
        count = sum(group.count for group in groups)
        standing: Counter[str] = Counter()
        for one in parts:
            standing[one.part] += int(one.here[every.index(label)])
        role = groups[0].type.role
        lines = [f"{role}, type {groups[0].type.name}"] if groups[0].role else [role] * (role != label)
        lines += [f"in {' / '.join(path)}" for path in _ways(groups)]
        lines += wrapped(listed(standing))
        kind: Kind = "switch" if role in SWITCH_ROLES else "compute"
        yield Node(label, f"{format_count(count)} x {label}", tuple(lines), kind)


def _shared_part_notes(parts: Sequence[PartPieces]) -> tuple[str, ...]:
    """Return the parts that devices of several kinds share, with the place that they are counted in."""
    shared: Counter[tuple[str, str]] = Counter()
    for one in parts:
        shared[one.part, one.level] += int(one.larger.sum())
    return tuple(
        f"shared by several device types: {format_count(count)} {part}, counted per {level}"
        for (part, level), count in shared.items()
        if count
    )


def _ways(groups: list[DeviceGroup]) -> list[tuple[str, ...]]:
    """Return the kinds of places from the top of the tree down to devices, each way once."""
    ways = (tuple(step.type for step in group.path[:-1]) for group in groups if not group.role)
    return [way for way in dict.fromkeys(ways) if way]


def _outside(links: list[LinkGroup]) -> Iterator[Node]:
    for label in dict.fromkeys(link.outside for link in links if not link.has_b):
        yield Node(f"outside: {label}", label, ("not modelled",), "outside")


# Lines


def _lines_between_types(fabric: Fabric, touched: Selection | None) -> list[_Line]:
    """Return one line for each link group between two labels, in file order."""
    found: Counter[tuple[int, str, str]] = Counter()
    for index, link in enumerate(fabric.links):
        ends = np.cumsum([block.count for block in link.blocks]).tolist()
        for block, end in zip(link.blocks, ends, strict=True):
            rows = slice(end - block.count, end)
            count = block.count if touched is None else int(touched.links[index][rows].sum())
            found[index, *_labels(fabric, block)] += count
    return [_Line(fabric.links[index], a, b, links) for (index, a, b), links in found.items() if links]


def _labels(fabric: Fabric, block: LinkBlock) -> tuple[str, str]:
    return fabric.groups[block.a.group].label, fabric.groups[block.b.group].label if block.b else ""


def _group_edge(fabric: Fabric, line: _Line, *, whole: bool) -> Edge:
    """Return a line with its higher end first: what is outside, else the b end, which is the upper one."""
    link = line.link
    words = [f"{format_count(line.links)} x {format_rate(link.rate)}", medium_name(link), link.name]
    words += [f"{link.network}, tier {link.tier}", strands_of(fabric, link, line.links)]
    lengths = _length_span(line) if whole else None
    if lengths:
        guessed = link.lengths.with_basis("default")
        words.append(span(*lengths) + (" (default)" if guessed else ""))
    far = line.b or f"outside: {link.outside}"
    return Edge(
        far, line.a, tuple(word for word in words if word), stroke_of_link(fabric, link, a_first=False)
    )


def _length_span(line: _Line) -> tuple[int, int] | None:
    """Return the shortest and the longest in mm, None where one is unknown or all are on boards."""
    far = line.b or line.link.outside
    found = [one.length_mm for one in line.link.lengths if (one.a_type, one.b_type) == (line.a, far)]
    known = [length for length in found if length is not None]
    return (min(known), max(known)) if known and len(known) == len(found) and any(known) else None
