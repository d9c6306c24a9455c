"""Links that keep their ports: a group is wired as usual, then ends are exchanged until pinned cables match.

An exchange is between ports that the group uses, so that every device keeps as many links as without pins. A
pinned cable whose two devices are joined anyway only swaps port numbers. Where growth moved an end to another
switch, the pinned end goes back, and an end that no line names goes to the switch that this leaves free: one
of the same rail, plane and place, else one of the same place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.build.pins import PinTable, PortIds, read_pins
from topogen.model.expand import ends_of
from topogen.model.fabric import FREE, LinkBlock, Terminal, count_of, level_depth
from topogen.model.runs import arange, cumcount, distinct, zeros
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Draft
    from topogen.build.pins import Pins
    from topogen.errors import Path
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import LinkGroup

NONE = -1


class Alike(NamedTuple):
    """What tells the ends of a link group apart: places they share, their rail, and the plane of a port."""

    places: Sequence[str] = ()
    rails_by: str | None = None
    planes: int = 1


class _Links(NamedTuple):
    """The links of a group inside the model, arrays of shape (links,): block and ports at the two ends.

    Where both ends are the same devices, the lower port comes first.
    """

    user: int
    block: Ints
    a: Ints
    b: Ints
    turned: Bools

    @classmethod
    def of(cls, ids: PortIds, index: int, group: LinkGroup) -> _Links:
        """Return the links of a group."""
        inside = [(number, block) for number, block in enumerate(group.blocks) if block.b is not None]
        sides: list[Ints] = []
        for side in (0, 1):
            parts = [zeros(0)]
            for _, block in inside:
                end = block.ends[side]
                key = ids.number_of(end.group, end.port)
                device, number = ends_of(block, end)
                parts.append(ids.bases[key] + device * ids.counts[key] + number)
            sides.append(np.concatenate(parts))
        a, b = sides
        turned = (a > b) & group.joins_alike
        numbers = [np.full(block.count, number, np.int64) for number, block in inside]
        return cls(
            index,
            np.concatenate([zeros(0), *numbers]),
            np.where(turned, b, a),
            np.where(turned, a, b),
            turned,
        )


def pin_links(draft: Draft, path: Path, first: int, alike: Alike) -> None:
    """Give the link groups from ``first`` on the ports that the table of a fabric or link group pins."""
    if (*path, "ports_from") not in draft.parsed.tables or first == len(draft.links):
        return
    ids = PortIds(draft.tree.groups)
    made = [_Links.of(ids, index, draft.links[index]) for index in range(first, len(draft.links))]
    mine = np.zeros(ids.total, bool)
    for links in made:
        mine[links.a] = mine[links.b] = True
    table = PinTable(draft, path)
    pins = read_pins(draft, table, ids, mine)
    for links, pinned in _by_group(draft, table, ids, made, pins, alike):
        _Repinning(draft, table, ids, links, pinned, alike).apply(path)


def _by_group(
    draft: Draft, table: PinTable, ids: PortIds, made: Sequence[_Links], pins: Pins, alike: Alike
) -> list[tuple[_Links, Pins]]:
    """Return the pins of each link group, turned as its links are; those of none are noted."""
    left = pins
    found: dict[int, list[Pins]] = {}
    for joined in (True, False):
        for place, links in enumerate(made):
            codes = _codes(draft, ids, links.a, links.b, alike, joined=joined)
            for turn in (False, True):
                seen = left._replace(a=left.b, b=left.a) if turn else left
                fits = np.isin(_codes(draft, ids, seen.a, seen.b, alike, joined=joined), codes)
                found.setdefault(place, []).append(seen.only(fits))
                left = left.only(~fits)
    _refuse(table, ids, left, "no link group of it joins such ports")
    return [(made[place], _joined_up(made[place], draft, parts)) for place, parts in found.items()]


def _joined_up(links: _Links, draft: Draft, parts: Sequence[Pins]) -> Pins:
    """Return several pins as one, the lower port first where both ends are the same devices."""
    row, a, b = (np.concatenate(column) for column in zip(*parts, strict=True))
    turned = (a > b) & draft.links[links.user].joins_alike
    return type(parts[0])(row, np.where(turned, b, a), np.where(turned, a, b))


def _codes(draft: Draft, ids: PortIds, a: Ints, b: Ints, alike: Alike, *, joined: bool) -> Ints:
    """Return a number for the devices at both ends of links, or only for the kinds of their ports."""
    if joined:
        return _units(draft, ids, a, alike) * ids.total + _units(draft, ids, b, alike)
    return np.asarray(ids.split(a)[0] * len(ids.keys) + ids.split(b)[0])


def _units(draft: Draft, ids: PortIds, ports: Ints, alike: Alike) -> Ints:
    """Return what stands for the ports of a device that may be exchanged: the lowest of them.

    At an end they are those of one plane.
    """
    number = ids.split(ports)[2]
    if alike.planes == 1:
        return ports - number
    made = np.array([bool(draft.tree.groups[index].role) for index, _ in ids.keys])[ids.split(ports)[0]]
    return np.where(made, ports - number, ports - number + number % alike.planes)


def _refuse(table: PinTable, ids: PortIds, pins: Pins, why: str) -> None:
    """Note pinned cables that join what the links do not."""
    faults: dict[int, str] = {}
    for row, a, b in zip(pins.row.tolist(), pins.a.tolist(), pins.b.tolist(), strict=True):
        faults.setdefault(row, f"{ids.name(a)} and {ids.name(b)} are not joined: {why}")
    table.note("E727", faults, 0, "delete the line: its ends are then wired as if nothing were pinned")


class _Repinning:
    """One link group whose links are made to match pinned cables."""

    def __init__(
        self, draft: Draft, table: PinTable, ids: PortIds, links: _Links, pins: Pins, alike: Alike
    ) -> None:
        self.draft, self.table, self.ids, self.links, self.pins = draft, table, ids, links, pins
        self.alike = alike
        self.unit = [_units(draft, ids, ports, alike) for ports in (links.a, links.b)]
        self.at_pins = [_units(draft, ids, ports, alike) for ports in (pins.a, pins.b)]
        self.now = [unit.copy() for unit in self.unit]
        self.pin_of = np.full(len(links.a), NONE, np.int64)
        self.left_rail = 0
        self.outgrown = False

    def apply(self, path: Path) -> None:
        """Enter the links with pinned ports, if there are any."""
        if not len(self.pins.row):
            return
        self._keep_joined()
        left = np.flatnonzero(~np.isin(np.arange(len(self.pins.row)), self.pin_of))
        if len(left) and not self._exchange(left):
            return
        a, b = self._ports()
        if self.left_rail:
            message = (
                f"{format_count(self.left_rail)} links leave their rail or place, as pins hold its ports"
            )
            hint = f"delete lines of {self.draft.links[self.links.user].name} that may be re-plugged"
            self.draft.problems.add("W213", message, (*path, "ports_from"), hint)
        if self.outgrown and path[1] in self.draft.made:
            facts = self.draft.made[path[1]]
            self.draft.made[path[1]] = replace(facts, diameter=None, bisection=None, pods_alike=False)
        self._enter(a, b)

    # Which links are the pinned ones

    def _keep_joined(self) -> None:
        """Find the pinned links among those of the same ports, then among those of the same devices."""
        links, pins, total = self.links, self.pins, self.ids.total
        some, pin = _matched(links.a * total + links.b, pins.a * total + pins.b)
        self.pin_of[some] = pin
        open_links = _by_port(np.flatnonzero(self.pin_of < 0), links.a)
        open_pins = _by_port(_others(len(pins.row), pin), pins.a)
        some, pin = _matched(self._codes_of_links()[open_links], self._codes_of_pins(open_pins))
        self.pin_of[open_links[some]] = open_pins[pin]

    def _exchange(self, left: Ints) -> bool:
        """Move ends so that pins between devices that are not joined become links; return whether all can."""
        end = self._end_side()
        if end is None:
            joined = _count_equal(self._codes_of_pins(left), self._codes_of_links())
            self._refuse_pins(left, joined)
            return False
        kinds = _Kinds.of(self.draft, self.ids, self.unit[end], self.unit[1 - end], self.alike)
        near, far = self.at_pins[end][left], self.at_pins[1 - end][left]
        if (wrong := ~kinds.allow(near, far)).any():
            _refuse(self.table, self.ids, self.pins.only(left[wrong]), "another rail, plane or place")
            return False
        if self._joins_switches() and self._refuse_pairs(left):
            return False
        own = np.flatnonzero(self.pin_of < 0)
        link, pin = _matched(self.unit[end][own], near)
        if len(pin) < len(left):
            rest = left[_others(len(left), pin)]
            _refuse(self.table, self.ids, self.pins.only(rest), "that device has no further link in it")
            return False
        self.pin_of[own[link]] = left[pin]
        free = self.unit[1 - end][own[link]]
        self.now[1 - end][own[link]] = far[pin]
        lost, gained = _matched(free, far)  # where one pinned end goes and another comes, no other makes room
        free, far = free[_others(len(free), lost)], far[_others(len(far), gained)]
        others = np.flatnonzero(self.pin_of < 0)[::-1]
        link, _ = _matched(self.unit[1 - end][others], far)
        self.outgrown = len(link) < len(far)
        self._settle(np.sort(others[link]), np.sort(free), kinds, end)
        return True

    def _settle(self, moved: Ints, free: Ints, kinds: _Kinds, end: int) -> None:
        """Give ends that made room the ports that pinned ends left: of their rail, then of their place."""
        rail = kinds.rail_of_end(self.unit[end])
        for ends, ports in (
            (rail, kinds.rail_of_port),
            (kinds.place_of_end(self.unit[end]), kinds.place_of_port),
        ):
            link, port = _matched(ends[moved], ports(free))
            self.now[1 - end][moved[link]] = free[port]
            moved, free = moved[_others(len(moved), link)], free[_others(len(free), port)]
        self.now[1 - end][moved] = free[: len(moved)]
        other = rail != kinds.rail_of_port(self.now[1 - end])
        self.left_rail = int((other & (rail >= 0) & (self.now[1 - end] != self.unit[1 - end])).sum())

    def _end_side(self) -> int | None:
        """Return at which side ends may be exchanged, None among peers and switches of a fabric."""
        group, groups = self.draft.links[self.links.user], self.draft.tree.groups
        made = [{bool(groups[block.ends[side].group].role) for block in group.blocks} for side in (0, 1)]
        if group.joins_alike or all(True in one for one in made):
            return None
        if any(True in one for one in made):
            return 1 if True in made[0] else 0
        return 0 if len(distinct(self.unit[0])) >= len(distinct(self.unit[1])) else 1

    def _joins_switches(self) -> bool:
        """Return whether both ends are switches, whose links must stay spread as evenly as they are."""
        ends = [end for block in self.draft.links[self.links.user].blocks for end in block.ends]
        return all(self.draft.tree.groups[end.group].type.role == "switch" for end in ends)

    def _codes_of_links(self) -> Ints:
        return self.unit[0] * self.ids.total + self.unit[1]

    def _codes_of_pins(self, some: Ints | slice) -> Ints:
        return self.at_pins[0][some] * self.ids.total + self.at_pins[1][some]

    def _refuse_pairs(self, left: Ints) -> bool:
        """Note pins of two devices with more links than any two are joined by; return whether there are."""
        most = np.unique(self._codes_of_links(), return_counts=True)[1].max()
        many = _count_equal(self._codes_of_pins(left), self._codes_of_pins(slice(None))) > most
        if many.any():
            self._refuse_pins(left[many], np.broadcast_to(most, int(many.sum())))
        return bool(many.any())

    def _refuse_pins(self, some: Ints, joined: Ints) -> None:
        """Note pins of two devices that are joined by fewer links."""
        faults: dict[int, str] = {}
        pinned = _count_equal(self._codes_of_pins(some), self._codes_of_pins(slice(None)))
        for pin, links, pins in zip(some.tolist(), joined.tolist(), pinned.tolist(), strict=True):
            a, b = (self.ids.name(int(ports[pin])).rpartition(":")[0] for ports in self.pins[1:])
            faults[int(self.pins.row[pin])] = f"{a} and {b} have {links} of these links, {pins} are pinned"
        hint = (
            "delete the lines of cables that have to move, or state as many switches of each role as before"
        )
        self.table.note("E727", faults, 0, hint)

    # Ports

    def _ports(self) -> tuple[Ints, Ints]:
        """Return the ports of the links: those pinned, else those left on a device, in their old order."""
        old, was, now = (np.concatenate(one) for one in ((self.links.a, self.links.b), self.unit, self.now))
        pin = np.concatenate([self.pin_of, self.pin_of])
        sides = np.repeat([0, 1], len(self.pin_of))
        pinned = np.where(sides == 0, self.pins.a[pin], self.pins.b[pin])
        found = np.where(pin >= 0, pinned, NONE)
        free = np.flatnonzero(~np.isin(old, pinned[pin >= 0]))
        open_ = np.flatnonzero(pin < 0)
        free = free[np.lexsort((old[free], was[free]))]
        stays = was[open_] == now[open_]
        open_ = open_[np.lexsort((np.where(stays, old[open_], self.ids.total + open_), now[open_]))]
        some, port = _matched(now[open_], was[free])
        found[open_[some]] = old[free[port]]
        return found[: len(self.pin_of)], found[len(self.pin_of) :]

    def _enter(self, a: Ints, b: Ints) -> None:
        """Write the ports into the blocks of the group and into the port maps."""
        links, draft = self.links, self.draft
        group = draft.links[links.user]
        changed = (a != links.a) | (b != links.b)
        if not changed.any():
            return
        was = [np.where(links.turned, two, one) for one, two in ((links.a, links.b), (links.b, links.a))]
        new = [np.where(links.turned, two, one) for one, two in ((a, b), (b, a))]
        apart = set(distinct(links.block[changed]).tolist())
        blocks: list[LinkBlock] = []
        for number, block in enumerate(group.blocks):
            rows = np.flatnonzero(links.block == number) if number in apart else zeros(0)
            blocks += self._listed(new[0][rows], new[1][rows]) if number in apart else [block]
        draft.links[links.user] = replace(group, blocks=tuple(blocks))
        uses = [(was, new)] if not group.joins_alike else [([np.concatenate(was)], [np.concatenate(new)])]
        for old_sides, new_sides in uses:
            for side, (one, two) in enumerate(zip(old_sides, new_sides, strict=True)):
                self._mark(np.setdiff1d(one, two), FREE)
                self._mark(np.setdiff1d(two, one), 2 * links.user + side)

    def _listed(self, a: Ints, b: Ints) -> list[LinkBlock]:
        """Return links listed one by one, a block for each two kinds of ports that they join."""
        ends = [self.ids.split(ports) for ports in (a, b)]
        code = ends[0][0] * len(self.ids.keys) + ends[1][0]
        found = []
        for one in distinct(code).tolist():
            rows = np.flatnonzero(code == one)
            terminals = [
                self._terminal(int(key[rows[0]]), device[rows], number[rows]) for key, device, number in ends
            ]
            found.append(LinkBlock((len(rows),), *terminals))
        return found

    def _terminal(self, key: int, device: Ints, number: Ints) -> Terminal:
        table = arange(int(self.ids.counts[key]))
        return Terminal(*self.ids.keys[key], zeros(1), 0, device, (number,), table)

    def _mark(self, ports: Ints, user: int) -> None:
        """Enter who uses some ports."""
        key, device, number = self.ids.split(ports)
        for one in distinct(key).tolist():
            rows = key == one
            used = self.draft.ports.maps[self.ids.keys[one]]
            self.draft.ports.maps[self.ids.keys[one]] = used.entered(
                zeros(1), device[rows], number[rows], user
            )


# Which ends may be exchanged


class _Kinds(NamedTuple):
    """Ends and switches that may be exchanged, by the units of ports of each, ascending.

    ``rail`` numbers what the ends of a rail can reach, ``place`` what all ends of a place can; NONE for ends
    in no rail and for switches that only such ends reach.
    """

    ends: Ints
    end_rail: Ints
    end_place: Ints
    ports: Ints
    port_rail: Ints
    port_place: Ints
    reached: Ints

    @classmethod
    def of(cls, draft: Draft, ids: PortIds, end: Ints, port: Ints, alike: Alike) -> _Kinds:
        """Return the kinds of the ends of links, and of the ports that they end at."""
        ends, ports = distinct(end), distinct(port)
        place, rail = _labels(draft, ids, ends, alike)
        at, to = np.searchsorted(ends, end), np.searchsorted(ports, port)
        port_place = np.full(len(ports), NONE, np.int64)
        port_place[to[::-1]] = place[at[::-1]]
        railed = rail[at] >= 0
        groups = _components(rail[at][railed], to[railed], int(rail.max(initial=0)) + 1, len(ports))
        reached = distinct(place[at] * len(ports) + to)
        return cls(
            ends, np.where(rail >= 0, groups[0][rail], NONE), place, ports, groups[1], port_place, reached
        )

    def allow(self, end: Ints, port: Ints) -> Bools:
        """Return whether links between ends and ports are as those that are there."""
        at, to = (_found(known, one) for known, one in ((self.ends, end), (self.ports, port)))
        there = (at >= 0) & (to >= 0)
        rail = self.end_rail[at]
        inside = np.isin(self.end_place[at] * len(self.ports) + to, self.reached)
        return there & np.where(rail >= 0, rail == self.port_rail[to], inside)

    def rail_of_end(self, units: Ints) -> Ints:
        """Return the rail of each end."""
        return np.asarray(self.end_rail[_found(self.ends, units)])

    def rail_of_port(self, units: Ints) -> Ints:
        """Return the rail of each switch, one of its own where it has none."""
        rail = self.port_rail[_found(self.ports, units)]
        return np.where(rail >= 0, rail, NONE - 1)

    def place_of_end(self, units: Ints) -> Ints:
        """Return the place of each end."""
        return np.asarray(self.end_place[_found(self.ends, units)])

    def place_of_port(self, units: Ints) -> Ints:
        """Return the place of the ends of each switch."""
        return np.asarray(self.port_place[_found(self.ports, units)])


def _labels(draft: Draft, ids: PortIds, units: Ints, alike: Alike) -> tuple[Ints, Ints]:
    """Return the place of each end, and its rail there, NONE for ends in no place of that level."""
    key, device, plane = ids.split(units)
    group = np.array([index for index, _ in ids.keys])[key]
    columns = [_places(draft, group, device, level) for level in alike.places]
    place = _numbered([*columns, plane])
    if alike.rails_by is None:
        return place, place
    firsts = np.array([one.first for one in draft.tree.groups])
    every, back = np.unique(firsts[group] + device, return_inverse=True)
    inside = np.full(len(every), NONE, np.int64)
    inside[back] = _places(draft, group, device, alike.rails_by)
    rail = cumcount(inside)[back]
    return place, np.where(inside[back] >= 0, _numbered([place, rail]), NONE)


def _numbered(columns: Sequence[Ints]) -> Ints:
    """Return a number for each different row of some columns."""
    return np.asarray(np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)[1]).ravel()


def _places(draft: Draft, group: Ints, device: Ints, level: str) -> Ints:
    """Return the place of a level that each device is in, NONE outside all of them."""
    found = np.full(len(group), NONE, np.int64)
    for one in distinct(group).tolist():
        path = draft.tree.groups[one].path
        depth = level_depth(path, level)
        if depth is not None:
            place = next(place for place in draft.tree.places if place.path == path[:depth])
            rows = group == one
            found[rows] = place.first + device[rows] // count_of(path[depth:])
    return found


def _components(left: Ints, right: Ints, lefts: int, rights: int) -> tuple[Ints, Ints]:
    """Return the part of a two-sided graph that each node is in, NONE for a right one without an edge."""
    pairs = distinct(left * rights + right)
    left, right = np.divmod(pairs, rights)
    one, two = arange(lefts), np.full(rights, lefts, np.int64)
    while True:
        before = one.copy()
        np.minimum.at(two, right, one[left])
        np.minimum.at(one, left, two[right])
        if (one == before).all():
            return one, np.where(two < lefts, two, NONE)


# Matching


def _matched(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Return positions of equal values in two lists, the first of each with the first, and so on.

    >>> [found.tolist() for found in _matched(np.array([5, 7, 5]), np.array([5, 5, 5, 9]))]
    [[0, 2], [0, 1]]
    """
    known = distinct(np.concatenate([one, other]))
    ranks = [np.searchsorted(known, values) for values in (one, other)]
    size = max(len(one), len(other), 1)
    turns = [rank * size + cumcount(rank) for rank in ranks]
    found = np.intersect1d(turns[0], turns[1], assume_unique=True, return_indices=True)
    return found[1], found[2]


def _found(known: Ints, values: Ints) -> Ints:
    """Return where values stand in an ascending list, NONE for those that do not."""
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[at] == values, at, NONE)


def _count_equal(values: Ints, among: Ints) -> Ints:
    """Return how many of a list equal each value."""
    ordered = np.sort(among)
    return np.searchsorted(ordered, values, side="right") - np.searchsorted(ordered, values)


def _by_port(some: Ints, ports: Ints) -> Ints:
    """Return some links in the order of their ports."""
    return some[np.argsort(ports[some], kind="stable")]


def _others(count: int, taken: Ints) -> Ints:
    """Return the positions of a list that are not among some."""
    left = np.ones(count, bool)
    left[taken] = False
    return np.flatnonzero(left)
