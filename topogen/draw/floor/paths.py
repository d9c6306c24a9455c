"""Paths: the links of one group between two areas of the floor, heaviest first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.floor.plan import NO_ROW
from topogen.model.expand import OUTSIDE
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.floor.plan import Plan
    from topogen.graph.contract import Contraction
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric, LinkGroup

HEAVIEST = 12
"""Number of paths that are drawn individually."""

MANY_PATHS = 3 * HEAVIEST
"""Above this number paths are merged per pair of rows."""


@dataclass(frozen=True)
class Path:
    """Links of a group, the ``index``-th of the fabric, between the areas ``a`` and ``b``.

    ``a == b`` is between racks of one area; ``b`` is ``OUTSIDE`` where the far end is not in the model.
    ``bundles`` are the numbers of the bundles that take this way.
    """

    link: LinkGroup
    index: int
    a: int
    b: int
    links: int
    bundles: Ints


@dataclass(frozen=True)
class Areas:
    """What paths lead from and to: ``area`` maps spots to areas, shape (spots,); ``names`` has one each."""

    area: Ints
    names: tuple[str, ...]


def paths_of(fabric: Fabric, contraction: Contraction, plan: Plan) -> list[Path]:
    """Return the paths between spots, link group after link group; links inside one node are none."""
    paths = []
    spot = np.append(plan.spot, OUTSIDE)
    for index, (link, bundles) in enumerate(zip(fabric.links, contraction.bundles, strict=True)):
        away = np.flatnonzero(bundles.a != bundles.b)
        ends = _ordered(link, spot[bundles.a[away]], spot[bundles.b[away]])
        kinds, which = np.unique(np.stack(ends, axis=1), axis=0, return_inverse=True)
        for number, (a, b) in enumerate(kinds.tolist()):
            mine = away[which.ravel() == number]
            paths.append(Path(link, index, a, b, int(bundles.links[mine].sum()), mine))
    return paths


def _ordered(link: LinkGroup, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """Return ends in the order of the floor, outside last; where media differ, as the links have them."""
    swap = (b < a) & (b != OUTSIDE) & (len(set(link.media or ())) <= 1)
    return np.where(swap, b, a), np.where(swap, a, b)


def links_inside(contraction: Contraction) -> int:
    """Return how many links join devices of one node."""
    return sum(int(one.links[one.a == one.b].sum()) for one in contraction.bundles)


def by_row(plan: Plan, paths: list[Path]) -> tuple[Areas, list[Path]]:
    """Return what the paths lead from and to, and the paths: many ones are merged from row to row."""
    names = [spot.name for spot in plan.spots]
    if len(paths) <= MANY_PATHS or len(plan.rows) == 1:
        return Areas(np.arange(len(names)), tuple(names)), paths
    rows = [f"row {row}" for row in plan.rows]
    rowless = [name for name, spot in zip(names, plan.spots, strict=True) if spot.row == NO_ROW]
    area = np.array([spot.row for spot in plan.spots])
    area[area == NO_ROW] = len(rows) + np.arange(len(rowless))
    return Areas(area, (*rows, *rowless)), list(_merged(np.append(area, OUTSIDE), paths))


def _merged(area: Ints, paths: Sequence[Path]) -> Iterator[Path]:
    """Yield paths with those of one group between the same areas as one; ``area[OUTSIDE]`` is outside."""
    alike: dict[tuple[int, int, int], list[Path]] = {}
    for path in paths:
        a, b = map(int, _ordered(path.link, area[path.a], area[path.b]))
        alike.setdefault((path.index, a, b), []).append(path)
    for (_, a, b), same in alike.items():
        links = sum(path.links for path in same)
        yield replace(same[0], a=a, b=b, links=links, bundles=np.concatenate([one.bundles for one in same]))


def heaviest(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Return the heaviest paths, and the rest; of equal ones first those that leave their area."""
    ordered = sorted(paths, key=lambda path: (-path.links, path.a == path.b))
    return ordered[:HEAVIEST], ordered[HEAVIEST:]


def numbers_at(paths: Sequence[Path]) -> dict[int, list[int]]:
    """Return, by area, the numbers from 1 of the paths that end there."""
    found: dict[int, list[int]] = {}
    for number, path in enumerate(paths, start=1):
        for area in {path.a, path.b} - {OUTSIDE}:
            found.setdefault(area, []).append(number)
    return found


def links_leaving(paths: Sequence[Path]) -> dict[int, int]:
    """Return, by area, how many links leave it for another or for outside."""
    found: dict[int, int] = {}
    for path in paths:
        for area in {path.a, path.b} - {OUTSIDE} if path.a != path.b else ():
            found[area] = found.get(area, 0) + path.links
    return found
