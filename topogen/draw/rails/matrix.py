"""What the rails diagram shows: the links between hosts and leaves, their rails, and the units they form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.rails.named import site_named
from topogen.draw.shown.tiered import touches, tower_names
from topogen.graph.contract import lowest_joined
from topogen.language.device import SWITCH_ROLES
from topogen.model.equivalence import Classes, classify, classify_values
from topogen.model.expand import expand
from topogen.model.fabric import place_ids
from topogen.model.path import count_of, level_depth
from topogen.model.runs import cumcount
from topogen.model.select import select_devices
from topogen.naming.rail_numbers import NOT, rail_of
from topogen.records import dataclass
from topogen.structure.rails import usual
from topogen.wiring import generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topogen.graph.selection import Selection
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps
    from topogen.selector import Selector


@dataclass(frozen=True)
class Rule:
    """What is built in rails: ends that are numbered within a place, and perhaps units of such places."""

    name: str
    ends: tuple[Selector, ...]
    extra: tuple[Selector, ...]
    level: str
    units: str
    planes: int


@dataclass(frozen=True, eq=False)
class Matrix:
    """The links between hosts and leaves: everything of shape (links,).

    ``rail`` is that of the host, -1 where it has none; ``wrong`` says which links are at a leaf of another
    rail or unit, or, in a link group, where rails may share a leaf, not at the leaf of their rail. ``unit``
    numbers what shares leaves; ``rate`` is in Mb/s per direction; ``link`` is the number of the link group.
    """

    rule: Rule
    host: Ints
    leaf: Ints
    rail: Ints
    wrong: Bools
    unit: Ints
    rate: Ints
    link: Ints

    def only(self, links: Bools | Ints) -> Matrix:
        """Return some of the links."""
        wrong, unit, rate, link = self.wrong[links], self.unit[links], self.rate[links], self.link[links]
        return Matrix(
            self.rule, self.host[links], self.leaf[links], self.rail[links], wrong, unit, rate, link
        )

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.host)


def matrix_of(fabric: Fabric, touched: Selection | None) -> tuple[Matrix | None, list[str]]:
    """Return the links of the largest rail-built fabric, else of the largest in tiers, and the others' names.

    Which links break the rule is told from all links, also where a selection shows only some of them.
    """
    rules = _rules(fabric)
    for number, rule in enumerate(rules):
        found = _matrix(fabric, rule, touched)
        if len(found):
            return found, [one.name for one in rules[:number] + rules[number + 1 :]]
    return None, []


def _rules(fabric: Fabric) -> list[Rule]:
    """Return what has leaves: rail-built fabrics, rail-built link groups, fabrics without rails."""
    made: list[Rule] = []
    plain: list[Rule] = []
    for name in tower_names(fabric):
        spec = fabric.spec.fabrics[name]
        levels = spec.levels()
        one = Rule(
            name,
            tuple(spec.ends),
            tuple(levels.extra_ends),
            levels.rails_by or "",
            levels.units_by or "",
            spec.planes,
        )
        (made if one.level else plain).append(one)
    wired = [
        Rule(name, tuple(ends.a), (), ends.rails_by, _within(fabric, name), 1)
        for name, spec in fabric.spec.links.items()
        if (ends := spec.ends()).rails_by
    ]
    return [*made, *wired, *plain]


def _within(fabric: Fabric, name: str) -> str:
    """Return the level of the places that a link group of the file is wired in, each on its own."""
    return next((link.within or "" for link in fabric.links if name in (link.name, link.base)), "")


def _matrix(fabric: Fabric, rule: Rule, touched: Selection | None) -> Matrix:
    role = np.append(_bystanders(fabric, rule), NOT)  # one more, the outside
    if rule.name in fabric.spec.fabrics:
        for number, name in enumerate(_roles(fabric, rule.name), 1):
            for group in fabric.groups:
                if group.role == f"{rule.name}/{name}":
                    role[group.first : group.first + group.count] = number
    else:
        for link in fabric.links:
            if rule.name in (link.name, link.base):
                role[expand(fabric, link).b] = 1
    host, leaf, groups, shown = _host_links(fabric, role, touched)
    rail = _rails(fabric, rule, host)[host]
    key = rail + (_units(fabric, rule)[host] + 1) * (int(rail.max(initial=0)) + 1)
    wrong = np.zeros(len(host), bool)
    on_rail = rail != NOT
    of, at = (leaf, key) if rule.name in fabric.spec.fabrics else (key, leaf)
    wrong[on_rail] = usual(of[on_rail], at[on_rail]) != at[on_rail]
    rate = np.array([one.rate for one in fabric.links], np.int64)[groups]
    found = Matrix(rule, host, leaf, rail, wrong, np.zeros(len(host), np.int64), rate, groups)
    return replace(found, unit=_joined(fabric, found)).only(shown)


def _joined(fabric: Fabric, matrix: Matrix) -> Ints:
    """Return which links belong together because nodes share leaves, by the lowest of their nodes."""
    row = rows_at(fabric, matrix, finest_level(fabric, matrix)).of
    leaf, leaves = ranked(matrix.leaf)
    rows = int(row.max(initial=-1)) + 1
    return lowest_joined(rows + len(leaves), row, rows + leaf)[row]


def finest_level(fabric: Fabric, matrix: Matrix) -> str:
    """Return the level of the rows: that of the rails, else nodes, trays, racks, or the hosts alone."""
    hosts = ranked(matrix.host)[1]
    groups = [
        group
        for group in fabric.groups
        if ((hosts >= group.first) & (hosts < group.first + group.count)).any()
    ]
    found = (
        level for level in ("node", "tray", "rack") if all(level_depth(one.path, level) for one in groups)
    )
    return matrix.rule.level or next(found, "device")


def _bystanders(fabric: Fabric, rule: Rule) -> Ints:
    """Return 0 for each switch that is no end, -1 for other devices, shape (devices,)."""
    role = np.full(fabric.n_devices, NOT, np.int64)
    for group in fabric.groups:
        if group.type.role in SWITCH_ROLES:
            role[group.first : group.first + group.count] = 0
    for selector in (*rule.ends, *rule.extra):
        for piece in select_devices(fabric.groups, selector):
            role[fabric.groups[piece.group].first + piece.devices()] = NOT
    return role


def _roles(fabric: Fabric, name: str) -> list[str]:
    tiers = generator(fabric.spec.fabrics[name].pattern).spec.tier_roles
    return [role for tier in tiers for role in tier]


def _host_links(
    fabric: Fabric, role: Ints, touched: Selection | None
) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """Return host, leaf and link group of each link between a leaf and what is no switch of the fabric."""
    leaves = {
        index
        for index, group in enumerate(fabric.groups)
        if (role[group.first : group.first + group.count] == 1).any()
    }
    found = [(np.zeros(0, np.int64),) * 3 + (np.zeros(0, bool),)]
    for index, link in enumerate(fabric.links):
        if not link.has_b or not touches(link, leaves):
            continue
        columns = touched.columns[index] if touched else expand(fabric, link)
        a, b = columns.a.astype(np.int64), columns.b.astype(np.int64)
        keep = touched.links[index] if touched else np.ones(len(a), bool)
        for near, far in ((a, b), (b, a)):
            ours = (role[near] == NOT) & (role[far] == 1)
            found.append((near[ours], far[ours], np.full(int(ours.sum()), index), keep[ours]))
    host, leaf, group, shown = (np.concatenate(column) for column in zip(*found, strict=True))
    return host, leaf, group, shown


def _rails(fabric: Fabric, rule: Rule, host: Ints) -> Ints:
    """Return the rail of each device; hosts like the ends in places without any have theirs by position."""
    if not rule.level:
        return np.full(fabric.n_devices, NOT, np.int64)
    rail = rail_of(fabric, rule.ends, rule.level)
    pieces = [piece.group for one in rule.ends for piece in select_devices(fabric.groups, one)]
    types = {fabric.groups[group].type.name for group in pieces}
    joined = np.zeros(fabric.n_devices, bool)
    joined[host] = True
    devices, places = [], []
    for group in fabric.groups:
        place = place_ids(fabric, group, rule.level) if group.type.name in types else None
        if place is not None:
            devices.append(group.first + np.arange(group.count))
            places.append(place)
    if not devices:
        return rail
    device, place = np.concatenate(devices), np.concatenate(places)
    new = ~np.isin(place, np.unique(place[rail[device] != NOT])) & joined[device]
    rail[device[new]] = cumcount(place)[new]
    return rail


def _units(fabric: Fabric, rule: Rule) -> Ints:
    """Return the unit of each device, -1 without one."""
    unit = np.full(fabric.n_devices, NOT, np.int64)
    for group in fabric.groups if rule.units else ():
        place = place_ids(fabric, group, rule.units)
        if place is not None:
            unit[group.first : group.first + group.count] = place
    return unit


@dataclass(frozen=True, eq=False)
class Rows:
    """The place of a level, or else the device, that holds each host: ``of``, shape (links,).

    ``used`` numbers the places in the order of the file; ``made`` says where those of each path begin.
    """

    of: Ints
    used: Ints
    made: tuple[tuple[int, str, Steps], ...]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.used)

    def named(self, fabric: Fabric) -> list[tuple[str, str]]:
        """Return the name of each row as the site has it, and its level or device type."""
        starts = [start for start, _, _ in self.made]
        kinds = (np.searchsorted(starts, self.used, side="right") - 1).tolist()
        found = [(one, *self.made[kind]) for one, kind in zip(self.used.tolist(), kinds, strict=True)]
        return [(site_named(fabric, path, [one - start])[0], noun) for one, start, noun, path in found]


def rows_at(fabric: Fabric, matrix: Matrix, level: str) -> Rows:
    """Return the rows of a matrix by a level of places, numbered from 0 in the order of the file."""
    number = np.full(fabric.n_devices, NOT, np.int64)
    first: dict[Steps, int] = {}
    made: list[tuple[int, str, Steps]] = []
    total = 0
    hosts = ranked(matrix.host)[1]
    for group in fabric.groups:
        own = hosts[(hosts >= group.first) & (hosts < group.first + group.count)]
        if not len(own):
            continue
        depth = level_depth(group.path, level) or len(group.path)
        path = group.path[:depth]
        if path not in first:
            first[path] = total
            made.append((total, path[-1].level or group.label, path))
            total += count_of(path)
        number[own] = first[path] + (own - group.first) // count_of(group.path[depth:])
    of, used = ranked(number[matrix.host])
    return Rows(of, used, tuple(made))


def ranked(values: Ints) -> tuple[Ints, Ints]:
    """Return the rank of each value among the different ones, and those, ascending; values are not negative.

    >>> [column.tolist() for column in ranked(np.array([7, 0, 7, 3]))]
    [[2, 0, 2, 1], [0, 3, 7]]
    """
    rank, distinct = classify_values(values)
    return rank.astype(np.int64), np.array(distinct, np.int64)


def leaf_order(matrix: Matrix) -> Ints:
    """Return the leaves by unit, rail and number, as they stand side by side."""
    at, leaf = ranked(matrix.leaf)
    first = np.zeros(len(leaf), np.int64)
    first[at] = np.arange(len(at))
    rail = usual(matrix.leaf, matrix.rail + 1)[first]
    return leaf[np.lexsort((leaf, rail, matrix.unit[first]))]


def equal_units(matrix: Matrix, row: Ints) -> tuple[Classes, Ints]:
    """Return which units are equal, row by row and leaf by leaf, and the units by their numbers in order."""
    unit, units = ranked(matrix.unit)
    key = np.zeros(len(unit), np.int64)
    for column in (_place_in(unit, row), _place_in(unit, matrix.leaf), matrix.rail + 1, matrix.wrong):
        key = key * (int(column.max(initial=0)) + 1) + column
    order = np.argsort(unit * (int(key.max(initial=0)) + 1) + key)
    parts = np.split(key[order], np.flatnonzero(np.diff(unit[order])) + 1)
    return classify((len(part), part.tobytes()) for part in parts), units


def _place_in(unit: Ints, thing: Ints) -> Ints:
    """Return the position of each thing among those of its unit."""
    width = int(thing.max(initial=0)) + 1
    at, pairs = ranked(unit * width + thing)
    own = pairs // width
    return (np.arange(len(pairs)) - np.searchsorted(own, own))[at]
