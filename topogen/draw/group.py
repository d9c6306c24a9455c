"""The group diagram: one box per device type, one line per link group.

Devices that a fabric makes are told apart by role. The counts are those of ``group_graph``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.picture import ATTACHED, Badge, Edge, Kind, LegendRow, Node, Picture, Pieces, SquareKey
from topogen.draw.shown.finding import alert_words
from topogen.draw.shown.heading import figures_of, finding_of, said_below, unknown_notes
from topogen.draw.shown.levels import TOP, levels_of, rows_of
from topogen.draw.shown.part_pieces import part_pieces
from topogen.draw.shown.strokes import legend_rows, stroke_of_link
from topogen.draw.shown.things import device_colours, part_colours, pieces_of
from topogen.draw.shown.tips import Tips
from topogen.draw.shown.words import (
    BOX_LINE,
    ROLE_WORDS,
    badge_words,
    edge_words,
    outside_title,
    role_words,
    span,
    span_of_counts,
    wrapped,
)
from topogen.language.device import SWITCH_ROLES
from topogen.records import dataclass
from topogen.takeoff.basis_line import footer_of
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.shown.part_pieces import PartPieces
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup
    from topogen.takeoff.roll_up import RollUp

ABREAST = 3
"""So many boxes that compute stand side by side in any case."""

THINGS = {
    **ROLE_WORDS,
    "copper": "copper part",
    "board": "board",
    "module": "module",
    "cable": "optical cable",
    "engine": "optical engine",
    "own_laser": "optical engine with lasers",
    "els": "ELS (external light source)",
}
"""What a square is one of, by its colour."""

NEAR = ("gpu", "nic")
"""Roles that are joined by what they stand in, where no link joins them."""


@dataclass(frozen=True)
class _Line:
    """Links of a group between two labels; ``b`` is empty where the far end is outside."""

    link: LinkGroup
    a: str
    b: str
    links: int

    @property
    def far(self) -> str:
        """Return the id of the box at the b end."""
        return self.b or f"outside: {self.link.outside}"


def draw_groups(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Picture:
    """Return the fabric by kinds of devices."""
    lines = _lines_between_types(fabric, touched)
    every = list(dict.fromkeys(group.label for group in fabric.groups))
    labels = every
    if touched:
        ends = {label for line in lines for label in (line.a, line.b)} | _picked(fabric, touched)
        labels = [label for label in labels if label in ends]
    node = np.concatenate([np.full(one.count, every.index(one.label)) for one in fabric.groups])
    parts = part_pieces(fabric, node, len(every), roll_up.quantities)
    tips = Tips(fabric, roll_up)
    whole = touched is None
    shared, notes = _shared_parts(parts, lines) if whole else ({}, ())
    boxes = (*_boxes(tips, parts, every, labels, lines), *_outside(tips, lines))
    levels = _levels(fabric, boxes, lines)
    near = tuple(_standing_together(fabric, labels, lines))
    return Picture(
        name=fabric.name,
        title=finding_of(fabric, roll_up, touched),
        alert=alert_words(fabric),
        lines=said_below(fabric, "one box per device type", touched),
        frames=(),
        nodes=boxes,
        edges=(*_edges(tips, lines, levels, shared, whole=whole), *near),
        legend=(
            *legend_rows(fabric, [line.link for line in lines]),
            *([LegendRow(ATTACHED, "; ".join(dict.fromkeys(edge.tip for edge in near)))] if near else []),
        ),
        notes=(*notes, *unknown_notes(fabric, roll_up)) if whole else (),
        rows=rows_of(levels),
        squares=tuple(_square_keys(boxes)),
        figures=figures_of(fabric, roll_up, touched),
        footer=footer_of(fabric, roll_up),
    )


def _picked(fabric: Fabric, touched: Selection) -> set[str]:
    ends = [(group.label, group.first, group.first + group.count) for group in fabric.groups]
    return {label for label, first, end in ends if touched.devices[first:end].any()}


def _levels(fabric: Fabric, boxes: Sequence[Node], lines: Sequence[_Line]) -> dict[str, int]:
    """Return how high each box stands: what computes below, switches above, what is outside on top.

    In a row of more than three boxes that compute, those that no link joins to a switch stand one row lower.
    """
    roles = {group.label: group.type.role for group in fabric.groups}
    lowest = {box.id: TOP if box.kind == "outside" else int(roles[box.id] in SWITCH_ROLES) for box in boxes}
    levels = levels_of(lowest, [(line.a, line.far) for line in lines])
    bottom = {box for box, level in levels.items() if level == 0}
    joined = {box for line in lines if not {line.a, line.far} <= bottom for box in (line.a, line.far)}
    beside = {box for line in lines if {line.a, line.far} & joined for box in (line.a, line.far)}
    lower = (beside & bottom) - joined if len(bottom) > ABREAST else set()
    return {box: level - (box in lower) for box, level in levels.items()}


# Boxes


def _boxes(
    tips: Tips, parts: tuple[PartPieces, ...], every: list[str], labels: list[str], lines: list[_Line]
) -> Iterator[Node]:
    """Yield a box for each label, with where its devices stand and what they have to themselves."""
    fabric = tips.fabric
    devices, colours = device_colours(fabric), part_colours(fabric, parts)
    for label in labels:
        groups = [group for group in fabric.groups if group.label == label]
        count = sum(group.count for group in groups)
        standing: Counter[str] = Counter()
        for one in parts:
            standing[one.part] += int(one.here[every.index(label)])
        role = groups[0].type.role
        ways = [f"in {' / '.join(path)}" for path in _ways(groups)]
        ends = dict.fromkeys(line.link.name for line in lines if label in (line.a, line.b))
        said = [groups[0].type.name] if groups[0].role else [role_words(role, label)]
        said += ways
        own = Pieces(count, devices[label], "")
        kind: Kind = "switch" if role in SWITCH_ROLES else "compute"
        yield Node(
            label,
            f"{format_count(count)} x {label}",
            tuple(line for one in said for line in wrapped(one, BOX_LINE, " / ")),
            kind,
            pieces=(own, *pieces_of(standing, colours)),
            badges=tuple(_badges(fabric, label, lines)),
            **tips.box(", ".join(ways) or label, {label: count}, standing, ends)._asdict(),
        )


def _square_keys(boxes: Sequence[Node]) -> Iterator[SquareKey]:
    """Yield what a square of each colour in the boxes is."""
    counted = (pieces.colour for box in boxes for pieces in box.pieces if pieces.is_counted)
    for colour in dict.fromkeys(counted):
        yield SquareKey(colour, THINGS.get(colour, "other device"))


def _badges(fabric: Fabric, label: str, lines: list[_Line]) -> Iterator[Badge]:
    """Yield the links that join devices of one label."""
    for line in lines:
        if line.a == line.b == label:
            yield Badge(
                stroke_of_link(fabric, line.link),
                badge_words(line.link, line.links, "among them"),
                line.links,
            )


def _shared_parts(
    parts: Sequence[PartPieces], lines: Sequence[_Line]
) -> tuple[dict[int, list[str]], tuple[str, ...]]:
    """Return the parts that several kinds of devices share: at the only line with them, else as notes."""
    at_lines: dict[int, list[str]] = {}
    notes: dict[tuple[str, str], Ints] = {}
    for one in parts:
        users = [number for number, line in enumerate(lines) if line.a != line.b and _uses(line, one)]
        if one.larger.any() and len(users) == 1:
            at_lines.setdefault(users[0], []).append(_shared_words(one.part, one.level, one.larger))
        elif one.larger.any():
            key = one.part, one.level
            notes[key] = notes.get(key, 0) + one.larger
    said = (_shared_words(part, level, pieces) for (part, level), pieces in notes.items())
    return at_lines, tuple(f"shared by several boxes: {words}" for words in said)


def _uses(line: _Line, part: PartPieces) -> bool:
    return line.link.network == part.network and part.medium in (line.link.media or ())


def _shared_words(part: str, level: str, pieces: Ints) -> str:
    """Return how many pieces of a part there are, and in each place if there are several."""
    held = pieces[pieces > 0]
    each = f", {span_of_counts(int(held.min()), int(held.max()))} a {level}" if len(held) > 1 else ""
    return f"{format_count(int(pieces.sum()))} {part}{each}"


def _ways(groups: list[DeviceGroup]) -> list[tuple[str, ...]]:
    """Return the kinds of places from the top of the tree down to devices, each way once."""
    ways = (tuple(step.type for step in group.path[:-1]) for group in groups if not group.role)
    return [way for way in dict.fromkeys(ways) if way]


def _outside(tips: Tips, lines: list[_Line]) -> Iterator[Node]:
    for label in dict.fromkeys(line.link.outside for line in lines if not line.b):
        ends = dict.fromkeys(line.link.name for line in lines if not line.b and line.link.outside == label)
        tip = tips.box(f"{label}: not modelled", {}, {}, ends)
        yield Node(f"outside: {label}", outside_title(label), ("not modelled",), "outside", **tip._asdict())


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


def _edges(
    tips: Tips,
    lines: list[_Line],
    levels: Mapping[str, int],
    shared: Mapping[int, Sequence[str]],
    *,
    whole: bool,
) -> Iterator[Edge]:
    """Yield a line for what joins two boxes, from the upper one; ``shared`` is what stands in no box."""
    for number, line in enumerate(lines):
        if line.a != line.b:
            lengths = _length_span(line) if whole else None
            a_first = levels[line.a] > levels[line.far]
            yield Edge(
                *((line.a, line.far) if a_first else (line.far, line.a)),
                edge_words(
                    tips.fabric,
                    line.link,
                    line.links,
                    _length_words(line.link, lengths),
                    *shared.get(number, ()),
                ),
                stroke_of_link(tips.fabric, line.link, a_first=a_first),
                links=line.links,
                **tips.links(line.link, line.links, f"{line.far} to {line.a}", lengths)._asdict(),
            )


def _standing_together(fabric: Fabric, labels: Sequence[str], lines: list[_Line]) -> Iterator[Edge]:
    """Yield a thin line between what is attached, and GPUs and NICs of one place, if no link joins them."""
    linked = {frozenset((line.a, line.b)) for line in lines}
    seen: set[frozenset[str]] = set()
    for one, other in _attached(fabric):
        pair = frozenset((one, other))
        if pair <= set(labels) and pair not in linked | seen:
            seen.add(pair)
            yield Edge(other, one, (), ATTACHED, tip=f"{one} attached to {other}")
    gpus, nics = ([one for one in fabric.groups if one.type.role == role] for role in NEAR)
    for gpu, nic in ((gpu, nic) for gpu in gpus for nic in nics):
        pair = frozenset((gpu.label, nic.label))
        place = _shared_place(gpu, nic)
        if place and pair <= set(labels) and pair not in linked | seen:
            seen.add(pair)
            said = f"{gpu.label} and {nic.label} in the same {place}"
            yield Edge(gpu.label, nic.label, (), ATTACHED, tip=said)


def _attached(fabric: Fabric) -> Iterator[tuple[str, str]]:
    """Yield the labels of attached devices and of those that they belong to."""
    firsts = [group.first for group in fabric.groups]
    for one in fabric.attached:
        groups = (np.searchsorted(firsts, side, side="right") - 1 for side in (one.device, one.to))
        for pair in np.unique(np.stack(list(groups), 1), axis=0).tolist():
            device, to = (fabric.groups[index].label for index in pair)
            yield device, to


def _shared_place(one: DeviceGroup, other: DeviceGroup) -> str:
    """Return the type of the innermost place below the rack that holds devices of both groups."""
    shared = ""
    for step, beside in zip(one.path[:-1], other.path[:-1], strict=False):
        if step != beside:
            break
        shared = "" if step.level in ("rack", None) else step.type
    return shared


def _length_words(link: LinkGroup, lengths: tuple[int, int] | None) -> str:
    if lengths is None:
        return ""
    return span(*lengths) + (" (default)" if link.lengths.with_basis("default") else "")


def _length_span(line: _Line) -> tuple[int, int] | None:
    """Return the shortest and the longest in mm, None where one is unknown or all are on boards."""
    far = line.b or line.link.outside
    found = [one.length_mm for one in line.link.lengths if (one.a_type, one.b_type) == (line.a, far)]
    known = [length for length in found if length is not None]
    return (min(known), max(known)) if known and len(known) == len(found) and any(known) else None
