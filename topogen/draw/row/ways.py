"""The ways of links between racks: from rack to rack, or from a rack into a switch of a network rack."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.cabling.cables import link_lengths
from topogen.language.device import SWITCH_ROLES
from topogen.model.expand import expand
from topogen.palette import family_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

WHOLE = -1
"""The end of a way that is a rack, not one of its switches."""
NOWHERE = -1
"""The rack of what is outside racks or the model."""


class Bundle(NamedTuple):
    """Links of a group, by its number, on one way; the shortest and the longest in mm, -1 where unknown."""

    link: int
    links: int
    low_mm: int
    high_mm: int


@dataclass(frozen=True)
class Way:
    """Links of one family of media between two racks; ``a_switch`` and ``b_switch`` are devices or WHOLE."""

    family: str
    a: int
    a_switch: int
    b: int
    b_switch: int
    bundles: tuple[Bundle, ...]

    @property
    def links(self) -> int:
        """Return how many links run this way."""
        return sum(one.links for one in self.bundles)


@dataclass(frozen=True)
class Leaving:
    """Links of one medium and rate that leave a rack; lengths in mm, -1 where one is unknown."""

    rack: int
    family: str
    medium: str
    rate: int
    links: int
    low_mm: int
    high_mm: int


@dataclass(frozen=True)
class Ways:
    """What runs between racks, what leaves each, and the links in racks and to beyond all racks."""

    ways: tuple[Way, ...]
    leaving: tuple[Leaving, ...]
    inside: dict[tuple[int, str, int], int]
    """Links by rack, family and rate that stay in it."""
    beyond: int

    @property
    def staying(self) -> Counter[str]:
        """Return how many links of each family stay in their rack."""
        found = Counter[str]()
        for (_, family, _), links in self.inside.items():
            found[family] += links
        return found


def network_racks(fabric: Fabric) -> set[int]:
    """Return the racks that hold switches only."""
    rack = fabric.sites.rack
    every, other = set(np.unique(rack).tolist()), set[int]()
    for group in fabric.groups:
        if group.type.role not in SWITCH_ROLES:
            other |= set(np.unique(rack[group.first : group.first + group.count]).tolist())
    return every - other - {NOWHERE}


def ways_of(fabric: Fabric, touched: Selection | None, named: Iterable[int] = ()) -> Ways:
    """Return the ways of all links, or of those that touch what is picked; to ``named`` switches one each."""
    rack = np.append(fabric.sites.rack, NOWHERE)
    device = np.full(len(rack), WHOLE)
    device[list(named)] = list(named)
    ways: list[Way] = []
    leaving: list[Leaving] = []
    inside = Counter[tuple[int, str, int]]()
    beyond = 0
    for index, link in enumerate(fabric.links):
        columns = touched.columns[index] if touched else expand(fabric, link)
        keep = touched.links[index] if touched else np.ones(len(columns), bool)
        a, b = rack[columns.a], rack[columns.b]
        media = link.media or ("", "")
        family = family_of(fabric.catalog.media[media[0]] if link.media else None)
        stay = keep & (a == b) & (a != NOWHERE)
        for number, count in zip(*np.unique(a[stay], return_counts=True), strict=True):
            inside[int(number), family, link.rate] += int(count)
        away = keep & (a != b) & (a != NOWHERE) & (b != NOWHERE)
        beyond += int(keep.sum()) - int(stay.sum()) - int(away.sum())
        if not away.any():
            continue
        ends = np.stack([a, device[columns.a], b, device[columns.b]], axis=1)[away]
        length = link_lengths(fabric, link, columns)[0][away]
        ways += _ways(family, index, ends, length)
        for number in np.unique(ends[:, ::2]).tolist():
            mine = length[(ends[:, 0] == number) | (ends[:, 2] == number)]
            medium = media[0] or "no medium"
            span = int(mine.min()), int(mine.max())
            leaving.append(Leaving(number, family, medium, link.rate, len(mine), *span))
    return Ways(tuple(_joined(ways)), tuple(leaving), inside, beyond)


def _ways(family: str, index: int, ends: Ints, length: Ints) -> Iterator[Way]:
    swap = ends[:, 0] > ends[:, 2]
    ends = np.where(swap[:, None], ends[:, [2, 3, 0, 1]], ends)
    kinds, place, links = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    low, high = np.full(len(kinds), length.max()), np.full(len(kinds), -1)
    np.minimum.at(low, place.ravel(), length)
    np.maximum.at(high, place.ravel(), length)
    rows = zip(kinds.tolist(), links.tolist(), low.tolist(), high.tolist(), strict=True)
    for (a, a_switch, b, b_switch), count, least, most in rows:
        yield Way(family, a, a_switch, b, b_switch, (Bundle(index, count, least, most),))


def _joined(ways: list[Way]) -> list[Way]:
    total: dict[tuple[str, int, int, int, int], tuple[Bundle, ...]] = {}
    for one in ways:
        key = (one.family, one.a, one.a_switch, one.b, one.b_switch)
        total[key] = total.get(key, ()) + one.bundles
    return [Way(*key, bundles) for key, bundles in total.items()]
