"""Lines of a contracted diagram: bundles between two boxes, merged by link group; and the legend."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.contracted.words import bundle_words, medium_words
from topogen.draw.picture import Edge, LegendRow, stroke_of
from topogen.expand import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.contract import Bundles
    from topogen.draw.contracted.scene import Scene
    from topogen.draw.picture import Stroke
    from topogen.fabric import Fabric, Ints, LinkGroup

SWITCH_HEIGHT = 2


def edges_of(scene: Scene) -> tuple[Edge, ...]:
    """Return the lines, link group after link group."""
    pairs = zip(scene.fabric.links, scene.contraction.bundles, strict=True)
    return tuple(edge for link, bundles in pairs for edge in _edges(scene, link, bundles))


def _edges(scene: Scene, link: LinkGroup, bundles: Bundles) -> Iterator[Edge]:
    """Yield a line for each two boxes that a link group joins, from the higher to the lower."""
    between = bundles.a != bundles.b
    a, b, links = bundles.a[between], bundles.b[between], bundles.links[between]
    box_a = scene.merged.box[a]
    box_b = np.where(b == OUTSIDE, OUTSIDE, scene.merged.box[b])
    far = _leaves_frame(scene, a, b, box_a, box_b)
    low, high = np.minimum(box_a, box_b), np.maximum(box_a, box_b)
    kinds, first, index = np.unique(
        np.stack([high, low, far], axis=1), axis=0, return_index=True, return_inverse=True
    )
    for kind in np.argsort(first):
        mine = index.ravel() == kind
        suffix = f", between {_frames_name(scene, int(kinds[kind][0]))}" if kinds[kind][2] else ""
        one = int(first[kind])
        yield _edge(
            scene,
            link,
            (int(box_a[one]), int(box_b[one])),
            bundle_words(scene.fabric, link, links[mine], suffix),
        )


def _leaves_frame(scene: Scene, a: Ints, b: Ints, box_a: Ints, box_b: Ints) -> Ints:
    """Return where both ends are drawn in one merged frame but stand in two of its places."""
    frames = np.array([OUTSIDE if box.frame is None else box.frame for box in scene.merged.boxes])
    same = (b != OUTSIDE) & (frames[box_a] == frames[box_b]) & (frames[box_a] != OUTSIDE)
    return np.asarray(same & (scene.merged.within[a] != scene.merged.within[b]), np.int64)


def _frames_name(scene: Scene, box: int) -> str:
    frame = scene.merged.boxes[box].frame
    assert frame is not None  # noqa: S101 - a bundle leaves a frame only if there is one
    return scene.fabric.places[scene.merged.frames[frame].copies[0][0]].level + "s"


def _edge(scene: Scene, link: LinkGroup, ends: tuple[int, int], lines: tuple[str, ...]) -> Edge:
    """Return a line with its higher end first; outside stands above switches and below what computes."""
    a, b = ends
    heights = [box.height for box in scene.merged.boxes]
    far = f"outside: {link.outside}" if b == OUTSIDE else scene.id_of(b)
    a_is_higher = heights[a] < SWITCH_HEIGHT if b == OUTSIDE else heights[a] > heights[b]
    stroke = _stroke(scene.fabric, link, a_first=a_is_higher)
    near = scene.id_of(a)
    frame = "" if b == OUTSIDE else scene.common_frame(a, b)
    return Edge(*((near, far) if a_is_higher else (far, near)), lines, stroke, frame)


def _stroke(fabric: Fabric, link: LinkGroup, *, a_first: bool = True) -> Stroke:
    names = tuple(dict.fromkeys(link.media or ()))
    ordered = names if a_first else tuple(reversed(names))
    return stroke_of(tuple(fabric.catalog.media[name] for name in ordered), link.network)


def legend_of(scene: Scene) -> tuple[LegendRow, ...]:
    """Return one row a medium, and one a network that has lines, in the order in which the links use them."""
    links, media = scene.fabric.links, scene.fabric.catalog.media
    names = dict.fromkeys(name for link in links for name in link.media or ())
    rows = [LegendRow(stroke_of((media[name],), "scale_out"), medium_words(media, name)) for name in names]
    mixed = (link for link in links if len(set(link.media or ())) > 1)
    text = "two colours: the medium of each end"
    rows += [LegendRow(_stroke(scene.fabric, link), text) for link in islice(mixed, 1)]
    if any(link.media is None for link in links):
        rows.append(LegendRow(stroke_of((), "scale_out"), "no medium named: links are counted, not bought"))
    pairs = zip(links, scene.contraction.bundles, strict=True)
    networks = dict.fromkeys(link.network for link, bundles in pairs if (bundles.a != bundles.b).any())
    return (*rows, *(LegendRow(stroke_of((), name), f"network {name}: this thick") for name in networks))
