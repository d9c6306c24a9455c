"""Places with optical engines: canisters, else racks, else lone devices; what each holds, and its links."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.draw.shown.boxes import BOARD, shared_in
from topogen.graph.contract import bundles_between
from topogen.model.equivalence import classify, classify_rows
from topogen.model.expand import OUTSIDE
from topogen.model.path import count_of, level_depth, path_name
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.draw.shown.boxes import Boxes
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps
    from topogen.takeoff.roll_up import RollUp

LIGHT = ("engine", "own_laser", "els")


class Bundle(NamedTuple):
    """Links of a group, by its number, that stay inside a place or leave it."""

    link: int
    inside: int
    leaving: int


@dataclass(frozen=True, eq=False)
class Place:
    """Equal places; ``boxes`` are those of the first, ``shared`` what serves several of them, (things,)."""

    names: list[str]
    boxes: Ints
    shared: Ints
    bundles: tuple[Bundle, ...]


@dataclass(frozen=True, eq=False)
class Places:
    """Every place with engines, equal ones together; ``beyond`` serves several places, shape (things,)."""

    places: list[Place]
    beyond: Ints
    without: int
    """How many places hold no engine and are not drawn."""
    noun: str
    """What all of them are: canisters, racks or, of several kinds, places."""


def places_of(fabric: Fabric, roll_up: RollUp, boxes: Boxes, *, merged: bool) -> Places:
    """Return the places with engines that hold something picked; if ``merged``, equal ones as one."""
    around, names, noun = _around(fabric, boxes)
    shared, beyond = shared_in(fabric, roll_up, boxes, around, len(names))
    lit = LIGHT if any(thing.colour in LIGHT for thing in boxes.things) else ("module",)
    light = [number for number, thing in enumerate(boxes.things) if thing.colour in lit]
    lit = shared[:, light].sum(axis=1)
    np.add.at(lit, around, boxes.counts[:, light].sum(axis=1))
    picked = np.bincount(around, weights=boxes.picked, minlength=len(names)) > 0
    nowhere = not lit.any() and beyond[light].any()  # every piece serves several places
    drawn = np.flatnonzero(((lit > 0) | nowhere) & picked)
    looks = classify_rows(np.column_stack([boxes.kind, boxes.picked, boxes.counts])).class_of
    order = np.lexsort((looks, around))
    members = np.split(order, np.cumsum(np.bincount(around, minlength=len(names)))[:-1])
    inside, leaving = _links(fabric, around[boxes.node], len(names))
    keys = [
        (looks[members[one]].tobytes(), shared[one].tobytes(), inside[one].tobytes(), leaving[one].tobytes())
        if merged
        else (one,)
        for one in drawn.tolist()
    ]
    found = []
    for same in classify(keys).members:
        first = int(drawn[same[0]])
        bundles = tuple(
            Bundle(number, int(inside[first, number]), int(leaving[first, number]))
            for number in np.flatnonzero(inside[first] + leaving[first]).tolist()
        )
        named = [names[one] for one in drawn[same].tolist()]
        found.append(Place(named, np.sort(members[first]), shared[first], bundles))
    return Places(found, beyond, int(picked.sum()) - len(drawn), noun)


def _around(fabric: Fabric, boxes: Boxes) -> tuple[Ints, list[str], str]:
    """Return the place of each box, shape (boxes,), the names of all places, and what these are."""
    around = np.zeros(len(boxes.rack), np.int64)
    names = [rack.name for rack in fabric.sites.racks]
    nouns: set[str] = set()
    first: dict[Steps, int] = {}
    for path, start in boxes.first.items():
        here = slice(start, start + count_of(path))
        depth = _depth(path)
        nouns.add((path[depth - 1].level or "place") if depth else "rack")
        if depth:
            if path[:depth] not in first:
                first[path[:depth]] = len(names)
                names += [path_name(path[:depth], number) for number in range(count_of(path[:depth]))]
            around[here] = first[path[:depth]] + np.arange(count_of(path)) // count_of(path[depth:])
        else:
            around[here] = boxes.rack[here]
    if (around < 0).any():
        lone = np.flatnonzero(around < 0)
        around[lone] = len(names)
        names.append(boxes.name(int(lone[0])) if len(lone) == 1 else "not in a rack")
    return around, names, nouns.pop() if len(nouns) == 1 else "place"


def _depth(path: Steps) -> int:
    """Return how many steps lead to the innermost place around a box inside its rack, 0 if there is none."""
    rack = level_depth(path, "rack") or 0
    return max(
        (depth for depth in range(rack + 1, len(path)) if path[depth - 1].level not in (None, BOARD, "rack")),
        default=0,
    )


def _links(fabric: Fabric, node: Ints, places: int) -> tuple[Ints, Ints]:
    """Return the links inside each place and those that leave it, both of shape (places, link groups)."""
    inside = np.zeros((places, len(fabric.links)), np.int64)
    leaving = np.zeros_like(inside)
    for number, one in enumerate(bundles_between(fabric, node)):
        own = one.a == one.b
        np.add.at(inside[:, number], one.a[own], one.links[own])
        np.add.at(leaving[:, number], one.a[~own], one.links[~own])
        far = ~own & (one.b != OUTSIDE)
        np.add.at(leaving[:, number], one.b[far], one.links[far])
    return inside, leaving
