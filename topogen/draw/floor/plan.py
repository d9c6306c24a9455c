"""What stands where: racks one by one, or adjacent ones that hold the same as one spot."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shown.words import listed, span, with_type, wrapped
from topogen.graph.contract import device_counts, device_names, node_types
from topogen.model.equivalence import classify, classify_rows
from topogen.model.expand import OUTSIDE
from topogen.records import dataclass
from topogen.takeoff.pools import SWITCH_ROLES
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.picture import Kind
    from topogen.graph.contract import Contraction
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

BESIDE = 10
"""Racks of a row that are drawn individually, and spots per line."""

CELL = 20
"""Characters of a line in a spot."""

NO_ROW = -1


@dataclass(frozen=True)
class FloorBox:
    """Racks, or devices that are in none: all equal, and in a row adjacent.

    ``row`` is the number of their row, or ``NO_ROW``; ``nodes`` are those of the contraction.
    """

    name: str
    type: str
    row: int
    nodes: Ints
    holds: dict[str, int]
    kind: Kind
    shown: bool


@dataclass(frozen=True)
class Plan:
    """The spots in the order of the floor; ``spot`` maps nodes to them, shape (nodes,)."""

    rows: tuple[str, ...]
    spots: tuple[FloorBox, ...]
    spot: Ints


def plan_of(fabric: Fabric, contraction: Contraction) -> Plan:
    """Return what is on the floor: row by row along each, last what is not in a row."""
    sites = fabric.sites
    row = np.append(sites.row, np.full(len(contraction.alone), NO_ROW))
    along = np.append(sites.x_mm, np.zeros(len(contraction.alone), np.int64))
    types = np.array(node_types(fabric, contraction))
    counts = device_counts(fabric, contraction)
    columns = [classify(types.tolist()).class_of, contraction.shown, *counts.values()]
    look = classify_rows(np.stack(columns, axis=1)).class_of
    merged = int(np.bincount(sites.row[sites.row >= 0]).max()) > BESIDE
    order = np.lexsort((along, np.where(row < 0, len(sites.rows), row)))
    in_row = order[row[order] >= 0]
    key = np.where(merged, look, np.arange(len(look)))
    groups = [list(run) for _, run in groupby(in_row.tolist(), key=lambda node: (row[node], key[node]))]
    rowless = order[row[order] < 0]
    groups += [rowless[look[rowless] == one].tolist() for one in dict.fromkeys(look[rowless].tolist())]
    names = [rack.name for rack in sites.racks] + device_names(fabric, contraction.alone)
    roles = {group.label: group.type.role for group in fabric.groups}
    spots = []
    spot = np.full(len(look), OUTSIDE, np.int64)
    for number, nodes in enumerate(groups):
        first = nodes[0]
        holds = {label: int(count[first]) for label, count in counts.items() if count[first]}
        spots.append(
            FloorBox(
                name=run_name([names[node] for node in nodes]),
                type=str(types[first]),
                row=int(row[first]),
                nodes=np.array(nodes),
                holds=holds,
                kind=_spot_kind({roles[label] in SWITCH_ROLES for label in holds}),
                shown=bool(contraction.shown[first]),
            )
        )
        spot[nodes] = number
    return Plan(sites.rows, tuple(spots), spot)


def run_name(names: Sequence[str]) -> str:
    """Return one name for things in a row, a selector where their numbers follow each other.

    >>> run_name(["r1"]), run_name(["r08", "r09", "r10"]), run_name(["a1", "b2"])
    ('r1', 'r[08-10]', 'a1 to b2')
    """
    first, last = names[0], names[-1]
    if len(names) == 1:
        return first
    stem = first.rstrip("0123456789")
    ends = [name.removeprefix(stem) for name in names]
    if all(end.isdecimal() for end in ends):
        low = int(ends[0])
        if [int(end) for end in ends] == list(range(low, low + len(ends))):
            return f"{stem}[{ends[0]}-{ends[-1]}]"
    return f"{first} to {last}"


def where_of(fabric: Fabric, spot: FloorBox) -> str:
    """Return where the first and the last rack of a spot stand along their row, nothing without one."""
    ends = fabric.sites.x_mm[spot.nodes[[0, -1]]] if spot.row != NO_ROW else None
    return "" if ends is None else f"at {span(int(ends[0]), int(ends[1]))}"


def spot_words(spot: FloorBox) -> tuple[str, ...]:
    """Return the name of a spot, how many of which racks it is, and what each holds.

    A device says by its type what it is.
    """
    many = len(spot.nodes)
    held = wrapped(listed(spot.holds), CELL) if spot.holds.keys() != {spot.type} else []
    if many == 1:
        return (with_type(spot.name, spot.type), *held)
    return (spot.name, f"{format_count(many)} x {spot.type}" + (", each" if held else ""), *held)


def _spot_kind(switches: set[bool]) -> Kind:
    return "mixed" if len(switches) > 1 else "switch" if True in switches else "compute"
