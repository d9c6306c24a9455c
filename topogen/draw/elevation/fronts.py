"""Fronts of racks: which racks look alike, and what each shows at which U."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import classify, classify_rows
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.draw.shown.boxes import Boxes, Thing
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric


@dataclass(frozen=True, eq=False)
class Front:
    """Equal racks: ``boxes`` are those of the first of them, with a U, from the lowest up.

    ``counts``, shape (boxes, things), ``shared``, shape (things,), for one rack; ``total`` for all of them.
    ``loose``, shape (things,), is what stands in one of them at no known U, in ``loose_boxes`` boxes.
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
        total=(counts.sum(axis=0) + shared + loose[same[0], :-1]) * len(same),
        picked=boxes.picked[here],
        things=boxes.things,
    )
