"""What stands where on the floor, and the bundles of links between rows or racks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shown.lengths import bundle_lengths
from topogen.draw.shown.strokes import family_of_link
from topogen.graph.contract import device_counts
from topogen.language.device import SWITCH_ROLES
from topogen.model.expand import OUTSIDE
from topogen.palette import FAMILIES
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.graph.contract import Contraction
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric

BESIDE = 24
"""Up to this number of racks in a single row, bundles join racks; of more, blocks of racks."""
NO_ROW = -2
"""The area of what is not in a row."""
KINDS = ("compute", "switch", "mixed", "empty")


@dataclass(frozen=True)
class Plan:
    """Racks in rows, and the areas that bundles join: rows, or racks or blocks of racks of a single row.

    Arrays of shape (racks in rows,): ``rack`` numbers them, ``x_mm`` and ``y_mm`` is where they stand,
    ``kind`` is an index of ``KINDS``, ``shown`` whether a link of the selection ends there. ``area`` maps
    nodes to areas, shape (nodes + 1,): the last is the outside. ``block`` racks make an area, 0 if rows do.
    """

    rack: Ints
    x_mm: Ints
    y_mm: Ints
    kind: Ints
    shown: Bools
    area: Ints
    block: int


@dataclass(frozen=True)
class Bundle:
    """Links of one family of media between two areas, ``a`` before ``b``; ``rate`` is of all in Mb/s.

    ``b`` is ``NO_ROW`` or ``OUTSIDE`` where the far end is on no row, or not in the model. ``groups`` has the
    number of each link group, and its links among these. ``low_mm`` and ``high_mm`` are the shortest and the
    longest as routed, -1 where one is unknown; 0 where lengths were not asked for.
    """

    family: str
    a: int
    b: int
    links: int
    rate: int
    groups: tuple[tuple[int, int], ...]
    low_mm: int = 0
    high_mm: int = 0


def plan_of(fabric: Fabric, contraction: Contraction) -> Plan:
    """Return what is on the floor, row by row and along each."""
    sites = fabric.sites
    order = np.lexsort((sites.x_mm, np.where(sites.row < 0, len(sites.rows), sites.row)))
    rack = order[sites.row[order] >= 0]
    block = 0 if len(sites.rows) > 1 else -(-len(rack) // BESIDE)
    area = np.full(contraction.n_nodes + 1, NO_ROW)
    area[rack] = np.arange(len(rack)) // block if block else sites.row[rack]
    area[OUTSIDE] = OUTSIDE
    kind = _kinds(fabric, contraction)[rack]
    return Plan(rack, sites.x_mm[rack], sites.y_mm[rack], kind, contraction.shown[rack], area, block)


def _kinds(fabric: Fabric, contraction: Contraction) -> Ints:
    """Return what each node holds, an index of ``KINDS``."""
    counts = device_counts(fabric, contraction)
    roles = {group.label: group.type.role for group in fabric.groups}
    switch, compute = (
        sum((count for label, count in counts.items() if (roles[label] in SWITCH_ROLES) == wanted), 0)
        > np.zeros(contraction.n_nodes)
        for wanted in (True, False)
    )
    return np.select([switch & compute, switch, compute], [2, 1, 0], 3)


def bundles_of(fabric: Fabric, contraction: Contraction, plan: Plan) -> list[Bundle]:
    """Return the bundles between areas, those with a == b inside one; links inside one rack are none."""
    found = []
    for number, (link, one) in enumerate(zip(fabric.links, contraction.bundles, strict=True)):
        family = FAMILIES.index(family_of_link(fabric, link))
        away = one.a != one.b
        a, b = plan.area[one.a[away]], plan.area[one.b[away]]
        swap = (a < 0) | ((b < a) & (b >= 0))
        ends = (np.where(swap, b, a), np.where(swap, a, b))
        same = np.full((2, len(a)), [[family], [number]])
        found.append(np.stack([same[0], *ends, same[1], one.links[away]], axis=1))
    rows = np.concatenate(found or [np.zeros((0, 5), np.int64)])
    keys, which = np.unique(rows[:, :4], axis=0, return_inverse=True)
    links = np.zeros(len(keys), np.int64)
    np.add.at(links, which.ravel(), rows[:, 4])
    groups: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for (kind, a, b, number), count in zip(keys.tolist(), links.tolist(), strict=True):
        groups.setdefault((kind, a, b), []).append((number, count))
    return [_bundle(fabric, FAMILIES[kind], (a, b), some) for (kind, a, b), some in groups.items()]


def _bundle(fabric: Fabric, family: str, ends: tuple[int, int], groups: list[tuple[int, int]]) -> Bundle:
    links = sum(count for _, count in groups)
    rate = sum(count * fabric.links[number].rate for number, count in groups)
    return Bundle(family, *ends, links, rate, tuple(groups))


def with_lengths(
    fabric: Fabric, contraction: Contraction, plan: Plan, bundles: Sequence[Bundle], touched: Selection | None
) -> list[Bundle]:
    """Return bundles with how long their links are as routed, from the lengths of all links."""
    found: dict[tuple[str, int, int], list[tuple[int, int]]] = {}
    for number, (link, one) in enumerate(zip(fabric.links, contraction.bundles, strict=True)):
        lengths = bundle_lengths(fabric, number, contraction, touched)
        low, high = lengths or (np.full(len(one.links), -1),) * 2
        family = family_of_link(fabric, link)
        areas = np.sort(np.stack([plan.area[one.a], plan.area[one.b]], axis=1), axis=1)
        for a, b, *ends in np.column_stack([areas, low, high])[one.a != one.b].tolist():
            found.setdefault((family, a, b), []).append((ends[0], ends[1]))
    return [_long(one, found.get((one.family, one.a, one.b), [])) for one in bundles]


def _long(bundle: Bundle, lengths: Sequence[tuple[int, int]]) -> Bundle:
    known = bool(lengths) and all(low >= 0 for low, _ in lengths)
    low, high = (min(low for low, _ in lengths), max(high for _, high in lengths)) if known else (-1, -1)
    return replace(bundle, low_mm=low, high_mm=high)


def longer_rows(plan: Plan) -> dict[int, str]:
    """Return, by row, what rows with more or fewer racks have more or less than most rows."""
    areas = plan.area[plan.rack]
    held = np.stack([np.bincount(plan.kind[areas == row], minlength=len(KINDS)) for row in np.unique(areas)])
    looks, counts = np.unique(held, axis=0, return_counts=True)
    usual = looks[counts.argmax()]
    if plan.block or 2 * counts.max() <= len(held):
        return {}
    return {
        row: ", ".join(_more(kind, more) for kind, more in zip(KINDS, few.tolist(), strict=True) if more)
        for row, few in zip(np.unique(areas).tolist(), held - usual, strict=True)
        if few.sum()
    }


def _more(kind: str, more: int) -> str:
    return f"{abs(more)} {'more' if more > 0 else 'fewer'} {kind} rack{'s' if abs(more) != 1 else ''}"


def links_inside(contraction: Contraction) -> int:
    """Return how many links join devices of one rack, or of one device outside racks."""
    return sum(int(one.links[one.a == one.b].sum()) for one in contraction.bundles)


def busiest(plan: Plan, contraction: Contraction) -> int:
    """Return the rack, by its place in the plan, at which most links from other racks end.

    A rack with switches, where there is one.
    """
    ends = np.zeros(contraction.n_nodes + 1, np.int64)
    for one in contraction.bundles:
        away = one.a != one.b
        np.add.at(ends, one.a[away], one.links[away])
        np.add.at(ends, one.b[away], one.links[away])
    here = ends[plan.rack]
    switches = (plan.kind == 1) | (plan.kind == KINDS.index("mixed"))
    here = np.where(switches & plan.shown, here + here.max(initial=0) + 1, here)
    middle = np.abs(plan.x_mm - np.median(plan.x_mm)) + np.abs(plan.y_mm - np.median(plan.y_mm))
    return int(np.lexsort((middle, -here))[0])
