"""Boxes and frames of a contracted diagram, with what they hold."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.draw.contracted.words import inside_words, names_of, part_words, units_of
from topogen.draw.picture import Badge, Frame, Kind, Node, Pieces
from topogen.draw.shown.strokes import stroke_of_link
from topogen.draw.shown.things import device_colours, part_colours, pieces_of, pieces_of_places
from topogen.draw.shown.words import BOX_LINE, named, outside_title, role_words, with_type, wrapped
from topogen.graph.contract import islands
from topogen.model.expand import OUTSIDE
from topogen.model.fabric import group_of
from topogen.model.path import path_name
from topogen.records import dataclass
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.contracted.merging import Box, DrawnFrame, MergedNodes
    from topogen.draw.shown.part_pieces import PartPieces
    from topogen.draw.shown.tips import Tip, Tips
    from topogen.graph.contract import Contraction
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

Share: TypeAlias = tuple[str, int, int | None]
"""A name, how many of it a box holds, and how many each of its places has (None where they differ)."""

SWITCHES = 2
"""The height of a box that holds switches only."""

KINDS: tuple[Kind, ...] = ("compute", "mixed", "switch")
"""The kind of a box by its height."""


@dataclass(frozen=True)
class Scene:
    """What a picture is made from; ``names`` and ``types`` are those of the nodes of the contraction."""

    fabric: Fabric
    contraction: Contraction
    merged: MergedNodes
    names: tuple[str, ...]
    types: tuple[str, ...]
    devices: dict[str, Ints]
    parts: tuple[PartPieces, ...]
    tips: Tips
    touched: Selection | None = None

    @property
    def links(self) -> tuple[LinkGroup, ...]:
        """Return the link groups of which links are shown."""
        pairs = zip(self.fabric.links, self.contraction.bundles, strict=True)
        return tuple(link for link, bundles in pairs if len(bundles.links))

    @cached_property
    def colours(self) -> dict[str, str]:
        """Return the colours of devices and parts, by what they are called."""
        return {**part_colours(self.fabric, self.parts), **device_colours(self.fabric)}

    def id_of(self, box: int) -> str:
        """Return the id of a box: the full name of its first place."""
        return self.names[int(self.merged.boxes[box].nodes[0])]

    def frames_around(self, frame: int | None) -> list[int]:
        """Return a frame and those around it, the innermost first."""
        chain = []
        while frame is not None:
            chain.append(frame)
            frame = self.merged.frames[frame].parent
        return chain

    def common_frame(self, a: int, b: int) -> str:
        """Return the id of the innermost frame around two boxes."""
        one, other = (self.frames_around(self.merged.boxes[box].frame) for box in (a, b))
        return next((frame_id(frame) for frame in one if frame in other), "")


def frame_id(frame: int | None) -> str:
    """Return the id of a frame, empty for none."""
    return "" if frame is None else f"f{frame}"


# Boxes


def nodes_of(scene: Scene, badges: Mapping[int, Sequence[Badge]]) -> tuple[Node, ...]:
    """Return the boxes, those outside the model last."""
    inside = [
        _node(scene, number, box, badges.get(number, ())) for number, box in enumerate(scene.merged.boxes)
    ]
    labels = dict.fromkeys(link.outside for link in scene.links if not link.has_b)
    return (*inside, *(_outside(scene, label) for label in labels))


def _outside(scene: Scene, label: str) -> Node:
    ends = [link.name for link in scene.links if not link.has_b and link.outside == label]
    tip = scene.tips.box(f"{label}: not modelled", {}, {}, ends)
    title = outside_title(label)
    return Node(f"outside: {label}", title, ("not modelled",), "outside", **tip._asdict())


def _node(scene: Scene, number: int, box: Box, badges: Sequence[Badge]) -> Node:
    copies = len(box.nodes)
    return Node(
        scene.id_of(number),
        _copies_title([scene.types[node] for node in box.nodes.tolist()], scene.contraction.level)
        if copies > 1
        else _single_title(scene, box),
        tuple(wrapped(_where(scene, box), BOX_LINE)),
        KINDS[box.height],
        frame_id(box.frame),
        _contents(scene, box),
        (*_inside(scene, box), *badges),
        **_box_tip(scene, number)._asdict(),
    )


def _box_tip(scene: Scene, number: int) -> Tip:
    """Return the name of a box, what it holds, and the link groups that end in it."""
    copies = len(scene.merged.boxes[number].nodes)
    more = f", the first of {format_count(copies)}" if copies > 1 else ""
    name = f"{scene.id_of(number)}{more}"
    return scene.tips.box(name, *_things(scene, {number}), _groups_at(scene, {number}))


def _things(scene: Scene, boxes: set[int]) -> tuple[dict[str, int], Counter[str]]:
    """Return how many devices of each label and how many of each part some boxes have in all."""
    nodes = np.isin(scene.merged.box, sorted(boxes))
    parts: Counter[str] = Counter()
    for one in scene.parts:
        parts[one.part] += int(one.here[nodes].sum())
    return {label: int(counts[nodes].sum()) for label, counts in scene.devices.items()}, parts


def _groups_at(scene: Scene, boxes: set[int]) -> list[str]:
    """Return the link groups that have an end in some boxes."""
    nodes = np.isin(np.append(scene.merged.box, OUTSIDE), sorted(boxes))  # one more, the outside
    pairs = zip(scene.fabric.links, scene.contraction.bundles, strict=True)
    return [link.name for link, one in pairs if nodes[one.a].any() or nodes[one.b].any()]


def _copies_title(types: Sequence[str], level: str) -> str:
    """Return how many places of what: of one type by its name, of several by their level.

    >>> _copies_title(["nvl72", "nvl72"], "rack"), _copies_title(["row_a", "row_b"], "rack")
    ('2 x nvl72', '2 racks of 2 types')
    """
    count, kinds = format_count(len(types)), len(set(types))
    return f"{count} x {types[0]}" if kinds == 1 else f"{count} {level}s of {format_count(kinds)} types"


def _single_title(scene: Scene, box: Box) -> str:
    name, kind = scene.names[box.nodes[0]], scene.types[box.nodes[0]]
    return with_type(name.rpartition("/")[2] if box.frame is not None else name, kind)


def _contents(scene: Scene, box: Box) -> tuple[Pieces, ...]:
    """Return what each place of a box holds, and in all what they hold differently many of."""
    shares = [*_held(scene, box), *_parts_at(scene, box)]
    colours = scene.colours
    if len(box.nodes) == 1:
        return pieces_of({name: total for name, total, _ in shares}, colours)
    each = pieces_of_places({name: one for name, _, one in shares if one}, len(box.nodes), colours)
    different = {name: total for name, total, one in shares if not one}
    return (*_devices_themselves(scene, box, colours), *each, *pieces_of(different, colours, " in all"))


def _devices_themselves(scene: Scene, box: Box, colours: Mapping[str, str]) -> tuple[Pieces, ...]:
    """Return the squares of a box of devices that stand in no smaller place."""
    if box.nodes[0] < scene.contraction.n_places:
        return ()
    kind = next(label for label, counts in scene.devices.items() if counts[box.nodes[0]])
    return (Pieces(len(box.nodes), colours[kind], ""),)


def _where(scene: Scene, box: Box) -> str:
    """Return the U positions of a box, or the names of its places where it merges several."""
    if scene.contraction.level != "rack":
        units = units_of(scene.fabric, scene.contraction.node, box.nodes)
        if units:
            return units
    if len(box.nodes) == 1:
        return _role_of(scene, int(box.nodes[0]))
    for place in scene.contraction.places:
        own = (box.nodes >= place.first) & (box.nodes < place.first + place.count)
        if own.all():
            return names_of(place, (box.nodes - place.first).tolist())
    return named([scene.names[node] for node in box.nodes.tolist()])


def _role_of(scene: Scene, node: int) -> str:
    """Return what a box that is a device is; nothing for a place."""
    if node < scene.contraction.n_places:
        return ""
    device = int(scene.contraction.alone[node - scene.contraction.n_places])
    group = group_of(scene.fabric, device)
    return role_words(group.type.role, group.label)


def _held(scene: Scene, box: Box) -> list[Share]:
    if box.nodes[0] >= scene.contraction.n_places:
        return []  # the box is the device, or devices
    counted = [(label, counts[box.nodes]) for label, counts in scene.devices.items()]
    return [_share(label, here) for label, here in counted if here.any()]


def _parts_at(scene: Scene, box: Box) -> list[Share]:
    """Return the parts in a box; links of several groups may use the same part."""
    counts: dict[str, Ints] = {}
    for one in scene.parts:
        here = one.here[box.nodes]
        if here.any():
            counts[one.part] = counts.get(one.part, 0) + here
    return [_share(part, here) for part, here in counts.items()]


def _share(name: str, here: Ints) -> Share:
    return name, int(here.sum()), int(here[0]) if (here == here[0]).all() else None


def _inside(scene: Scene, box: Box) -> Iterator[Badge]:
    """Yield the links between devices of one place, once for each link group."""
    for link, bundles in zip(scene.fabric.links, scene.contraction.bundles, strict=True):
        own = (bundles.a == bundles.b) & np.isin(bundles.a, box.nodes)
        if own.any():
            links = bundles.links[own]
            yield Badge(stroke_of_link(scene.fabric, link), inside_words(link, links), int(links.sum()))


# Frames


def frames_of(scene: Scene) -> tuple[Frame, ...]:
    """Return the frames, outer before inner."""
    return tuple(_frame(scene, number, frame) for number, frame in enumerate(scene.merged.frames))


def _frame(scene: Scene, number: int, frame: DrawnFrame) -> Frame:
    places = [(scene.fabric.places[index], copy) for index, copy in frame.copies]
    names = [path_name(place.path, copy) for place, copy in places]
    kind = places[0][0].template
    if len(names) == 1:
        title = with_type(names[0].rpartition("/")[2] if frame.parent is not None else names[0], kind)
        lines = []
    else:
        title = _copies_title([place.template for place, _ in places], places[0][0].level)
        of_one = len({index for index, _ in frame.copies}) == 1
        shown = names_of(places[0][0], [copy for _, copy in places]) if of_one else named(names)
        lines = [*wrapped(shown), f"drawn as one, counted over all {format_count(len(names))}"]
    shared = _parts_of_frame(scene, frame)
    pieces = [
        Pieces(networks.total(), scene.colours[part], part_words(part, networks))
        for part, networks in shared.items()
    ]
    heights = {box.height for box in scene.merged.boxes if box.frame == number}
    return Frame(
        frame_id(number),
        title,
        tuple(lines),
        frame_id(frame.parent),
        below=heights != {SWITCHES},
        pieces=tuple(pieces),
        **_frame_tip(scene, number, title)._asdict(),
    )


def _frame_tip(scene: Scene, number: int, title: str) -> Tip:
    """Return what a frame is, everything in it, and the link groups that end in it."""
    boxes = {at for at, box in enumerate(scene.merged.boxes) if number in scene.frames_around(box.frame)}
    devices, parts = _things(scene, boxes)
    for inner, frame in enumerate(scene.merged.frames):
        if number in scene.frames_around(inner):
            parts.update(
                {part: sum(shared.values()) for part, shared in _parts_of_frame(scene, frame).items()}
            )
    return scene.tips.box(title, devices, parts, _groups_at(scene, boxes))


def _parts_of_frame(scene: Scene, frame: DrawnFrame) -> dict[str, Counter[str]]:
    """Return the parts that the places of a frame share out inside them, by network."""
    found: dict[str, Counter[str]] = {}
    for one in scene.parts:
        if here := _in_frame(scene, one, frame):
            found.setdefault(one.part, Counter())[one.network] += here
    return found


def _in_frame(scene: Scene, one: PartPieces, frame: DrawnFrame) -> int:
    """Return the pieces of a part that are counted by the places of a frame."""
    places = [(scene.fabric.places[index], number) for index, number in frame.copies]
    ids = [place.first + number for place, number in places if place.level == one.level]
    return int(one.larger[[number for number in ids if number < len(one.larger)]].sum())


def parts_elsewhere(scene: Scene) -> dict[tuple[str, str, str], int]:
    """Return how many of (part, network, level) no box and no frame shows."""
    left: Counter[tuple[str, str, str]] = Counter()
    for one in scene.parts:
        shown = sum(_in_frame(scene, one, frame) for frame in scene.merged.frames)
        left[one.part, one.network, one.level] += int(one.larger.sum()) - shown
    return dict(+left)


# Islands


def split_words(scene: Scene) -> tuple[str, ...]:
    """Return a line that says into how many islands the fabric falls, none where it hangs together."""
    island = islands(scene.contraction)
    count = int(island.max(initial=OUTSIDE)) + 1
    if count <= 1:
        return ()
    outside = list(dict.fromkeys(link.outside for link in scene.fabric.links if not link.has_b))
    who = _islands_are(scene, island, count)
    beyond = f"; their links to {' and '.join(outside)} lead out of it" if outside else ""
    return (f"no link in this model joins the {who} to each other{beyond}",)


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
