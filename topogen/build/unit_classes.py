"""Classes of equal units of a generator's endpoints, read from the tree without listing the endpoints."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.model.equivalence import classify_rows
from topogen.model.path import count_of, level_depth
from topogen.model.runs import arange, zeros
from topogen.wiring.plan import Units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.devices import PlaceGroup
    from topogen.model.path import Steps
    from topogen.model.select import Piece


class _Row(NamedTuple):
    """Equal units: ``units`` of them, places from ``place`` on, ends in ``rounds`` places of ``rails``."""

    place: int
    first: int
    units: int
    rails: int
    rounds: int


def unit_classes(
    places: Sequence[PlaceGroup], pieces: Sequence[Piece], levels: tuple[str | None, str | None]
) -> tuple[Units, ...]:
    """Return the units of whole pieces by class, nothing if the endpoints have to be listed one by one.

    ``levels`` are those of the rails and of the units; without the first an endpoint is its own rail, without
    the second all endpoints are one unit. They have to be listed if some devices of a template are left out,
    if two pieces share a place of the first level or several of the second, or if places of the first are not
    inside those of the second.
    """
    rows: list[_Row] = []
    for piece in pieces:
        row = _class_row(places, piece, levels, sum(row.units * row.rails * row.rounds for row in rows))
        if row is None:
            return ()
        rows.append(row)
    if levels[1] is None:
        if len({row.rails for row in rows}) > 1 or _shared_devices(pieces, levels[0]):
            return ()
        return (Units(zeros(1), zeros(1), arange(rows[0].rails), sum(row.rounds for row in rows)),)
    rows = _linked_units(rows)
    if _shared_devices(pieces, levels[0]) or any(after.place <= row.place for row, after in pairwise(rows)):
        return ()
    numbers = np.split(arange(sum(row.units for row in rows)), np.cumsum([row.units for row in rows])[:-1])
    return _same_units(rows, numbers)


def _linked_units(rows: Sequence[_Row]) -> list[_Row]:
    """Return rows with those of one unit together: its ends follow one another, from piece to piece."""
    joined: list[_Row] = []
    for row in rows:
        last = joined[-1] if joined else None
        if last and last.units == 1 and (last.place, last.rails) == (row.place, row.rails):
            joined[-1] = last._replace(rounds=last.rounds + row.rounds)
        else:
            joined.append(row)
    return joined


def _same_units(rows: Sequence[_Row], numbers: Sequence[np.ndarray]) -> tuple[Units, ...]:
    """Return the units of rows by class of equal size and rails, the smallest first."""
    kinds = []
    classes = classify_rows(np.array([(row.rails * row.rounds, row.rails) for row in rows]))
    for members in (one.tolist() for one in classes.members):
        rails, rounds = rows[members[0]].rails, rows[members[0]].rounds
        first = [rows[row].first + arange(rows[row].units, rails * rounds) for row in members]
        kinds.append(
            Units(
                np.concatenate([numbers[row] for row in members]),
                np.concatenate(first),
                arange(rails),
                rounds,
            )
        )
    return tuple(kinds)


def _class_row(
    places: Sequence[PlaceGroup], piece: Piece, levels: tuple[str | None, str | None], first: int
) -> _Row | None:
    """Return the units of one piece, all of it in one where ends have no level of units."""
    if not piece.is_whole():
        return None
    rails, units = (level_depth(piece.path, level) if level else None for level in levels)
    depth = units or 0
    placeless = any(level and at is None for level, at in zip(levels, (rails, units), strict=True))
    if placeless or (rails is not None and rails < depth):
        return None
    inside = count_of(piece.path[depth:])
    each = count_of(piece.path[rails:]) if rails is not None else 1
    place = next((place.first for place in places if place.path == piece.path[:depth]), 0)
    return _Row(place, first, count_of(piece.path[:depth]), each, inside // each)


def _shared_devices(pieces: Sequence[Piece], level: str | None) -> bool:
    """Return whether two pieces are in the same places of a level."""
    if level is None:
        return False
    paths: list[Steps] = [piece.path[: level_depth(piece.path, level)] for piece in pieces]
    return any(path in paths[:index] for index, path in enumerate(paths))
