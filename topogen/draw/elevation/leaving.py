"""Links that leave a rack: an arrow below it in the colour of each family of media, with count and rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import Label, Stroke
from topogen.draw.shown.strokes import family_of_link
from topogen.draw.shown.words import FAMILY_WORDS, span_of_counts
from topogen.graph.contract import contract, narrow
from topogen.records import dataclass
from topogen.units import format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.elevation.fronts import Front
    from topogen.draw.sheet import Area, Mark
    from topogen.draw.shown.tips import Tips
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

ROOM = 28
"""Pixels below a rack for the arrows of the links that leave it."""
LONG, HEAD = 20, 8
"""How long an arrow is, and how far its head reaches back and to both sides."""
THICKEST, THINNEST, POINT = 8.0, 2.0, 3.5
"""Pixels of the arrow of the most rate, of any arrow, and of the lines of a head."""
TO_RACKS, TO_OUTSIDE = "to other racks", "end outside the racks"
UNKEYED = {"no_medium"}
"""Families that are named at the arrow: in a legend their colour is too near to that of NICs."""
ENDS = (TO_RACKS, TO_OUTSIDE)


@dataclass(frozen=True, eq=False)
class Exits:
    """Links that leave racks, by link group, with the ``families`` and ``rates`` (Mb/s) of the groups.

    ``counts``, shape (groups, 2, racks), has those that end in another rack, and those that end in none.
    """

    counts: Ints
    families: tuple[str, ...]
    rates: Ints

    def rate(self, front: Front, family: str) -> int:
        """Return the rate of all links of a family that leave the first of some equal racks, in Mb/s."""
        return sum(count * int(self.rates[number]) for number, count in self.groups(front, family))

    def groups(self, front: Front, family: str) -> list[tuple[int, int]]:
        """Return each link group of a family with how many of its links leave the first of equal racks."""
        here = self.counts[:, :, front.racks[0]].sum(axis=1).tolist()
        return [
            (number, count)
            for number, (count, of) in enumerate(zip(here, self.families, strict=True))
            if count and of == family
        ]

    def families_of(self, fronts: Sequence[Front]) -> list[str]:
        """Return the families of the links that leave some racks, each once."""
        seen = [self.counts[:, :, one.racks].sum(axis=(1, 2)).tolist() for one in fronts]
        return list(
            dict.fromkeys(of for here in seen for of, some in zip(self.families, here, strict=True) if some)
        )


def exits_of(fabric: Fabric, touched: Selection | None) -> Exits:
    """Return the links that leave each rack; of a selection only those that touch it."""
    contraction = contract(fabric, "rack")
    if touched:
        contraction = narrow(contraction, touched)
    racks = len(fabric.sites.racks)
    counts = np.zeros((len(fabric.links), len(ENDS), racks), np.int64)
    for number, one in enumerate(contraction.bundles):
        away = one.a != one.b
        for here, there in ((one.a[away], one.b[away]), (one.b[away], one.a[away])):
            mine = (here >= 0) & (here < racks)
            outside = ((there < 0) | (there >= racks)).astype(np.int64)
            np.add.at(counts[number], (outside[mine], here[mine]), one.links[away][mine])
    families = tuple(family_of_link(fabric, link) for link in fabric.links)
    return Exits(counts, families, np.array([link.rate for link in fabric.links], np.int64))


def leaving_marks(
    tips: Tips, front: Front, drawn: Sequence[Front], exits: Exits, area: Area
) -> Iterator[Mark]:
    """Yield the arrows of a rack from the top of an area down, as wide as their rate, and their words."""
    families = exits.families_of([front])
    most = max((exits.rate(one, family) for one in drawn for family in exits.families_of([one])), default=1)
    room = area.width / max(1, len(families))
    for turn, family in enumerate(families):
        x, y = area.x + HEAD + 4 + turn * room, area.y
        thick = max(THINNEST, THICKEST * exits.rate(front, family) / most)
        texts = _texts(exits, front, family)
        tip = tips.several(exits.groups(front, family), f"{texts[0]}, from {front.names[0]}")
        end = y + LONG
        yield Stroke(((x, y), (x, end - HEAD / 2)), family, thick, tip=tip.tip, key=tip.key)
        head = ((x - HEAD, end - HEAD), (x, end), (x + HEAD, end - HEAD))
        yield Stroke(head, family, POINT)
        free = room - 2 * HEAD - 16
        words = next((text for text in texts if width_of(text, SMALLEST) <= free), "")
        if words:
            yield Label(x + HEAD + 7, y + LONG - 4, words)


def _texts(exits: Exits, front: Front, family: str) -> list[str]:
    """Return what the links of a family that leave a rack are, from the longest text to the shortest."""
    mine = [number for number, of in enumerate(exits.families) if of == family]
    here, rates = exits.counts[mine][:, :, front.racks], exits.rates[mine]
    full = [
        f"{', '.join(words)} {where}"
        for way, where in enumerate(ENDS)
        if (words := _by_rate(here[:, way], rates))
    ]
    every = here.sum(axis=1)
    total = _span(every.sum(axis=0))
    made_of = [FAMILY_WORDS[family]] if family in UNKEYED else []
    return [", ".join([*full, *made_of]), ", ".join(_by_rate(every, rates)), f"{total} links", total]


def _by_rate(counts: Ints, rates: Ints) -> list[str]:
    """Return how many links of each rate leave a rack; ``counts`` has shape (groups, racks)."""
    found = [(rate, counts[rates == rate].sum(axis=0)) for rate in np.unique(rates)[::-1].tolist()]
    return [f"{_span(count)} x {format_rate(rate)}" for rate, count in found if count.any()]


def _span(counts: Ints) -> str:
    return span_of_counts(int(counts.min()), int(counts.max()))
