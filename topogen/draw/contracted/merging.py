"""Which boxes and frames are drawn: equal places in one box, equal frames in one frame.

A person reads a dozen boxes, not two thousand. Equal places are merged when there are too many of them, finer
differences are given up last, and the text of a box says what it stands for.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.draw.picture import MANY_LINES
from topogen.graph.contract import device_counts, node_types
from topogen.graph.node_classes import node_classes
from topogen.model.equivalence import classify, classify_rows
from topogen.model.expand import OUTSIDE
from topogen.model.path import Steps, count_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from topogen.graph.contract import Contraction
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup, PlaceGroup
    from topogen.model.fabric import Fabric

Instance: TypeAlias = tuple[int, int]
"""A place: index of its place group, number in it."""

A_FEW = 5
"""Equal places that are drawn individually, and boxes per line."""

FEW_CYCLES = 1
"""So many circles the lines of a picture may close: with more they cross each other and each other's text."""

FRAMES_DEEP = 2
NO_FRAME = -1

FRAMES_WIDE = 4
"""Frames that fit side by side on a page."""

PAGE, BOX_WIDE, FRAME_WIDE = 1200, 232, 36
"""Points: a page, about a box, and what a frame adds to the boxes in it."""


@dataclass(frozen=True)
class Box:
    """A drawn box: equal nodes of the contraction, or one node."""

    nodes: Ints
    frame: int | None
    height: int
    """0 for what computes, 1 where it switches too, 2 for what only switches."""


@dataclass(frozen=True)
class DrawnFrame:
    """A drawn frame: equal places, or one place."""

    copies: tuple[Instance, ...]
    parent: int | None


@dataclass(frozen=True)
class MergedNodes:
    """What is drawn.

    ``box`` maps nodes to boxes (-1 where nothing stands), ``within`` to the innermost places around them.
    """

    boxes: tuple[Box, ...]
    frames: tuple[DrawnFrame, ...]
    box: Ints
    within: Ints


def merge(fabric: Fabric, contraction: Contraction) -> MergedNodes:
    """Return the boxes and frames of a picture: the finest that has at most a few boxes side by side.

    Where even that has too many lines, places that hold the same kinds of devices share a box, and devices
    outside all places of the level stand in no frame.
    """
    chains = _chains(fabric, contraction)
    heights = _heights(fabric, contraction)
    merged = None
    templates = [place.template for place in fabric.places]
    within = _within(chains)
    for classes in _drawn_classes(fabric, contraction):
        members = _members(chains, heights.tolist(), classes.tolist())
        for few in ((A_FEW, A_FEW), (1, A_FEW), (1, 1)):
            merged = _Merging(templates, within, heights, classes, members, few).done()
            if _is_readable(contraction, merged):
                return merged
    assert merged is not None  # noqa: S101 - the ladder has rungs
    if not _is_crowded(contraction, merged):
        return merged
    kinds = _kinds(fabric, contraction)
    alone = contraction.n_places
    unframed = [*chains[:alone], *([()] * (len(chains) - alone))]
    members = _members(unframed, heights.tolist(), kinds.tolist())
    return _Merging(None, _within(unframed), heights, kinds, members, (1, 1)).done()


def _is_crowded(contraction: Contraction, merged: MergedNodes) -> bool:
    """Return whether more lines join boxes than a page holds."""
    return len(_joined(contraction, merged)) > MANY_LINES


def _joined(contraction: Contraction, merged: MergedNodes) -> set[tuple[int, int]]:
    """Return which two boxes are joined by links; what is outside is a box of its own."""
    pairs: set[tuple[int, int]] = set()
    for index, bundles in enumerate(contraction.bundles):
        a, inside = merged.box[bundles.a], bundles.b != OUTSIDE
        beyond = len(merged.boxes) + index
        b = np.where(inside, merged.box[np.where(inside, bundles.b, 0)], beyond)
        keys = np.unique(np.minimum(a, b)[a != b] * (beyond + 1) + np.maximum(a, b)[a != b])
        pairs.update(divmod(key, beyond + 1) for key in keys.tolist())
    return pairs


def _is_readable(contraction: Contraction, merged: MergedNodes) -> bool:
    """Return whether few boxes stand side by side, and hardly any lines have to cross."""
    rows = Counter(box.height for box in merged.boxes)
    innermost = len(merged.frames) - len({frame.parent for frame in merged.frames} - {None})
    wide = max(rows.values(), default=0) * BOX_WIDE + innermost * FRAME_WIDE
    few = wide <= PAGE and innermost <= FRAMES_WIDE
    return few and _cycles(_joined(contraction, merged)) <= FEW_CYCLES


def _cycles(pairs: set[tuple[int, int]]) -> int:
    """Return how many of some lines close a circle; without any, a drawing needs no crossing.

    >>> _cycles({(0, 1), (1, 2), (0, 2), (3, 4)})
    1
    """
    group: dict[int, int] = {}
    cycles = 0
    for a, b in sorted(pairs):
        kept, gone = group.setdefault(a, a), group.setdefault(b, b)
        cycles += kept == gone
        group = {box: kept if one == gone else one for box, one in group.items()}
    return cycles


def _drawn_classes(fabric: Fabric, contraction: Contraction) -> Iterator[Ints]:
    """Yield the classes of nodes, finest first: equal in all links, equal inside, of one type."""
    types = classify(node_types(fabric, contraction)).class_of
    looks = [types, *device_counts(fabric, contraction).values()]
    for bundles in contraction.bundles:
        inside = np.zeros(contraction.n_nodes, np.int64)
        own = bundles.a == bundles.b
        inside[bundles.a[own]] = bundles.links[own]
        looks.append(inside)
    look = classify_rows(np.stack(looks, axis=1)).class_of
    yield node_classes(fabric, contraction, look)
    yield look
    yield types


def _kinds(fabric: Fabric, contraction: Contraction) -> Ints:
    """Return the classes of nodes that hold devices of the same kinds, of whatever template and number."""
    counts = np.stack(list(device_counts(fabric, contraction).values()), axis=1)
    return classify_rows((counts > 0).astype(np.int64)).class_of


def _heights(fabric: Fabric, contraction: Contraction) -> Ints:
    """Return how high each node is drawn, -1 where there is no device or it is not shown."""
    switches = np.zeros(contraction.n_nodes, bool)
    others = np.zeros(contraction.n_nodes, bool)
    for group in fabric.groups:
        kind = switches if group.type.role in ("switch", "ocs") else others
        kind[contraction.node[group.first : group.first + group.count]] = True
    heights = np.where(switches, np.where(others, 1, 2), np.where(others, 0, -1))
    return np.where(contraction.shown, heights, -1)


# The places around a node


def _chains(fabric: Fabric, contraction: Contraction) -> list[tuple[Instance, ...]]:
    """Return the places around each node, outermost first, at most ``FRAMES_DEEP`` of them."""
    index = {place.path: number for number, place in enumerate(fabric.places)}
    chains: list[tuple[Instance, ...]] = [()] * contraction.n_nodes
    for place in contraction.places:
        chains[place.first : place.first + place.count] = _around(index, place, range(place.count))
    for group in fabric.groups:
        mine = (contraction.alone >= group.first) & (contraction.alone < group.first + group.count)
        devices = contraction.alone[mine].tolist()
        found = _around(index, group, [device - group.first for device in devices])
        for device, around in zip(devices, found, strict=True):
            chains[contraction.node[device]] = around or _rack(fabric, int(fabric.sites.rack[device]))
    return chains


def _around(
    index: dict[Steps, int], inner: PlaceGroup | DeviceGroup, numbers: Sequence[int]
) -> list[tuple[Instance, ...]]:
    """Return the places around some copies of a place or device, outermost first."""
    paths = [inner.path[:depth] for depth in range(1, len(inner.path)) if inner.path[:depth] in index]
    around = [(index[path], count_of(inner.path[len(path) :])) for path in paths[-FRAMES_DEEP:]]
    return [tuple((place, number // copies) for place, copies in around) for number in numbers]


def _within(chains: Sequence[tuple[Instance, ...]]) -> tuple[Ints, list[Instance]]:
    """Return the innermost place around each node, -1 where there is none, and these places."""
    index: dict[Instance, int] = {}
    within = [index.setdefault(chain[-1], len(index)) if chain else OUTSIDE for chain in chains]
    return np.array(within, np.int64), list(index)


def _rack(fabric: Fabric, rack: int) -> tuple[Instance, ...]:
    """Return the rack that a made switch was stood in."""
    for index, place in enumerate(fabric.places):
        if place.level == "rack" and place.first <= rack < place.first + place.count:
            return ((index, rack - place.first),)
    return ()


# Merging


def _members(
    chains: Sequence[tuple[Instance, ...]], heights: Sequence[int], classes: Sequence[int]
) -> tuple[dict[Instance, Counter[int]], dict[Instance, Instance | None]]:
    """Return how many nodes of each class stand in each place, and the place around each of these."""
    members: dict[Instance, Counter[int]] = {}
    parents: dict[Instance, Instance | None] = {}
    for chain, kind, height in zip(chains, classes, heights, strict=True):
        for depth, place in enumerate(chain if height >= 0 else ()):
            if place not in members:
                members[place], parents[place] = Counter(), chain[depth - 1] if depth else None
            members[place][kind] += 1
    return members, parents


class _Merging:
    """One attempt: equal places are drawn one by one up to a ``few`` boxes and frames of them.

    Without ``templates`` places with the same kinds of nodes are equal.
    """

    def __init__(
        self,
        templates: Sequence[str] | None,
        within: tuple[Ints, list[Instance]],
        heights: Ints,
        classes: Ints,
        members: tuple[dict[Instance, Counter[int]], dict[Instance, Instance | None]],
        few: tuple[int, int],
    ) -> None:
        self.templates = templates
        self.within, self.heights, self.classes, self.members = within, heights, classes, members
        self.few_boxes, self.few_frames = few
        self.frames: list[DrawnFrame] = []
        self.frame_of: dict[Instance, int] = {}

    def done(self) -> MergedNodes:
        """Return what is drawn."""
        self._merge_frames()
        boxes = self._boxes()
        box = np.full(len(self.heights), OUTSIDE, np.int64)
        for number, one in enumerate(boxes):
            box[one.nodes] = number
        return MergedNodes(tuple(boxes), tuple(self.frames), box, self.within[0])

    def _merge_frames(self) -> None:
        """Give the frames numbers, outer first; equal ones share a number where they are too many."""
        members, parents = self.members
        outer = [place for place in members if parents[place] is None]
        for places in (outer, [place for place in members if parents[place] is not None]):
            groups: dict[tuple[int | None, Hashable], list[Instance]] = {}
            for place in places:
                around = parents[place]
                inside = members[place]
                look: Hashable = frozenset(inside)
                if self.templates is not None:
                    look = (self.templates[place[0]], frozenset(inside.items()))
                groups.setdefault((self.frame_of[around] if around else None, look), []).append(place)
            for (parent, _), copies in groups.items():
                self._add_frames(parent, copies)

    def _add_frames(self, parent: int | None, copies: list[Instance]) -> None:
        together = len(copies) > self.few_frames
        for shared in [copies] if together else [[one] for one in copies]:
            self.frame_of.update(dict.fromkeys(shared, len(self.frames)))
            self.frames.append(DrawnFrame(tuple(shared), parent))

    def _boxes(self) -> list[Box]:
        """Return the boxes: nodes of a class in a frame, together or one by one."""
        place, places = self.within
        frame = np.array([*(self.frame_of.get(one, NO_FRAME) for one in places), NO_FRAME])[place]
        nodes = np.flatnonzero(self.heights >= 0)
        groups = classify_rows(np.stack([frame, self.classes], axis=1)[nodes]).by_representative()
        boxes = []
        for members in groups.members:
            ours = nodes[members]
            number, height = int(frame[ours[0]]), int(self.heights[ours[0]])
            around = None if number == NO_FRAME else number
            together = len(ours) > (0 if self._is_shared(around) else self.few_boxes)
            boxes += [Box(one, around, height) for one in ([ours] if together else np.split(ours, len(ours)))]
        return boxes

    def _is_shared(self, frame: int | None) -> bool:
        """Return whether a frame, or one around it, stands for several places."""
        if frame is None:
            return False
        return len(self.frames[frame].copies) > 1 or self._is_shared(self.frames[frame].parent)
