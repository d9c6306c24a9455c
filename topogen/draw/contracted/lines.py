"""Lines of a contracted diagram: bundles between two boxes, merged by link group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.contracted.words import bundle_words
from topogen.draw.picture import Edge
from topogen.draw.shown.lengths import bundle_lengths
from topogen.draw.shown.strokes import stroke_of_link
from topogen.model.expand import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.contracted.scene import Scene
    from topogen.model.arrays import Ints
    from topogen.model.fabric import LinkGroup

SWITCH_HEIGHT = 2


def edges_of(scene: Scene) -> tuple[Edge, ...]:
    """Return the lines, link group after link group."""
    return tuple(edge for index in range(len(scene.fabric.links)) for edge in _edges(scene, index))


def _edges(scene: Scene, index: int) -> Iterator[Edge]:
    """Yield a line for each two boxes that a link group joins, from the higher to the lower."""
    link, bundles = scene.fabric.links[index], scene.contraction.bundles[index]
    lengths = bundle_lengths(scene.fabric, index, scene.contraction, scene.touched)
    between = bundles.a != bundles.b
    a, b, links = bundles.a[between], bundles.b[between], bundles.links[between]
    box_a = scene.merged.box[a]
    box_b = np.where(b == OUTSIDE, OUTSIDE, scene.merged.box[b])
    far = _leaves_frame(scene, a, b, box_a, box_b)
    low, high = np.minimum(box_a, box_b), np.maximum(box_a, box_b)
    kinds, first, place = np.unique(
        np.stack([high, low, far], axis=1), axis=0, return_index=True, return_inverse=True
    )
    for kind in np.argsort(first):
        mine = place.ravel() == kind
        suffix = f", between {_frames_name(scene, int(kinds[kind][0]))}" if kinds[kind][2] else ""
        one = int(first[kind])
        spans = (
            None if lengths is None else _bundle_span(lengths[0][between][mine], lengths[1][between][mine])
        )
        yield _bundle_edge(
            scene,
            link,
            (int(box_a[one]), int(box_b[one])),
            bundle_words(scene.fabric, link, links[mine], spans, suffix),
        )


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


def _bundle_edge(scene: Scene, link: LinkGroup, ends: tuple[int, int], lines: tuple[str, ...]) -> Edge:
    """Return a line with its higher end first; outside stands above switches and below what computes."""
    a, b = ends
    heights = [box.height for box in scene.merged.boxes]
    far = f"outside: {link.outside}" if b == OUTSIDE else scene.id_of(b)
    a_is_higher = heights[a] < SWITCH_HEIGHT if b == OUTSIDE else heights[a] > heights[b]
    stroke = stroke_of_link(scene.fabric, link, a_first=a_is_higher)
    near = scene.id_of(a)
    frame = "" if b == OUTSIDE else scene.common_frame(a, b)
    return Edge(*((near, far) if a_is_higher else (far, near)), lines, stroke, frame)
