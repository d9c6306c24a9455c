"""Boxes and frames of a contracted diagram, with what they hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.contract import islands
from topogen.draw.contracted.words import (
    inside_words,
    listed,
    names_of,
    part_words,
    row_of,
    units_of,
    wrapped,
)
from topogen.draw.picture import Frame, Kind, Node
from topogen.expand import OUTSIDE
from topogen.fabric import path_name
from topogen.units import format_count

if TYPE_CHECKING:
    from topogen.contract import Contraction
    from topogen.draw.contracted.merging import Box, DrawnFrame, Merged
    from topogen.draw.contracted.standing import Standing
    from topogen.fabric import Fabric, Ints

Share: TypeAlias = tuple[str, int, int | None]
"""A name, how many of it a box holds, and how many each of its places has (None where they differ)."""

KINDS: tuple[Kind, ...] = ("compute", "mixed", "switch")
"""The kind of a box by its height."""


@dataclass(frozen=True)
class Scene:
    """What a picture is made from; ``names`` and ``types`` are those of the nodes of the contraction."""

    fabric: Fabric
    contraction: Contraction
    merged: Merged
    names: tuple[str, ...]
    types: tuple[str, ...]
    devices: dict[str, Ints]
    parts: tuple[Standing, ...]

    def id_of(self, box: int) -> str:
        """Return the id of a box: the full name of its first place."""
        return self.names[int(self.merged.boxes[box].nodes[0])]

    def common_frame(self, a: int, b: int) -> str:
        """Return the id of the innermost frame around two boxes."""
        frames = self.merged.frames
        chains = []
        for box in (a, b):
            chain, frame = [], self.merged.boxes[box].frame
            while frame is not None:
                chain.append(frame)
                frame = frames[frame].parent
            chains.append(chain)
        return next((frame_id(frame) for frame in chains[0] if frame in chains[1]), "")


def frame_id(frame: int | None) -> str:
    """Return the id of a frame, empty for none."""
    return "" if frame is None else f"f{frame}"


# Boxes


def nodes_of(scene: Scene) -> tuple[Node, ...]:
    """Return the boxes, those outside the model last."""
    inside = [_node(scene, number, box) for number, box in enumerate(scene.merged.boxes)]
    labels = dict.fromkeys(link.outside for link in scene.fabric.links if not link.has_b)
    lines = ("outside this file:", "shown, not bought")
    return (*inside, *(Node(f"outside: {label}", label, lines, "outside") for label in labels))


def _node(scene: Scene, number: int, box: Box) -> Node:
    kind = scene.types[box.nodes[0]]
    copies = len(box.nodes)
    title = f"{format_count(copies)} x {kind}" if copies > 1 else _single_title(scene, box)
    return Node(
        scene.id_of(number), title, tuple(_box_lines(scene, box)), KINDS[box.height], frame_id(box.frame)
    )


def _single_title(scene: Scene, box: Box) -> str:
    name, kind = scene.names[box.nodes[0]], scene.types[box.nodes[0]]
    return with_type(name.rpartition("/")[2] if box.frame is not None else name, kind)


def with_type(name: str, kind: str) -> str:
    """Return a name with its type behind it, unless the name says it.

    >>> with_type("r1", "nvl72"), with_type("canister0", "canister")
    ('r1 (nvl72)', 'canister0')
    """
    return name if kind in name else f"{name} ({kind})"


def _box_lines(scene: Scene, box: Box) -> list[str]:
    """Return where the places of a box are, what each holds, and what all hold together."""
    held, parts = _held(scene, box), _parts_at(scene, box)
    lines = wrapped(_where(scene, box))
    if len(box.nodes) == 1:
        for shares in (held, parts):
            lines += wrapped(listed({name: total for name, total, _ in shares}))
        return [*lines, *_inside(scene, box, "inside: ")]
    for shares in (held, parts):
        each = {name: one for name, _, one in shares if one}
        lines += wrapped(f"each: {listed(each)}") if each else []
    lines += _inside(scene, box, "inside each: ")
    return lines + wrapped(f"in all: {listed({name: total for name, total, _ in (*held, *parts)})}")


def _where(scene: Scene, box: Box) -> str:
    """Return the U positions of a box, or the names of its places where it merges several."""
    if scene.contraction.level != "rack":
        units = units_of(scene.fabric, scene.contraction.node, box.nodes)
        if units:
            return units
    if len(box.nodes) == 1:
        return ""
    for place in scene.contraction.places:
        own = (box.nodes >= place.first) & (box.nodes < place.first + place.count)
        if own.all():
            return names_of(place, (box.nodes - place.first).tolist())
    return row_of([scene.names[node] for node in box.nodes.tolist()])


def _held(scene: Scene, box: Box) -> list[Share]:
    counted = [(label, counts[box.nodes]) for label, counts in scene.devices.items()]
    if len(box.nodes) == 1 and box.nodes[0] >= scene.contraction.n_places:
        return []  # the box is the device
    return [
        (label, int(here.sum()), int(here[0]) if (here == here[0]).all() else None)
        for label, here in counted
        if here.any()
    ]


def _parts_at(scene: Scene, box: Box) -> list[Share]:
    """Return the parts that stand in a box; links of several groups may use the same part."""
    totals: Counter[str] = Counter()
    uneven: set[str] = set()
    for one in scene.parts:
        if here := one.at(box.nodes):
            totals[one.part] += here
            if not one.is_even(box.nodes):
                uneven.add(one.part)
    copies = len(box.nodes)
    return [(part, total, None if part in uneven else total // copies) for part, total in totals.items()]


def _inside(scene: Scene, box: Box, start: str) -> list[str]:
    """Return the links between devices of one place, a line for each link group."""
    lines = []
    for link, bundles in zip(scene.fabric.links, scene.contraction.bundles, strict=True):
        own = (bundles.a == bundles.b) & np.isin(bundles.a, box.nodes)
        if own.any():
            lines.append(start + inside_words(link, bundles.links[own]))
    return lines


# Frames


def frames_of(scene: Scene) -> tuple[Frame, ...]:
    """Return the frames, outer before inner."""
    return tuple(_frame(scene, number, frame) for number, frame in enumerate(scene.merged.frames))


def _frame(scene: Scene, number: int, frame: DrawnFrame) -> Frame:
    place = scene.fabric.places[frame.copies[0][0]]
    numbers = [number for _, number in frame.copies]
    if len(numbers) == 1:
        name = path_name(place.path, numbers[0])
        title = with_type(name.rpartition("/")[2] if frame.parent is not None else name, place.template)
        lines = []
    else:
        title = f"{format_count(len(numbers))} x {place.template}"
        lines = [names_of(place, numbers), "(the boxes stand for all of them)"]
    lines += _parts_of_frame(scene, frame)
    return Frame(frame_id(number), title, tuple(lines), frame_id(frame.parent))


def _parts_of_frame(scene: Scene, frame: DrawnFrame) -> list[str]:
    """Return the parts that are rounded by the places of a frame."""
    found: dict[str, Counter[str]] = {}
    for one in scene.parts:
        if _hosts(scene, one, frame):
            here = len(frame.copies) * one.total // _number_of_hosts(scene, one)
            found.setdefault(one.part, Counter())[one.network] += here
    return [line for part, networks in found.items() for line in part_words(part, networks)]


def _number_of_hosts(scene: Scene, one: Standing) -> int:
    places = [
        place for place in scene.fabric.places if place.level == one.level and place.template == one.host
    ]
    return sum(place.count for place in places)


def _hosts(scene: Scene, one: Standing, frame: DrawnFrame) -> bool:
    place = scene.fabric.places[frame.copies[0][0]]
    above = one.hosts is None and place.level == one.level and place.template == one.host
    return above and not one.total % max(1, _number_of_hosts(scene, one))


def parts_elsewhere(scene: Scene) -> list[Standing]:
    """Return the parts that no box and no frame shows in full."""
    left = []
    for one in scene.parts:
        shown = [one.at(box.nodes) for box in scene.merged.boxes]
        if None in shown and not any(_hosts(scene, one, frame) for frame in scene.merged.frames):
            left.append(one)
    return left


# Islands


def split_words(scene: Scene) -> tuple[str, ...]:
    """Return a line that says into how many islands the fabric falls, none where it hangs together."""
    island = islands(scene.contraction)
    count = int(island.max(initial=OUTSIDE)) + 1
    if count <= 1:
        return ()
    outside = list(dict.fromkeys(link.outside for link in scene.fabric.links if not link.has_b))
    who = _islands_are(scene, island, count)
    only = f"; only external links leave one, to {', '.join(outside)}" if outside else ""
    return (f"ISLANDS: {who}: no link of this file joins two of them{only}",)


def _islands_are(scene: Scene, island: Ints, count: int) -> str:
    """Return what the islands are, by the level of the places they fill where they do."""
    within = scene.merged.within
    linked = island != OUTSIDE
    pairs = {(int(a), int(b)) for a, b in zip(island[linked], within[linked], strict=True)}
    if len(pairs) == count == len({place for _, place in pairs}) and OUTSIDE not in {b for _, b in pairs}:
        frame = scene.merged.frames[-1]
        level = scene.fabric.places[frame.copies[0][0]].level
        return f"{format_count(count)} {level}s"
    whole = int(linked.sum()) == count
    return f"{format_count(count)} {scene.contraction.level}s" if whole else f"{format_count(count)} parts"
