"""What the racks of a single row hold: GPUs and switches as squares that can be counted, else a stripe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.floor.marks import FILLS, LINE, rack_lines
from topogen.draw.floor.plan import KINDS
from topogen.draw.sheet import MANY_SQUARES, Area, Box
from topogen.draw.shown.squares import Kind, any_fit, filled
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.floor.marks import Scale
    from topogen.draw.floor.plan import Plan
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.squares import Fit

    Point = tuple[float, float]

STRIPE = 0.3
"""How much of a rack the stripe takes that says what it holds."""
EDGE, LEAST, LARGEST = 6, 3.0, 12.0
"""Pixels between a rack and its squares, and how large a square is at least and at most."""


@dataclass(frozen=True)
class Inside:
    """How the contents of racks are drawn: as squares of a ``fit``, or as stripes where it is None."""

    held: Sequence[Mapping[str, int]]
    room: Point
    fit: Fit | None


def fitted_inside(
    scale: Scale, plan: Plan, held: Sequence[Mapping[str, int]], texts: Sequence[tuple[str, ...]]
) -> Inside:
    """Return how the contents of racks fit below their words; squares are drawn where all can be counted."""
    lines = max(len(rack_lines(scale, words)) for words in texts)
    wide, high = scale.rack - 2 * EDGE, scale.depth - 3 * EDGE - LINE * lines
    fit = any_fit([[*_kinds(one)] for one in held], wide, high, LARGEST)
    known = all(one or KINDS[kind] == "empty" for one, kind in zip(held, plan.kind.tolist(), strict=True))
    few = sum(sum(one.values()) for one in held) <= MANY_SQUARES
    return Inside(held, (wide, high), fit if known and few and fit.size >= LEAST else None)


def inside_racks(scale: Scale, plan: Plan, inside: Inside) -> Iterator[Mark]:
    """Yield what is in each rack at which links that are drawn end."""
    wide, high = inside.room
    for turn in np.flatnonzero(plan.shown).tolist():
        x, y = scale.at(int(plan.x_mm[turn]), int(plan.y_mm[turn]))
        bottom = y + scale.depth / 2
        if inside.fit:
            area = Area(x - wide / 2, bottom - EDGE - high, wide, high)
            yield from filled([*_kinds(inside.held[turn])], inside.fit, area)
        else:
            rack = Area(x - scale.rack / 2, bottom - scale.depth, scale.rack, scale.depth)
            yield from _stripe(KINDS[plan.kind[turn]], rack)


def _kinds(held: Mapping[str, int]) -> Iterator[Kind]:
    gpus = held.get("GPU", 0)
    for count, colour in ((gpus, "gpu"), (sum(held.values()) - gpus, "switch")):
        if count:
            yield Kind(count, colour)


def _stripe(kind: str, rack: Area) -> Iterator[Box]:
    """Yield what a rack holds as a stripe in the colours of the floor: halves where it is both."""
    fills = ("gpu", "switch") if kind == "mixed" else (FILLS[KINDS.index(kind)],)
    wide, high = (rack.width - 8) / len(fills), rack.height * STRIPE
    for turn, fill in enumerate(fills):
        yield Box(rack.x + 4 + turn * wide, rack.y + rack.height - high - 4, wide, high, fill)
