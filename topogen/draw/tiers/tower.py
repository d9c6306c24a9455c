"""What the tiers diagram shows of a fabric: its rows of devices, their blocks, and the links between them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.model.expand import expand
from topogen.model.path import count_of, path_name
from topogen.naming.rail_numbers import plane_of, rail_of
from topogen.records import dataclass
from topogen.wiring import generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps

    Bools: TypeAlias = NDArray[np.bool_]
    Unit: TypeAlias = tuple[Ints, list[str], str, list[int]]
    """The unit of each device, the names of the units, what one is called, and the group each belongs to."""

NOT = -1
MOST_PLANES = 8
MOST_COLUMNS, WIDER_COLUMNS = 16, 10
"""With more rows or units than this, neighbours share a column; fewer where each has a thousand GPUs."""
MANY_IN_COLUMN = 1000
"""So many rows or units need columns twice as wide."""


@dataclass(frozen=True)
class Row:
    """A tier: ``block`` has the block of each device of the fabric, -1 for those of other tiers."""

    names: tuple[str, ...]
    block: Ints

    @property
    def counts(self) -> Ints:
        """Return the number of devices in each block, shape (blocks,)."""
        return np.bincount(self.block[self.block >= 0], minlength=len(self.names))


class Band(NamedTuple):
    """The links of a group between a tier and the one above: ``links`` has shape (lower, upper blocks)."""

    group: int
    below: int
    links: Ints
    whole: bool
    """Whether these are all links of the group."""


class Lateral(NamedTuple):
    """Links of a group between switches of one tier: devices in pairs, shape (pairs, 2), and their links."""

    group: int
    row: int
    pairs: Ints
    links: Ints


class Outside(NamedTuple):
    """Links of a group from a tier, 1 the lowest, to where the file does not go."""

    group: int
    tier: int
    links: int
    blocks: Ints
    """Those of each block of the tier, shape (blocks,)."""


class Kind(NamedTuple):
    """Neighbouring columns whose units are of one group, such as hosts, or spare hosts."""

    name: str
    first: int
    end: int
    """The column after the last one."""


@dataclass(frozen=True)
class Tower:
    """The tiers of one fabric of the file, ends first; ``units`` says what a column of the ends is.

    ``sideways`` counts the links past the next tier or between ends, ``outside`` has those out of the model.
    ``rails`` is how many rails the lowest switches serve, 0 unless each of them serves one.
    """

    name: str
    rows: tuple[Row, ...]
    roles: tuple[str, ...]
    bands: tuple[Band, ...]
    units: str
    columns_merge: int
    kinds: tuple[Kind, ...]
    gpus: Ints
    """The GPUs in each column, shape (columns,)."""
    lateral: tuple[Lateral, ...]
    sideways: int
    outside: tuple[Outside, ...]
    rails: int

    @property
    def leaving(self) -> int:
        """Return how many links end outside the model."""
        return sum(one.links for one in self.outside)


def tower_of(fabric: Fabric, name: str, touched: Selection | None) -> Tower:
    """Return the tiers of a fabric, or what a selection shows of them."""
    roles = [
        f"{name}/{role}"
        for tier in generator(fabric.spec.fabrics[name].pattern).spec.tier_roles
        for role in tier
        if any(group.role == f"{name}/{role}" for group in fabric.groups)
    ]
    tier = np.full(fabric.n_devices + 1, NOT, np.int64)  # one more, the outside
    for number, role in enumerate(roles, 1):
        for group in fabric.groups:
            if group.role == role:
                tier[group.first : group.first + group.count] = number
    joins = tuple(_joins(fabric, tier, touched))
    for _, a, b, _ in joins:
        for near, far in ((a, b), (b, a)):
            tier[near[(tier[near] == NOT) & (tier[far] == 1) & (near >= 0)]] = 0
    tier[-1] = NOT
    shown = np.ones(fabric.n_devices, bool)
    if touched:
        shown[:] = False
        shown[touched.joined] = True
    ours = np.where(shown, tier[:-1], NOT)
    first, gpus, units, merge, kinds = _columns(fabric, ours == 0, shown)
    rows = _rows(fabric, name, ours, first, joins, len(roles))
    while len(rows) > 2 and not rows[-1].counts.any():  # noqa: PLR2004 - a tier and its ends
        rows, roles = rows[:-1], roles[:-1]
    bands, aside = _bands(tier, rows, joins)
    outside = tuple(_outside(tier, rows, joins))
    lateral = tuple(_lateral(tier, joins))
    aside -= sum(int(one.links.sum()) for one in lateral)
    rails = _rails(fabric, name, tier, joins)
    return Tower(name, rows, tuple(roles), bands, units, merge, kinds, gpus, lateral, aside, outside, rails)


def _rails(fabric: Fabric, name: str, tier: Ints, joins: tuple[tuple[int, Ints, Ints, int], ...]) -> int:
    """Return how many rails the switches of the lowest tier serve, 0 unless each serves one.

    Ends without a rail, such as those of a controller, may be on any.
    """
    spec = fabric.spec.fabrics[name]
    level = spec.levels().rails_by
    if not level:
        return 0
    rail = np.append(rail_of(fabric, spec.ends, level), NOT)
    low, high = np.full(len(tier), fabric.n_devices, np.int64), np.full(len(tier), NOT, np.int64)
    for _, a, b, _ in joins:
        for near, far in ((a, b), (b, a)):
            here = (tier[near] == 1) & (rail[far] != NOT)
            np.minimum.at(low, near[here], rail[far[here]])
            np.maximum.at(high, near[here], rail[far[here]])
    met = high[high != NOT]
    return len(np.unique(met)) if (low[high != NOT] == met).all() else 0


def _joins(fabric: Fabric, tier: Ints, touched: Selection | None) -> Iterator[tuple[int, Ints, Ints, int]]:
    """Yield each link group that ends at the tower: its number, both ends, how many links it has."""
    for index, link in enumerate(fabric.links):
        groups = {end.group for block in link.blocks for end in (block.a, block.b) if end is not None}
        if not any(tier[fabric.groups[one].first] > 0 for one in groups):
            continue
        columns = touched.columns[index] if touched else expand(fabric, link)
        keep: NDArray[np.bool_] | slice = touched.links[index] if touched else slice(None)
        a, b = columns.a[keep].astype(np.int64), columns.b[keep].astype(np.int64)
        ours = (tier[a] > 0) | (tier[b] > 0)
        yield index, a[ours], b[ours], link.count


def _rows(
    fabric: Fabric,
    name: str,
    tier: Ints,
    first: Row,
    joins: tuple[tuple[int, Ints, Ints, int], ...],
    tiers: int,
) -> tuple[Row, ...]:
    rows = [first]
    planes = fabric.made[name].planes if name in fabric.made else 1
    for number in range(1, tiers + 1):
        if number == 1 and 1 < planes <= MOST_PLANES:
            block = np.where(tier == number, plane_of(fabric, name, planes), NOT)
            rows.append(Row(tuple(f"plane {one}" for one in range(planes)), block))
        else:
            rows.append(_row(tier, number, rows[-1], joins))
    return tuple(rows)


def _row(tier: Ints, number: int, below: Row, joins: tuple[tuple[int, Ints, Ints, int], ...]) -> Row:
    """Return a tier in the blocks of the one below, if each of its switches serves only one of them."""
    switches = np.flatnonzero(tier == number)
    low, high = np.full(len(tier) + 1, len(below.names), np.int64), np.full(len(tier) + 1, NOT, np.int64)
    own = np.append(below.block, NOT)
    for _, a, b, _ in joins:
        for near, far in ((a, b), (b, a)):
            at = own[far] >= 0
            np.minimum.at(low, near[at], own[far[at]])
            np.maximum.at(high, near[at], own[far[at]])
    alone = bool((low[switches] == high[switches]).all()) and len(switches) > 0
    block = np.full(len(tier), NOT, np.int64)
    block[switches] = low[switches] if alone else 0
    return Row(below.names if alone else ("",), block)


def _bands(
    tier: Ints, rows: tuple[Row, ...], joins: tuple[tuple[int, Ints, Ints, int], ...]
) -> tuple[tuple[Band, ...], int]:
    bands, aside = [], 0
    for index, a, b, every in joins:
        inside = (tier[a] >= 0) & (tier[b] >= 0)
        low, high = np.where(tier[a] <= tier[b], (a, b), (b, a))
        level = tier[low]
        next_to = inside & (tier[high] == level + 1)
        aside += len(a) - int(next_to.sum()) - int(((a < 0) | (b < 0)).sum())
        for below in range(len(rows) - 1):
            here = next_to & (level == below)
            if not here.any():
                continue
            links = np.zeros((len(rows[below].names), len(rows[below + 1].names)), np.int64)
            np.add.at(links, (rows[below].block[low[here]], rows[below + 1].block[high[here]]), 1)
            bands.append(Band(index, below, links, int(here.sum()) == every))
    return tuple(bands), aside


def _outside(
    tier: Ints, rows: tuple[Row, ...], joins: tuple[tuple[int, Ints, Ints, int], ...]
) -> Iterator[Outside]:
    for index, a, b, _ in joins:
        near = np.concatenate([a[b < 0], b[a < 0]])
        levels, links = np.unique(tier[near], return_counts=True)
        for level, count in zip(levels.tolist(), links.tolist(), strict=True):
            block = rows[level].block[near[tier[near] == level]]
            yield Outside(index, level, count, np.bincount(block, minlength=len(rows[level].names)))


def _lateral(tier: Ints, joins: tuple[tuple[int, Ints, Ints, int], ...]) -> Iterator[Lateral]:
    for index, a, b, _ in joins:
        level = np.where(tier[a] == tier[b], tier[a], NOT)
        for row in np.unique(level[level > 0]).tolist():
            ends = np.sort(np.stack([a, b], 1)[level == row], axis=1)
            pairs, links = np.unique(ends, axis=0, return_counts=True)
            yield Lateral(index, row, pairs, links)


def _columns(fabric: Fabric, ends: Bools, shown: Bools) -> tuple[Row, Ints, str, int, tuple[Kind, ...]]:
    """Return the columns that the ends stand in: rows of the floor, else racks, else the outermost places."""
    gpu = np.concatenate([np.full(group.count, group.type.role == "gpu") for group in fabric.groups]) & shown
    unit, names, noun, groups = _units(fabric, ends, gpu)
    used = np.unique(unit[ends])
    most = MOST_COLUMNS
    if len(used) >= MANY_IN_COLUMN * MOST_COLUMNS:
        most = MOST_COLUMNS // 2
    elif len(used) > MOST_COLUMNS and gpu.sum() >= MANY_IN_COLUMN * MOST_COLUMNS:
        most = WIDER_COLUMNS
    runs = [list(one) for _, one in groupby(used.tolist(), key=groups.__getitem__)]
    if 2 * len(runs) > most:
        runs = [used.tolist()]
    merge = max(1, -(-len(used) // most))
    while sum(-(-len(one) // merge) for one in runs) > most:
        merge += 1
    merge = _even([len(one) for one in runs], merge)
    number = np.full(len(names) + 1, NOT, np.int64)  # one more, for devices without a unit
    labels: list[str] = []
    kinds = []
    for run in runs:
        number[run] = len(labels) + np.arange(len(run)) // merge
        spans = [run[at : at + merge] for at in range(0, len(run), merge)]
        kinds.append(Kind(_to(names[run[0]], names[run[-1]]), len(labels), len(labels) + len(spans)))
        labels += [_to(names[one[0]], names[one[-1]]) for one in spans]
    inside = number[unit[gpu]]
    gpus = np.bincount(inside[inside >= 0], minlength=len(labels))
    return Row(tuple(labels), np.where(ends, number[unit], NOT)), gpus, noun, merge, tuple(kinds)


def _even(runs: Sequence[int], least: int) -> int:
    """Return how many units share a column, ``least`` or more: a divisor of the runs, if there is one.

    >>> _even([72], 5), _even([128, 8], 9), _even([127], 8)
    (6, 16, 8)
    """
    found = (one for one in range(least, 2 * least) if all(run % one == 0 or run < one for run in runs))
    return next(found, least)


def _to(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _units(fabric: Fabric, ends: Bools, gpu: Bools) -> Unit:
    """Return the unit of each device, -1 for none: the largest of which there are several."""
    largest = None
    for found in _kinds_of_units(fabric, ends, gpu):
        used = np.unique(found[0][ends])
        if len(used) > 1 and np.isin(found[0][gpu], used).all():
            return found
        largest = largest or found
    return largest or (np.zeros(fabric.n_devices, np.int64), [""], "", [0])


def _kinds_of_units(fabric: Fabric, ends: Bools, gpu: Bools) -> Iterator[Unit]:
    """Yield what columns may stand for, the largest first: rows, racks, and places level by level."""
    sites = fabric.sites
    rack = sites.rack
    if len(sites.rows) and (rack[ends] >= 0).all() and (sites.row[rack[ends]] >= 0).all():
        row = np.where(rack >= 0, np.append(sites.row, NOT)[rack], NOT)
        yield row, list(sites.rows), "row", [0] * len(sites.rows)
        yield rack, [one.name for one in sites.racks], "rack", [0] * len(sites.racks)
    for depth in range(1, max((len(group.path) for group in fabric.groups), default=0) + 1):
        yield _places(fabric, ends | gpu, depth)


def _places(fabric: Fabric, shown: Bools, depth: int) -> Unit:
    """Return the place of each device so many levels down, and how these are called."""
    unit = np.full(fabric.n_devices, NOT, np.int64)
    names: list[str] = []
    nouns: list[str] = []
    groups: list[int] = []
    first: dict[Steps, int] = {}
    for group in fabric.groups:
        if not shown[group.first : group.first + group.count].any():
            continue
        top = group.path[:depth]
        if top not in first:
            first[top] = len(names)
            names += [path_name(top, one) for one in range(count_of(top))]
            groups += [len(first)] * count_of(top)
            nouns.append(top[-1].level or "")
        inside = np.arange(group.count) // count_of(group.path[depth:])
        unit[group.first : group.first + group.count] = first[top] + inside
    return unit, names, nouns[0] if len(set(nouns)) == 1 else "unit", groups
