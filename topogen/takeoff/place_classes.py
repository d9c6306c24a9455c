"""Classes of places with equal demand: one place of each class is evaluated, the others are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import classify_rows
from topogen.model.path import Steps, count_of, level_depth
from topogen.model.runs import distinct

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.runs import Runs

Chosen = dict[int, tuple["Ints", "Ints"]]
"""For each device group the numbers of some devices, and how many devices each of them represents."""


def every_device(fabric: Fabric, tables: Mapping[int, Runs]) -> Chosen:
    """Return every device of some groups, each counted once."""
    return {index: (run, np.ones_like(run)) for index in tables for run in (_all(fabric, index),)}


def representative_devices(fabric: Fabric, tables: Mapping[int, Runs], levels: Collection[str]) -> Chosen:
    """Return the devices of one place of each class, with the number of devices that each represents.

    A place is the outermost one of some ``levels``. Places are equal if the tables of the groups have equal
    rows for the devices in them; devices in no such place are classified one by one.
    """
    if "rack" in levels and _share_racks(fabric, tables):
        return every_device(fabric, tables)
    depths = {index: _outermost(fabric.groups[index].path, levels) for index in tables}
    chosen: Chosen = {}
    for index, depth in depths.items():
        if depth is None:
            chosen[index] = _alone(fabric, index, tables[index], levels)
    for path in {fabric.groups[index].path[:depth] for index, depth in depths.items() if depth}:
        inside = [i for i, depth in depths.items() if depth and fabric.groups[i].path[:depth] == path]
        chosen |= _in_places(fabric, path, {index: tables[index] for index in inside})
    return {index: chosen[index] for index in tables}


def _in_places(fabric: Fabric, path: Steps, tables: Mapping[int, Runs]) -> Chosen:
    """Return the devices of the first place of each class, among the places of one path.

    Consecutive places in which no run begins or ends are equal; only the first of these is compared.
    """
    sizes = {index: count_of(fabric.groups[index].path[len(path) :]) for index in tables}
    bounds = [
        bound
        for index, table in tables.items()
        for bound in (table.starts // sizes[index], -(-table.starts // sizes[index]))
    ]
    count = count_of(path)
    places = distinct(np.concatenate(bounds))
    places = places[places < count]
    devices = {index: places[:, None] * size + np.arange(size) for index, size in sizes.items()}
    rows = [tables[index].at(numbers).reshape(len(places), -1) for index, numbers in devices.items()]
    classes = classify_rows(np.concatenate(rows, axis=1)).by_representative()
    copies = classes.total(np.diff(places, append=count))
    return {
        index: (numbers[classes.representatives].ravel(), np.repeat(copies, sizes[index]))
        for index, numbers in devices.items()
    }


def _alone(fabric: Fabric, index: int, table: Runs, levels: Collection[str]) -> tuple[Ints, Ints]:
    """Return devices in no place of their path: one a run, all where the floor put them into racks."""
    if "rack" in levels and not fabric.sites.stands[index].nowhere:
        numbers = _all(fabric, index)
        return numbers, np.ones_like(numbers)
    return table.starts, table.lengths


def _share_racks(fabric: Fabric, tables: Mapping[int, Runs]) -> bool:
    """Return whether the floor put some of the devices into racks that the tree fills with others."""
    stands = [fabric.sites.stands[index] for index in tables]
    by_floor = [stand.span for stand in stands if stand.listed is not None]
    by_tree = [stand.span for stand in stands if stand.listed is None and stand.in_racks]
    return any(low <= last and first <= high for low, high in by_floor for first, last in by_tree)


def _outermost(path: Steps, levels: Collection[str]) -> int | None:
    depths = [depth for level in levels if (depth := level_depth(path, level))]
    return min(depths, default=None)


def _all(fabric: Fabric, index: int) -> Ints:
    return np.arange(fabric.groups[index].count, dtype=np.int64)
