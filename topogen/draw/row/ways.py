"""The ways of links between racks: from rack to rack, or from a rack into a switch of a network rack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import link_lengths
from topogen.model.expand import expand
from topogen.palette import family_of
from topogen.records import dataclass
from topogen.takeoff.pools import SWITCH_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

WHOLE = -1
"""The end of a way that is a rack, not one of its switches."""
NOWHERE = -1
"""The rack of what is outside racks or the model."""


@dataclass(frozen=True)
class Way:
    """Links of one family of media between two racks; ``a_switch`` and ``b_switch`` are devices or WHOLE."""

    family: str
    a: int
    a_switch: int
    b: int
    b_switch: int
    links: int


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
    inside: int
    beyond: int


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
    inside = beyond = 0
    for index, link in enumerate(fabric.links):
        columns = touched.columns[index] if touched else expand(fabric, link)
        keep = touched.links[index] if touched else np.ones(len(columns), bool)
        a, b = rack[columns.a], rack[columns.b]
        inside += int((keep & (a == b) & (a != NOWHERE)).sum())
        away = keep & (a != b) & (a != NOWHERE) & (b != NOWHERE)
        beyond += int(keep.sum()) - int((keep & (a == b) & (a != NOWHERE)).sum()) - int(away.sum())
        if not away.any():
            continue
        media = link.media or ("", "")
        family = family_of(fabric.catalog.media[media[0]] if link.media else None)
        ends = np.stack([a, device[columns.a], b, device[columns.b]], axis=1)[away]
        ways += _ways(family, ends)
        length = link_lengths(fabric, link, columns)[0][away]
        for number in np.unique(ends[:, ::2]).tolist():
            mine = length[(ends[:, 0] == number) | (ends[:, 2] == number)]
            medium = media[0] or "no medium"
            span = int(mine.min()), int(mine.max())
            leaving.append(Leaving(number, family, medium, link.rate, len(mine), *span))
    return Ways(tuple(_joined(ways)), tuple(leaving), inside, beyond)


def _ways(family: str, ends: Ints) -> list[Way]:
    swap = ends[:, 0] > ends[:, 2]
    ends = np.where(swap[:, None], ends[:, [2, 3, 0, 1]], ends)
    kinds, links = np.unique(ends, axis=0, return_counts=True)
    rows = zip(*kinds.T.tolist(), links.tolist(), strict=True)
    return [Way(family, a, a_switch, b, b_switch, count) for a, a_switch, b, b_switch, count in rows]


def _joined(ways: list[Way]) -> list[Way]:
    total: dict[tuple[str, int, int, int, int], int] = {}
    for one in ways:
        key = (one.family, one.a, one.a_switch, one.b, one.b_switch)
        total[key] = total.get(key, 0) + one.links
    return [Way(*key, links) for key, links in total.items()]
