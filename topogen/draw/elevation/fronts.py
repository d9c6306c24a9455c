"""Fronts of racks: which racks look alike, and what each shows at which U."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import classify, classify_rows
from topogen.model.expand import OUTSIDE, expand_parts
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.draw.shown.boxes import Boxes, Thing
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

AT_ONCE = 1_000_000
"""Links that are counted at a time."""


@dataclass(frozen=True, eq=False)
class Front:
    """Equal racks: ``boxes`` are those of the first of them, with a U, from the lowest up.

    ``counts``, shape (boxes, things), ``shared``, shape (things,), for one rack; ``total`` for all of them.
    ``loose``, shape (things,), is what stands in one of them at no known U, in ``loose_boxes`` boxes;
    ``unplaced`` says whether anything stands there at no known U, picked or not; ``node``, shape (devices,),
    maps all devices to boxes.
    """

    racks: Ints
    names: list[str]
    boxes: Ints
    tips: list[str]
    unit: Ints
    height: Ints
    counts: Ints
    shared: Ints
    loose: Ints
    loose_boxes: int
    unplaced: bool
    node: Ints
    total: Ints
    picked: Bools
    things: tuple[Thing, ...]


def fronts_of(fabric: Fabric, boxes: Boxes) -> list[Front]:
    """Return the racks that hold something picked with a U, equal ones together, in their order."""
    shown = np.flatnonzero((boxes.unit >= 0) & (boxes.rack >= 0))
    looks = np.column_stack([boxes.kind, boxes.unit, boxes.height, boxes.picked, boxes.counts])[shown]
    looks[~boxes.picked[shown], 4:] = 0
    look = classify_rows(looks).class_of
    order = np.lexsort((look, boxes.unit[shown], boxes.rack[shown]))
    shown, look = shown[order], look[order]
    racks, starts = np.unique(boxes.rack[shown], return_index=True)
    members = np.split(shown, starts[1:])
    picked = [number for number, one in enumerate(members) if boxes.picked[one].any()]
    seen = np.split(look, starts[1:])
    shared, loose = boxes.shared[racks], _loose(boxes, racks)
    classes = classify((seen[one].tobytes(), shared[one].tobytes(), loose[one].tobytes()) for one in picked)
    return [
        _front(fabric, boxes, [picked[one] for one in same], (racks, loose), members)
        for same in classes.members
    ]


def links_of_boxes(fabric: Fabric, front: Front, link: LinkGroup) -> list[int]:
    """Return how many links of a group end in each box of a rack; a link inside a box counts once."""
    total = np.zeros(int(front.node.max()) + 1, np.int64)
    for block in link.blocks:
        for part in expand_parts(fabric, block, AT_ONCE):
            a, b = front.node[part.a], np.where(part.b == OUTSIDE, -1, front.node[part.b])
            total += np.bincount(a, minlength=len(total))
            total += np.bincount(b[(b >= 0) & (b != a)], minlength=len(total))
    counts: list[int] = total[front.boxes].tolist()
    return counts


def _loose(boxes: Boxes, racks: Ints) -> Ints:
    """Return what is picked in racks at no known U, (racks, things + 1); the last column counts boxes."""
    here = np.flatnonzero((boxes.unit < 0) & (boxes.rack >= 0) & boxes.picked)
    found = np.zeros((len(boxes.shared), len(boxes.things) + 1), np.int64)
    np.add.at(found, boxes.rack[here], np.column_stack([boxes.counts[here], np.ones(len(here), np.int64)]))
    return found[racks]


def _front(
    fabric: Fabric, boxes: Boxes, same: list[int], around: tuple[Ints, Ints], members: list[Ints]
) -> Front:
    racks, loose = around
    here = members[same[0]]
    counts = np.where(boxes.picked[here, None], boxes.counts[here], 0)
    shared = boxes.shared[racks[same[0]]]
    return Front(
        racks=racks[same],
        names=[fabric.sites.racks[one].name for one in racks[same].tolist()],
        boxes=here,
        tips=[boxes.name(one) for one in here.tolist()],
        unit=boxes.unit[here],
        height=boxes.height[here],
        counts=counts,
        shared=shared,
        loose=loose[same[0], :-1],
        loose_boxes=int(loose[same[0], -1]),
        unplaced=bool((np.isin(boxes.rack, racks[same]) & (boxes.unit < 0)).any()),
        node=boxes.node,
        total=(counts.sum(axis=0) + shared + loose[same[0], :-1]) * len(same),
        picked=boxes.picked[here],
        things=boxes.things,
    )
