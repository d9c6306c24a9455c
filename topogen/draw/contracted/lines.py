"""Lines of a contracted diagram: bundles between two boxes, merged by link group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.contracted.words import bundle_words, bundles_of
from topogen.draw.picture import Badge, Edge
from topogen.draw.shown.lengths import bundle_lengths
from topogen.draw.shown.levels import TOP, levels_of
from topogen.draw.shown.strokes import stroke_of_link
from topogen.draw.shown.words import badge_words
from topogen.model.expand import OUTSIDE
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.contracted.scene import Scene
    from topogen.draw.picture import Node
    from topogen.model.arrays import Ints
    from topogen.model.links import LinkGroup


MIXED = 1
"""The height of boxes that compute and switch: those stand side by side."""


@dataclass(frozen=True)
class BoxLink:
    """Links of a group between two boxes, or in one: ``b`` is ``OUTSIDE`` where the far end is.

    ``links`` has one number a bundle, ``leaves`` is whether they join places that one frame stands for.
    """

    link: LinkGroup
    a: int
    b: int
    links: Ints
    lengths: tuple[int, int] | None
    leaves: str

    def far(self, scene: Scene) -> str:
        """Return the id of the box at the b end."""
        return f"outside: {self.link.outside}" if self.b == OUTSIDE else scene.id_of(self.b)


def box_links(scene: Scene) -> list[BoxLink]:
    """Return what joins the boxes of a picture, link group after link group."""
    return [one for index in range(len(scene.fabric.links)) for one in _box_links(scene, index)]


def _box_links(scene: Scene, index: int) -> Iterator[BoxLink]:
    """Yield the links of a group for each two boxes that they join."""
    link, bundles = scene.fabric.links[index], scene.contraction.bundles[index]
    lengths = bundle_lengths(scene.fabric, index, scene.contraction, scene.touched)
    between = bundles.a != bundles.b
    a, b, links = bundles.a[between], bundles.b[between], bundles.links[between]
    box_a = scene.merged.box[a]
    box_b = np.where(b == OUTSIDE, OUTSIDE, scene.merged.box[b])
    far = _leaves_frame(scene, a, b, box_a, box_b)
    low, high = np.minimum(box_a, box_b), np.maximum(box_a, box_b)
    boxes = len(scene.merged.boxes) + 1  # one more, the outside
    _, first, place = np.unique(
        (high * boxes + low - OUTSIDE) * 2 + far, return_index=True, return_inverse=True
    )
    for kind in np.argsort(first):
        mine = place == kind
        one = int(first[kind])
        leaves = f"between {_frames_name(scene, int(high[one]))}" if far[one] else ""
        spans = (
            None if lengths is None else _bundle_span(lengths[0][between][mine], lengths[1][between][mine])
        )
        yield BoxLink(link, int(box_a[one]), int(box_b[one]), links[mine], spans, leaves)


def edges_of(scene: Scene, joined: Sequence[BoxLink], levels: Mapping[str, int]) -> tuple[Edge, ...]:
    """Return a line for what joins two boxes, from the higher to the lower."""
    return tuple(_edge(scene, one, levels) for one in joined if one.a != one.b)


def badges_of(scene: Scene, joined: Sequence[BoxLink]) -> dict[int, list[Badge]]:
    """Return by box the links between its places, which no line shows."""
    found: dict[int, list[Badge]] = {}
    for one in joined:
        if one.a == one.b:
            total = int(one.links.sum())
            words = badge_words(one.link, total, one.leaves or "among them")
            found.setdefault(one.a, []).append(Badge(stroke_of_link(scene.fabric, one.link), words, total))
    return found


def levels_of_boxes(scene: Scene, nodes: Sequence[Node], joined: Sequence[BoxLink]) -> dict[str, int]:
    """Return how high each box stands: what computes below, switches above, what is outside on top."""
    heights = [box.height for box in scene.merged.boxes]
    bottom = min(heights, default=0)
    lowest = {node.id: TOP for node in nodes}
    lowest |= {scene.id_of(number): height - bottom for number, height in enumerate(heights)}
    stacked = [one for one in joined if one.b == OUTSIDE or {heights[one.a], heights[one.b]} != {MIXED}]
    return levels_of(lowest, [(scene.id_of(one.a), one.far(scene)) for one in stacked])


def _bundle_span(low: Ints, high: Ints) -> tuple[int, int] | None:
    """Return the shortest and the longest of some bundles, None where one is unknown or all are 0."""
    return (int(low.min()), int(high.max())) if low.min() >= 0 and high.max() > 0 else None


def _leaves_frame(scene: Scene, a: Ints, b: Ints, box_a: Ints, box_b: Ints) -> Ints:
    """Return where both ends are drawn in one merged frame but are in two of its places."""
    frames = np.array([OUTSIDE if box.frame is None else box.frame for box in scene.merged.boxes])
    same = (b != OUTSIDE) & (frames[box_a] == frames[box_b]) & (frames[box_a] != OUTSIDE)
    return np.asarray(same & (scene.merged.within[a] != scene.merged.within[b]), np.int64)


def _frames_name(scene: Scene, box: int) -> str:
    frame = scene.merged.boxes[box].frame
    assert frame is not None  # noqa: S101 - a bundle leaves a frame only if there is one
    return scene.fabric.places[scene.merged.frames[frame].copies[0][0]].level + "s"


def _edge(scene: Scene, one: BoxLink, levels: Mapping[str, int]) -> Edge:
    near, far = scene.id_of(one.a), one.far(scene)
    a_is_higher = levels[near] > levels[far]
    return Edge(
        *((near, far) if a_is_higher else (far, near)),
        bundle_words(scene.fabric, one.link, one.links, one.lengths, one.leaves),
        stroke_of_link(scene.fabric, one.link, a_first=a_is_higher),
        "" if one.b == OUTSIDE else scene.common_frame(one.a, one.b),
        links=int(one.links.sum()),
        **scene.tips.links(one.link, int(one.links.sum()), bundles_of(one.links), one.lengths)._asdict(),
    )
