"""How far it is between racks along the trays: along their rows, and across them at a cross-aisle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.racks import Placement

NO_CROSSING = 1 << 40
"""Farther than any cross-aisle, in mm."""


def between_racks(sites: Placement, a: Ints, b: Ints) -> Ints:
    """Return how far it is in mm between racks that stand in rows; racks are broadcast.

    Between rows cables cross at the cross-aisle that makes the way shortest, or anywhere if there is none.
    """
    x_a, x_b = sites.x_mm[a], sites.x_mm[b]
    along = np.abs(x_a - x_b)
    if len(sites.crossings):
        at = sites.crossings[crossing_of(sites.crossings, x_a, x_b)]
        along = np.where(sites.row[a] == sites.row[b], along, np.abs(x_a - at) + np.abs(x_b - at))
    return np.asarray(along + np.abs(sites.y_mm[a] - sites.y_mm[b]))


def crossing_of(crossings: Ints, x_a: Ints, x_b: Ints) -> Ints:
    """Return which of some ascending cross-aisles is on the shortest way between two places along the rows.

    Of several it is the one nearest to the start of the rows, whichever end is a.

    >>> crossing_of(np.array([0, 2400, 4800]), np.array([600, 3000]), np.array([5000, 3600])).tolist()
    [1, 1]
    """
    low, high = np.minimum(x_a, x_b), np.maximum(x_a, x_b)
    ahead = np.searchsorted(crossings, low)
    last = len(crossings) - 1
    beyond = np.where(ahead <= last, crossings[np.minimum(ahead, last)] - high, NO_CROSSING)
    before = np.where(ahead > 0, low - crossings[np.maximum(ahead - 1, 0)], NO_CROSSING)
    return np.where((beyond <= 0) | (beyond < before), ahead, ahead - 1)
