"""The grid of the rails diagram: which rows and leaves are drawn, and how many links each cell holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.draw.rails.matrix import equal_units, finest_level, leaf_order, rows_at
from topogen.model.equivalence import classify, classify_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.rails.matrix import Matrix, Rows
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

MOST_ROWS = 25
MOST_LEAVES = 32
SMALL_UNIT = 8
FILL = 16
"""Units of fewer leaves than ``SMALL_UNIT`` are drawn several side by side, up to so many leaves."""
SINGLE = 16
"""So many rows of merged ones are drawn one by one before the rest."""


class Row(NamedTuple):
    """A row of the grid: the names of the places that it stands for."""

    names: tuple[str, ...]
    noun: str


class Cell(NamedTuple):
    """The links of a row to a leaf, of one rail and either all right or all wrong."""

    row: int
    column: int
    rail: int
    wrong: bool
    links: int


class Grid(NamedTuple):
    """What is drawn of a matrix; ``shown`` of ``equal`` units alike, ``hidden`` links are not drawn."""

    rows: tuple[Row, ...]
    leaves: Ints
    units: Ints
    """The unit of each leaf, shape (leaves,)."""
    groups: tuple[tuple[int, ...], ...]
    """The link groups to each leaf, by their numbers."""
    cells: tuple[Cell, ...]
    shown: int
    equal: int
    all_units: int
    all_leaves: int
    hidden_rows: int
    hidden: int


def grid_of(fabric: Fabric, matrix: Matrix) -> Grid:
    """Return the rows, leaves and cells of a matrix that fit on a page."""
    finest = finest_level(fabric, matrix)
    classes, units = equal_units(matrix, rows_at(fabric, matrix, finest).of)
    order = leaf_order(matrix)
    part, shown, equal = matrix, len(units), len(units)
    if len(order) > MOST_LEAVES:
        chosen, equal = _chosen(matrix, classes.members, units)
        shown = len(chosen)
        part = matrix.only(np.isin(matrix.unit, chosen))
    leaves = leaf_order(part)
    if len(leaves) > MOST_LEAVES:
        bad = np.isin(leaves, part.leaf[part.wrong])
        leaves = leaves[np.sort(np.argsort(~bad, kind="stable")[:MOST_LEAVES])]
        part = part.only(np.isin(part.leaf, leaves))
    rows, of, beyond = _rows(fabric, part, finest, leaves)
    part, of = part.only(of >= 0), of[of >= 0]
    leaves = leaves[np.isin(leaves, part.leaf)]
    unit_of = np.full(fabric.n_devices, -1, np.int64)
    unit_of[part.leaf] = part.unit
    return Grid(
        rows,
        leaves,
        unit_of[leaves],
        _groups(part, leaves),
        tuple(_cells(part, of, leaves)),
        shown,
        equal,
        len(units),
        len(order),
        beyond,
        len(matrix) - len(part),
    )


def _groups(part: Matrix, leaves: Ints) -> tuple[tuple[int, ...], ...]:
    most = int(part.link.max(initial=0)) + 1
    found: list[list[int]] = [[] for _ in leaves]
    for column, link in zip(*divmod(np.unique(_column(part, leaves) * most + part.link), most), strict=True):
        found[column].append(int(link))
    return tuple(map(tuple, found))


def _chosen(matrix: Matrix, members: Sequence[Ints], units: Ints) -> tuple[Ints, int]:
    """Return units to draw, those with violations first, and how many are equal to the first of them."""
    bad = np.isin(units, matrix.unit[matrix.wrong])
    one = max(members, key=lambda some: (bool(bad[some[0]]), len(some)))
    leaves = len(np.unique(matrix.leaf[matrix.unit == units[one[0]]]))
    number = 1 if leaves >= SMALL_UNIT else FILL // leaves
    return units[one[:number]], len(one)


def _rows(fabric: Fabric, part: Matrix, finest: str, leaves: Ints) -> tuple[tuple[Row, ...], Ints, int]:
    """Return the rows, that of each link or -1, and how many places are left out."""
    fine = _in_order(part, rows_at(fabric, part, finest))
    if len(fine) <= MOST_ROWS:
        return _single(fabric, fine), fine.of, 0
    racks = _in_order(part, rows_at(fabric, part, "rack"))
    in_racks = {noun for _, noun, _ in racks.made} == {"rack"}
    if in_racks and 1 < len(racks) <= MOST_ROWS and not part.wrong.any():
        return _single(fabric, racks), racks.of, 0
    merged = _merged(part, fine.of, fine.named(fabric), leaves)
    if in_racks and len(merged[0]) > MOST_ROWS:
        merged = min(
            merged, _merged(part, racks.of, racks.named(fabric), leaves), key=lambda some: len(some[0])
        )
    rows, of = merged
    beyond = sum(len(row.names) for row in rows[MOST_ROWS:])
    return rows[:MOST_ROWS], np.where(of < MOST_ROWS, of, -1), beyond


def _single(fabric: Fabric, rows: Rows) -> tuple[Row, ...]:
    return tuple(Row((name,), noun) for name, noun in rows.named(fabric))


def _in_order(part: Matrix, rows: Rows) -> Rows:
    """Return the rows in the order of their units."""
    first = np.full(len(rows), np.iinfo(np.int64).max)
    np.minimum.at(first, rows.of, part.unit)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return replace(rows, of=rank[rows.of], used=rows.used[order])


def _merged(
    part: Matrix, of: Ints, named: Sequence[tuple[str, str]], leaves: Ints
) -> tuple[tuple[Row, ...], Ints]:
    """Return rows of which those with the same links are merged, but the first few of each kind."""
    table = np.zeros((len(named), 2 * len(leaves)), np.int64)
    np.add.at(table, (of, 2 * _column(part, leaves) + part.wrong), 1)
    wrong: list[bool] = (table[:, 1::2].sum(axis=1) > 0).tolist()
    nouns = classify(noun for _, noun in named).class_of
    classes = classify_rows(np.column_stack([nouns, table])).by_representative()
    apart = max(1, SINGLE // len(classes)) if len(classes) < SINGLE else 0
    found: list[Row] = []
    row_of = np.full(len(table), -1, np.int64)
    for members in sorted(classes.members, key=lambda some: (not wrong[some[0]], int(some[0]))):
        alone = len(members) if len(members) <= apart + 1 else apart
        pieces = [[one] for one in members[:alone].tolist()] + [members[alone:].tolist()]
        for piece in pieces:
            if piece:
                row_of[piece] = len(found)
                found.append(Row(tuple(named[one][0] for one in piece), named[piece[0]][1]))
    return tuple(found), row_of[of]


def _column(part: Matrix, leaves: Ints) -> Ints:
    order = np.argsort(leaves)
    return order[np.searchsorted(leaves[order], part.leaf)]


def _cells(part: Matrix, of: Ints, leaves: Ints) -> list[Cell]:
    columns = (of, _column(part, leaves), part.wrong.astype(np.int64), part.rail + 1)
    sizes = tuple(int(column.max(initial=0)) + 1 for column in columns)
    kinds, links = np.unique(np.ravel_multi_index(columns, sizes), return_counts=True)
    ends = (column.tolist() for column in np.unravel_index(kinds, sizes))
    return [
        Cell(row, column, rail - 1, bool(wrong), count)
        for row, column, wrong, rail, count in zip(*ends, links.tolist(), strict=True)
    ]
