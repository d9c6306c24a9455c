"""Every segment of the cable trays, and how many cables of each part lie in it.

A row has a segment between each two neighbouring racks or cross-aisles, a cross-aisle one between each two
neighbouring rows. Cables begin and end at such points, so that running sums along the trays count them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cable_trays.runs import NOWHERE, cable_runs
from topogen.floor.crossing import crossing_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.cable_trays.runs import Runs
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric
    from topogen.model.racks import Placement


@dataclass(frozen=True)
class Segments:
    """Segments of the trays, each array of shape (segments,), and ``cables``, shape (parts, segments).

    In rows a segment runs from ``start`` to ``end`` along the row, in mm, and ``to_row`` is ``row``; in
    cross-aisles it runs from ``row`` to ``to_row``, and both positions are that of the cross-aisle.
    ``uncrossed`` cables join two rows, but there is no cross-aisle; an end of the ``unplaced`` is in no row,
    and ``unlisted`` are the racks of such ends.
    """

    row: Ints
    to_row: Ints
    start: Ints
    end: Ints
    cables: Ints
    parts: tuple[str | None, ...]
    uncrossed: int
    unplaced: int
    unlisted: Ints


def tray_segments(fabric: Fabric) -> Segments:
    """Return the segments of the trays of a floor; those behind the last rack of a row only where used."""
    runs, sites = cable_runs(fabric), fabric.sites
    placed = (runs.a != NOWHERE) & (runs.b != NOWHERE) & (sites.row[runs.a] >= 0) & (sites.row[runs.b] >= 0)
    unplaced = ~placed & ((runs.a != runs.b) | (runs.a == NOWHERE))
    ends = np.unique(np.concatenate([runs.a[unplaced], runs.b[unplaced]]))
    ends = ends[ends != NOWHERE]
    over = placed & (sites.row[runs.a] != sites.row[runs.b])
    crossed = over & (len(sites.crossings) > 0)
    rows = _in_rows(sites, runs, placed & ~over, crossed)
    aisles = _in_cross_aisles(sites, runs, crossed)
    row, to_row, start, end = (np.concatenate(both) for both in zip(rows[:-1], aisles[:-1], strict=True))
    return Segments(
        row,
        to_row,
        start,
        end,
        cables=np.concatenate([rows[-1], aisles[-1]], axis=1),
        parts=runs.parts,
        uncrossed=int(runs.cables[over & ~crossed].sum()),
        unplaced=int(runs.cables[unplaced].sum()),
        unlisted=ends[sites.row[ends] < 0],
    )


def _in_rows(sites: Placement, runs: Runs, same: Bools, crossed: Bools) -> tuple[Ints, ...]:
    """Return row, next row, start and end of the segments of rows, and the cables in them."""
    x, row = sites.x_mm, sites.row
    low = min(0, int(sites.crossings.min(initial=0)))
    width = max(int(x.max(initial=0)), int(sites.crossings.max(initial=0))) - low + 1
    standing = np.flatnonzero(row >= 0)
    points = [row[standing] * width + x[standing] - low]
    points += [np.arange(len(sites.rows)) * width + at - low for at in sites.crossings.tolist()]
    point = np.unique(np.concatenate(points))

    def at(rows: Ints, position: Ints) -> Ints:
        return np.searchsorted(point, rows * width + position - low)

    a, b, turn = runs.a[crossed], runs.b[crossed], _turns(sites, runs, crossed)
    starts = [at(row[runs.a[same]], x[runs.a[same]]), at(row[a], x[a]), at(row[b], x[b])]
    ends = [at(row[runs.b[same]], x[runs.b[same]]), at(row[a], turn), at(row[b], turn)]
    every = np.concatenate([np.flatnonzero(same), *[np.flatnonzero(crossed)] * 2])
    cables = _running(runs, every, np.concatenate(starts), np.concatenate(ends), len(point))
    of_row, position = point // width, point % width + low
    first, last = (np.full(len(sites.rows), edge) for edge in (width + low, low))
    np.minimum.at(first, row[standing], x[standing])
    np.maximum.at(last, row[standing], x[standing])
    inside = (position[:-1] >= first[of_row[:-1]]) & (position[1:] <= last[of_row[:-1]])
    kept = np.flatnonzero((of_row[:-1] == of_row[1:]) & (inside | cables[:, :-1].any(axis=0)))
    return of_row[kept], of_row[kept], position[kept], position[kept + 1], cables[:, kept]


def _in_cross_aisles(sites: Placement, runs: Runs, crossed: Bools) -> tuple[Ints, ...]:
    """Return row, next row and position, twice, of the segments of cross-aisles, and the cables in them."""
    rows, a, b = len(sites.rows), runs.a[crossed], runs.b[crossed]
    aisle = np.searchsorted(sites.crossings, _turns(sites, runs, crossed)) * rows
    ends = aisle + sites.row[a], aisle + sites.row[b]
    cables = _running(runs, np.flatnonzero(crossed), *ends, rows * len(sites.crossings))
    kept = np.flatnonzero(np.arange(rows * len(sites.crossings)) % max(rows, 1) < rows - 1)
    position = sites.crossings[kept // max(rows, 1)]
    return kept % max(rows, 1), kept % max(rows, 1) + 1, position, position, cables[:, kept]


def _turns(sites: Placement, runs: Runs, crossed: Bools) -> Ints:
    """Return where along the rows cables cross from one to another, in mm."""
    if not crossed.any():
        return np.zeros(0, np.int64)
    x_a, x_b = sites.x_mm[runs.a[crossed]], sites.x_mm[runs.b[crossed]]
    return np.asarray(sites.crossings[crossing_of(sites.crossings, x_a, x_b)])


def _running(runs: Runs, of: Ints, start: Ints, end: Ints, points: int) -> Ints:
    """Return the cables of each part behind each point, where some runs lie between two points of a line."""
    steps = np.zeros((len(runs.parts), points), np.int64)
    np.add.at(steps, (runs.part[of], np.minimum(start, end)), runs.cables[of])
    np.subtract.at(steps, (runs.part[of], np.maximum(start, end)), runs.cables[of])
    return np.cumsum(steps, axis=1)
