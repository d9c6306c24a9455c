"""What the tiers diagram shows of a fabric: its rows of devices, their blocks, and the links between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.model.expand import expand
from topogen.model.fabric import place_ids
from topogen.model.path import count_of, path_name
from topogen.naming.rail_numbers import plane_of
from topogen.records import dataclass
from topogen.wiring import generator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from numpy.typing import NDArray

    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps

    Bools: TypeAlias = NDArray[np.bool_]
    Unit: TypeAlias = tuple[Ints, list[str], str]
    """The unit of each device, the names of the units, and what one of them is called."""

NOT = -1
MOST_PLANES = 8
MOSTLY = 0.9
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


@dataclass(frozen=True)
class Tower:
    """The tiers of one fabric of the file, ends first; ``units`` says what a column of the ends is.

    ``sideways`` and ``leaving`` count the links past the next tier or between ends, and out of the model.
    """

    name: str
    rows: tuple[Row, ...]
    roles: tuple[str, ...]
    bands: tuple[Band, ...]
    units: str
    columns_merge: int
    gpus: Ints
    """The GPUs in each column, shape (columns,)."""
    lateral: tuple[Lateral, ...]
    sideways: int
    leaving: int


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
    first, gpus, units, merge = _columns(fabric, ours == 0, shown)
    rows = _rows(fabric, name, ours, first, joins, len(roles))
    bands, aside, leaving = _bands(tier, rows, joins)
    lateral = tuple(_lateral(tier, joins))
    aside -= sum(int(one.links.sum()) for one in lateral)
    return Tower(name, rows, tuple(roles), bands, units, merge, gpus, lateral, aside, leaving)


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
) -> tuple[tuple[Band, ...], int, int]:
    bands, aside, leaving = [], 0, 0
    for index, a, b, every in joins:
        inside = (tier[a] >= 0) & (tier[b] >= 0)
        leaving += int(((a < 0) | (b < 0)).sum())
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
    return tuple(bands), aside, leaving


def _lateral(tier: Ints, joins: tuple[tuple[int, Ints, Ints, int], ...]) -> Iterator[Lateral]:
    for index, a, b, _ in joins:
        level = np.where(tier[a] == tier[b], tier[a], NOT)
        for row in np.unique(level[level > 0]).tolist():
            ends = np.sort(np.stack([a, b], 1)[level == row], axis=1)
            pairs, links = np.unique(ends, axis=0, return_counts=True)
            yield Lateral(index, row, pairs, links)


def _columns(fabric: Fabric, ends: Bools, shown: Bools) -> tuple[Row, Ints, str, int]:
    """Return the columns that the ends stand in: rows of the floor, else racks, else the outermost places."""
    gpu = np.concatenate([np.full(group.count, group.type.role == "gpu") for group in fabric.groups]) & shown
    unit, names, noun = _units(fabric, ends, gpu)
    used = np.unique(unit[ends])
    most = MOST_COLUMNS
    if len(used) >= MANY_IN_COLUMN * MOST_COLUMNS:
        most = MOST_COLUMNS // 2
    elif len(used) > MOST_COLUMNS and gpu.sum() >= MANY_IN_COLUMN * MOST_COLUMNS:
        most = WIDER_COLUMNS
    merge = max(1, -(-len(used) // most))
    number = np.full(len(names) + 1, NOT, np.int64)  # one more, for devices without a unit
    number[used] = np.arange(len(used)) // merge
    kept = [names[one] for one in used.tolist()]
    spans = [kept[at : at + merge] for at in range(0, len(kept), merge)]
    labels = tuple(one[0] if len(one) == 1 else f"{one[0]} to {one[-1]}" for one in spans)
    inside = number[unit[gpu]]
    gpus = np.bincount(inside[inside >= 0], minlength=len(labels))
    return Row(labels, np.where(ends, number[unit], NOT)), gpus, noun, merge


def _units(fabric: Fabric, ends: Bools, gpu: Bools) -> Unit:
    """Return the unit of each device, -1 for none: the largest of which there are several."""
    largest = None
    for found in _kinds_of_units(fabric, ends, gpu):
        used = np.unique(found[0][ends])
        if len(used) > 1 and np.isin(found[0][gpu], used).all():
            return found
        largest = largest or found
    return largest or (np.zeros(fabric.n_devices, np.int64), [""], "")


def _kinds_of_units(fabric: Fabric, ends: Bools, gpu: Bools) -> Iterator[Unit]:
    """Yield what columns may stand for, the largest first: rows, racks, and places level by level."""
    sites = fabric.sites
    rack = sites.rack
    if len(sites.rows) and (rack[ends] >= 0).all() and (sites.row[rack[ends]] >= 0).all():
        yield np.where(rack >= 0, np.append(sites.row, NOT)[rack], NOT), list(sites.rows), "row"
        yield rack, [one.name for one in sites.racks], "rack"
    for depth in range(1, max((len(group.path) for group in fabric.groups), default=0) + 1):
        yield _places(fabric, ends | gpu, depth)


def _places(fabric: Fabric, shown: Bools, depth: int) -> Unit:
    """Return the place of each device so many levels down, and how these are called."""
    unit = np.full(fabric.n_devices, NOT, np.int64)
    names: list[str] = []
    nouns: list[str] = []
    first: dict[Steps, int] = {}
    for group in fabric.groups:
        if not shown[group.first : group.first + group.count].any():
            continue
        top = group.path[:depth]
        if top not in first:
            first[top] = len(names)
            names += [path_name(top, one) for one in range(count_of(top))]
            nouns.append(top[-1].level or "")
        inside = np.arange(group.count) // count_of(group.path[depth:])
        unit[group.first : group.first + group.count] = first[top] + inside
    return unit, names, nouns[0] if len(set(nouns)) == 1 else "unit"


def holders(fabric: Fabric, ends: Ints) -> tuple[str, Ints]:
    """Return what to count the ends by, racks, nodes or themselves, and the holder of each device or -1."""
    for level in ("rack", "node"):
        held = np.full(fabric.n_devices, NOT, np.int64)
        for group in fabric.groups:
            if (ends[group.first : group.first + group.count] >= 0).any():
                ids = place_ids(fabric, group, level)
                if ids is not None:
                    held[group.first : group.first + group.count] = ids
        if (held[ends >= 0] >= 0).mean() > MOSTLY and len(np.unique(held[ends >= 0])) > 1:
            return level, np.where(ends >= 0, held, NOT)
    return "", np.where(ends >= 0, np.arange(fabric.n_devices), NOT)


def gpus_of_each(fabric: Fabric, level: str) -> int:
    """Return how many GPUs each place of a level has that has any; 0 where they differ, or have no place."""
    counts = np.zeros(1, np.int64)
    for group in fabric.groups:
        if group.type.role == "gpu":
            ids = place_ids(fabric, group, level)
            if ids is None:
                return 0
            more = np.bincount(ids)
            counts = np.concatenate([counts, np.zeros(max(0, len(more) - len(counts)), np.int64)])
            counts[: len(more)] += more
    found = np.unique(counts[counts > 0])
    return int(found[0]) if len(found) == 1 else 0
