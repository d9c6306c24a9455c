"""Pools: parts that serve lanes, or pieces of another line, together inside a place."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cages import side_of
from topogen.language.device import SWITCH_ROLES
from topogen.media.medium import port_lanes
from topogen.model.equivalence import classify_rows
from topogen.model.fabric import FREE, Fabric, place_ids
from topogen.model.runs import Runs, aligned, distinct
from topogen.records import dataclass
from topogen.takeoff.place_classes import every_device, representative_devices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.catalog.model import Line, Medium
    from topogen.model.arrays import Ints


@dataclass(frozen=True)
class DemandClass:
    """``scopes`` places named ``host`` that each ask for ``demand`` and get ``pieces``."""

    host: str
    demand: int
    scopes: int
    pieces: int


@dataclass(frozen=True)
class Basis:
    """What share of a quantity stands at the ends that a count basis counts.

    ``one_end``: of links with both ends here, only the a end. ``nic_only``: of scale-out links, only ends
    that are no switch. ``one_end_nic_only``: both. The quantity itself is both ends, all tiers.
    """

    one_end: Fraction
    nic_only: Fraction
    one_end_nic_only: Fraction


WHOLE = Basis(Fraction(1), Fraction(1), Fraction(1))


@dataclass(frozen=True)
class PiecesByPlace:
    """Pieces in each place of a level: ``owner`` maps devices of each device group to indices of ``places``.

    ``places`` has the numbers of the places, ascending, ``pieces`` the pieces in each and ``copies`` how many
    places it stands for, all of shape (places,). A device that stands in no place of the level is one of its
    own, numbered after them.
    """

    level: str
    owner: dict[int, Ints]
    places: Ints
    copies: Ints
    pieces: Ints

    def place_of(self, group: int) -> Ints:
        """Return the place of each device of a group."""
        return np.asarray(self.places[self.owner[group]])

    def by_number(self) -> Ints:
        """Return the pieces by the number of the place, 0 for those between."""
        pieces = np.zeros(int(self.places[-1]) + 1, np.int64)
        pieces[self.places] = self.pieces
        return pieces

    @property
    def total(self) -> int:
        """Return the pieces in all places."""
        return int(self.pieces @ self.copies)


@dataclass(frozen=True)
class Pool:
    """One pooled recipe line of a medium in one network, counted; ``placed`` is without spares."""

    line: Line
    classes: tuple[DemandClass, ...]
    qty: int
    spare: int
    buildable: int
    buildable_scope: str
    buildable_classes: tuple[DemandClass, ...]
    unit: str
    basis: Basis
    placed: PiecesByPlace


@dataclass(frozen=True)
class _Lanes:
    """Lanes that a medium has at devices of a group: ``numbers`` that each stand for ``copies`` devices.

    All arrays have shape (devices looked at,).
    """

    group: int
    numbers: Ints
    copies: Ints
    linked: Ints
    offered: Ints
    halves: Ints
    """Twice the lanes that count when each link is counted at one end."""


class PoolError(ValueError):
    """A recipe line of a medium that cannot be rounded as it says."""

    def __init__(self, line: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def pools_of(fabric: Fabric, medium: Medium, network: str, *, every: bool = False) -> list[Pool]:
    """Return the pooled lines of a medium over all its ends in a network, in the order of the recipe.

    Equal places are evaluated once and counted, unless ``every`` place and device is requested.
    """
    lines = [line for line in medium.recipe.values() if line.per == "pool"]
    counts = _lanes_at(fabric, medium, network) if lines else {}
    if not counts:
        return []
    levels = {level for line in lines for level in (line.round_per, line.buildable_per) if level}
    seen = every_device(fabric, counts) if every else representative_devices(fabric, counts, levels)
    lanes = []
    for group, table in counts.items():
        linked, free, halves = table.at(seen[group][0]).T
        lanes.append(_Lanes(group, *seen[group], linked, linked + free, halves))
    counted: dict[str, tuple[Pool, PiecesByPlace, PiecesByPlace]] = {}
    for line in lines:
        counted[line.name] = _count(fabric, line, lanes, (counted, network))
    return [pool for pool, _, _ in counted.values()]


def users_of(fabric: Fabric, medium: Medium, network: str) -> set[int]:
    """Return the port users (``2 * link group + side``) that end in a medium within a network."""
    return {
        2 * index + side
        for index, group in enumerate(fabric.links)
        if group.media and group.network == network
        for side in (0, 1)
        if group.media[side] == medium.id
    }


def _lanes_at(fabric: Fabric, medium: Medium, network: str) -> dict[int, Runs]:
    """Return linked, free and halved lanes of a medium at the devices of each group where it ends."""
    users = users_of(fabric, medium, network)
    found = {}
    for index, group in enumerate(fabric.groups):
        lanes = []
        for port, kind in enumerate(group.type.ports):
            used = fabric.ports[index, port]
            if (each := port_lanes(kind, medium)) and (mine := np.isin(used.rows, list(users))).any():
                free, halves = free_ports(used.rows, users), _halves(fabric, users, used.rows)
                lanes.append(used.laid(each * np.stack([mine.sum(axis=1), free, halves], axis=1)))
        if lanes:
            ports = aligned(lanes)
            total = np.sum([one.values for one in ports], axis=0)
            found[index] = Runs(group.count, ports[0].starts, total)
    return found


def free_ports(used: Ints, users: set[int]) -> Ints:
    """Return the free ports of devices whose lowest linked port belongs to one of the users."""
    first = np.take_along_axis(used, (used != FREE).argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.where(np.isin(first, list(users)), (used == FREE).sum(axis=1), 0)


def _halves(fabric: Fabric, users: set[int], used: Ints) -> Ints:
    """Return twice the ports that count with each link counted at one end; ends alike count half each."""
    total = np.zeros(len(used), np.int64)
    for user in users:
        index, side = side_of(user)
        weight = 1 if fabric.links[index].joins_alike else 2 * (side == 0)
        total += weight * (used == user).sum(axis=1)
    return total


def _count(
    fabric: Fabric,
    line: Line,
    lanes: Sequence[_Lanes],
    before: tuple[dict[str, tuple[Pool, PiecesByPlace, PiecesByPlace]], str],
) -> tuple[Pool, PiecesByPlace, PiecesByPlace]:
    counted, network = before
    serves, unit = line.serves or (1, "lanes")
    served = counted.get(unit)
    published = _demand(fabric, line, lanes, served[1] if served else None, line.round_per, strict=True)
    wanted = line.buildable_per or line.round_per
    possible = _demand(fabric, line, lanes, served[2] if served else None, wanted, strict=False)
    made, buildable = _pieces(line, published, serves), _pieces(line, possible, serves)
    classes = _classes(fabric, published, made)
    places = sum(one.scopes for one in classes)
    pool = Pool(
        line=line,
        classes=classes,
        qty=made.total + line.spare * places,
        spare=line.spare * places,
        buildable=buildable.total + line.spare * int(buildable.copies[buildable.pieces > 0].sum()),
        buildable_scope=possible.level,
        buildable_classes=_classes(fabric, possible, buildable),
        unit="lane" if unit == "lanes" else unit,
        basis=_basis(fabric, lanes, network),
        placed=made,
    )
    return pool, made, buildable


def _pieces(line: Line, demand: PiecesByPlace, serves: int) -> PiecesByPlace:
    return replace(demand, pieces=-(-demand.pieces // serves) * line.qty)


def _demand(
    fabric: Fabric,
    line: Line,
    lanes: Sequence[_Lanes],
    served: PiecesByPlace | None,
    level: str,
    *,
    strict: bool,
) -> PiecesByPlace:
    """Return what each place of a level asks for: lanes, or pieces of the line that is served."""
    found = {one.group: place_ids(fabric, fabric.groups[one.group], level, one.numbers) for one in lanes}
    if strict:
        _refuse_missing_level(fabric, line, level, [group for group, ids in found.items() if ids is None])
    else:
        found = {one.group: _racks_of_some(fabric, one, level, found[one.group]) for one in lanes}
    if not strict and all(ids is None for ids in found.values()):
        return _demand(fabric, line, lanes, served, "device", strict=True)
    placed = _placed(fabric, lanes, level, found)
    total = placed.pieces
    if served is None:
        for one in lanes:
            index = placed.owner[one.group]
            asked = one.offered if line.demand == "all_ports" else one.linked
            np.add.at(total, index, asked * (one.copies // placed.copies[index]))
        return placed
    above = np.full(len(served.pieces), -1, np.int64)
    for group, ids in served.owner.items():
        above[ids] = placed.owner[group]
    if any((above[ids] != placed.owner[group]).any() for group, ids in served.owner.items()):
        message = f'"{line.name}" per {level} serves pieces that are shared per {served.level}'
        raise PoolError(line.name, message, f"round_per: {served.level}, or a level above it")
    np.add.at(total, above, served.pieces * (served.copies // placed.copies[above]))
    return placed


def _placed(
    fabric: Fabric, lanes: Sequence[_Lanes], level: str, found: dict[int, Ints | None]
) -> PiecesByPlace:
    """Return the places of a level in which devices stand, no piece in them yet."""
    numbers = [_own_places(fabric, one, level) if (ids := found[one.group]) is None else ids for one in lanes]
    every = np.concatenate(numbers)
    classes = classify_rows(every)
    first = classes.representatives
    owner = np.split(classes.class_of, np.cumsum([len(ids) for ids in numbers])[:-1])
    copies = np.concatenate([one.copies for one in lanes])[first]
    return PiecesByPlace(
        level=level,
        owner={one.group: ids for one, ids in zip(lanes, owner, strict=True)},
        places=every[first],
        copies=np.ones_like(copies) if level == "fabric" else copies,
        pieces=np.zeros(len(first), np.int64),
    )


def _refuse_missing_level(fabric: Fabric, line: Line, level: str, groups: Sequence[int]) -> None:
    """Raise where devices of a pool stand in no place of the level that it is rounded in."""
    for group in (fabric.groups[index] for index in groups):
        levels = [step.level for step in group.path if step.level]
        message = f'"{line.name}" is rounded per {level}, but "{group.label}" stands in no {level}'
        raise PoolError(line.name, message, f"round_per: device, {', '.join([*levels, 'fabric'])}")


def _racks_of_some(fabric: Fabric, lanes: _Lanes, level: str, found: Ints | None) -> Ints | None:
    """Return the racks of devices of which only some are in one; the others get places of their own."""
    stand = fabric.sites.stands[lanes.group]
    if found is not None or level != "rack" or stand.nowhere:
        return found
    racks = stand.rack(lanes.numbers)
    return np.where(racks >= 0, racks, _own_places(fabric, lanes, level))


def _own_places(fabric: Fabric, lanes: _Lanes, level: str) -> Ints:
    """Return a place of its own for each device that stands in none of a level, numbered after those."""
    places = sum(place.count for place in fabric.places if place.level == level)
    return np.asarray(places + fabric.groups[lanes.group].first + lanes.numbers)


def _classes(fabric: Fabric, demand: PiecesByPlace, made: PiecesByPlace) -> tuple[DemandClass, ...]:
    """Return how many places of each name ask for how much."""
    rows: Counter[tuple[str, int, int]] = Counter()
    unseen = demand.pieces > 0
    for group, index in demand.owner.items():
        here = np.zeros(len(unseen), bool)
        here[index] = True
        here &= unseen
        unseen &= ~here
        host = host_name(fabric, group, demand.level)
        for kind in distinct(demand.pieces[here]).tolist():
            equal = np.flatnonzero(here & (demand.pieces == kind))
            rows[host, kind, int(made.pieces[equal[0]])] += int(demand.copies[equal].sum())
    return tuple(
        DemandClass(host, ask, scopes, pieces) for (host, ask, pieces), scopes in sorted(rows.items())
    )


def host_name(fabric: Fabric, index: int, level: str) -> str:
    """Return what the places of a level that hold a device group are called."""
    group = fabric.groups[index]
    if level == "device":
        return group.label
    if level == "fabric":
        return "fabric"
    inner = next((step.type for step in reversed(group.path) if step.level == level), None)
    if inner is None and place_ids(fabric, group, level, np.zeros(0, np.int64)) is None:
        return group.label
    return inner or level


def _basis(fabric: Fabric, lanes: Sequence[_Lanes], network: str) -> Basis:
    """Return the share of lanes at the ends that each count basis counts."""
    every = sum(int(one.linked @ one.copies) for one in lanes)
    near = [
        one
        for one in lanes
        if network != "scale_out" or fabric.groups[one.group].type.role not in SWITCH_ROLES
    ]
    return Basis(
        Fraction(sum(int(one.halves @ one.copies) for one in lanes), 2 * every),
        Fraction(sum(int(one.linked @ one.copies) for one in near), every),
        Fraction(sum(int(one.halves @ one.copies) for one in near), 2 * every),
    )
