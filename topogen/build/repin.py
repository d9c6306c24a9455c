"""Links that keep their ports: a group is wired as usual, then ends are exchanged until pinned cables match.

An exchange is between ports that the group uses, so that every device keeps as many links as without pins. A
pinned cable whose two devices are joined anyway only swaps port numbers. Where growth moved an end to another
switch, the pinned end goes back, and an end that no line names goes to the switch that this leaves free: one
of the same rail, plane and place, else one of the same place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.exchangeable import Kinds, units
from topogen.build.kept_ports import pins_of_phase
from topogen.build.matching import NONE, count_equal, in_order_of, matched, others
from topogen.build.pin_claims import concern
from topogen.build.pin_room import give_room, held_ports, make_room
from topogen.build.pins import DROPPED, EndOfLine, Pins, PinTable, PortIds, read_pins
from topogen.build.repinned import Links, enter
from topogen.model.runs import distinct, zeros
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Alike, Draft
    from topogen.build.pin_room import Room
    from topogen.errors import Path
    from topogen.model.arrays import Bools, Ints


def pin_links(draft: Draft) -> None:
    """Give links the ports that the tables of their fabrics and link groups pin, once all are wired."""
    if not draft.before and not any(path[-1] == "ports_from" for path in draft.parsed.tables):
        return
    ids = PortIds(draft.tree.groups)
    pinned = np.zeros(ids.total, bool)
    for path in dict.fromkeys(map(draft.path_of, draft.links)):
        _pin(draft, ids, path, pinned)


def _pin(draft: Draft, ids: PortIds, path: Path, pinned: Bools) -> None:
    """Pin the links of one fabric or link group; ``pinned`` are the ports of those before it."""
    table = PinTable(draft, path) if (*path, "ports_from") in draft.parsed.tables else None
    if table is None and draft.before is None:
        return
    made = [
        Links.of(ids, number, link)
        for number, link in enumerate(draft.links)
        if draft.path_of(link) == path and link.has_b
    ]
    alike = draft.alike[path]
    pins = _named(draft, table, ids) if table else _laid(draft, path, ids)
    for user, some in _by_group(draft, table, ids, made, pins, alike):
        kept = _without_held(draft, table, ids, user, some, pinned)
        while len(stuck := _Repinning(draft, table, ids, user, kept, alike).apply(path, pinned)):
            kept = kept.only(~np.isin(kept.row, stuck))


def _named(draft: Draft, table: PinTable, ids: PortIds) -> Pins:
    """Return the links that a table pins."""
    if not table.rows:
        return Pins(zeros(0), zeros(0), zeros(0))
    sides = [EndOfLine.of(ids, [(row.cells[at], row.cells[at + 1]) for row in table.rows]) for at in (0, 2)]
    return read_pins(table, sides, concern(draft, table, ids, sides))


def _laid(draft: Draft, path: Path, ids: PortIds) -> Pins:
    """Return the links of the design before this one, as far as they can stay."""
    assert draft.before is not None  # noqa: S101 - else nothing is pinned
    return pins_of_phase(draft.before, path[1], ids)


def _without_held(
    draft: Draft, table: PinTable | None, ids: PortIds, own: int, pins: Pins, pinned: Bools
) -> Pins:
    """Return pinned links without those whose port a link of another group must keep; a table is told so."""
    faults: dict[int, str] = {}
    for ports in (pins.a, pins.b):
        holder, stays = held_ports(draft, ids, own, ports, pinned)
        for pin in np.flatnonzero(stays).tolist():
            fault = _held(draft, ids, int(ports[pin]), int(holder[pin]))
            faults.setdefault(int(pins.row[pin]), fault)
    return _refused(table, pins, faults)


def _held(draft: Draft, ids: PortIds, port: int, holder: int) -> str:
    return f"{ids.name(port)} has a link of {draft.links[holder].name}"


def _refused(table: PinTable | None, pins: Pins, faults: dict[int, str]) -> Pins:
    """Return pinned links without those that want a port that is not given up."""
    if table is not None:
        table.note("E726", faults, 1, f"name another port, or give the line status {DROPPED}")
    return pins.only(~np.isin(pins.row, list(faults))) if faults else pins


def _by_group(
    draft: Draft, table: PinTable | None, ids: PortIds, made: Sequence[Links], pins: Pins, alike: Alike
) -> list[tuple[int, Pins]]:
    """Return the pins of each link group by its number, turned as its links are; those of none are noted."""
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
    if table is not None:
        _refuse(table, ids, left, "no link group of it joins such ports")
    return [(made[place].user, _joined_up(made[place], draft, parts)) for place, parts in found.items()]


def _joined_up(links: Links, draft: Draft, parts: Sequence[Pins]) -> Pins:
    """Return several pins as one, the lower port first where both ends are the same devices."""
    row, a, b = (np.concatenate(column) for column in zip(*parts, strict=True))
    turned = (a > b) & draft.links[links.user].joins_alike
    return type(parts[0])(row, np.where(turned, b, a), np.where(turned, a, b))


def _codes(draft: Draft, ids: PortIds, a: Ints, b: Ints, alike: Alike, *, joined: bool) -> Ints:
    """Return a number for the devices at both ends of links, or only for the kinds of their ports."""
    if joined:
        return units(draft, ids, a, alike) * ids.total + units(draft, ids, b, alike)
    return np.asarray(ids.split(a)[0] * len(ids.keys) + ids.split(b)[0])


NOT_AS_PLANNED = (
    "delete the line, and its ends are as planned; topogen verify with a copy of the table that still has it "
    "lists what to plug over"
)
"""What to do where a cable is plugged otherwise than any plan."""


def _refuse(table: PinTable, ids: PortIds, pins: Pins, why: str) -> None:
    """Note pinned cables that join what the links do not."""
    faults: dict[int, str] = {}
    for row, a, b in zip(pins.row.tolist(), pins.a.tolist(), pins.b.tolist(), strict=True):
        faults.setdefault(row, f"{ids.name(a)} and {ids.name(b)} are not joined: {why}")
    table.note("E727", faults, 0, NOT_AS_PLANNED)


class _Repinning:
    """One link group whose links are made to match pinned cables."""

    def __init__(
        self, draft: Draft, table: PinTable | None, ids: PortIds, user: int, pins: Pins, alike: Alike
    ) -> None:
        self.draft, self.table, self.ids, self.pins = draft, table, ids, pins
        self.links = links = Links.of(ids, user, draft.links[user])
        self.alike = alike
        self.unit = [units(draft, ids, ports, alike) for ports in (links.a, links.b)]
        self.at_pins = [units(draft, ids, ports, alike) for ports in (pins.a, pins.b)]
        self.now = [unit.copy() for unit in self.unit]
        self.pin_of = np.full(len(links.a), NONE, np.int64)
        self.left_rail = 0
        self.outgrown = False

    def apply(self, path: Path, pinned: Bools) -> Ints:
        """Enter the links with pinned ports, and add those to ``pinned``.

        If links of other groups cannot leave some of them, nothing is entered; returns the rows of such pins.
        """
        if not len(self.pins.row):
            return zeros(0)
        self._keep_joined()
        left = np.flatnonzero(~np.isin(np.arange(len(self.pins.row)), self.pin_of))
        if len(left) and not self._exchange(left):
            return zeros(0)
        a, b, spare = self._ports()
        room, stuck = self._room(spare)
        if not len(stuck):
            kept = self.pin_of[self.pin_of >= 0]
            pinned[self.pins.a[kept]] = pinned[self.pins.b[kept]] = True
            self._tell(path)
            enter(self.draft, self.ids, self.links, a, b)
            give_room(self.draft, self.ids, room)
        return stuck

    def _tell(self, path: Path) -> None:
        """Warn of links outside their rail; a fabric whose ends moved is no longer as its formulas say."""
        if self.left_rail:
            message = (
                f"{format_count(self.left_rail)} links leave their rail or place, as pins hold its ports"
            )
            hint = f"delete lines of {self.draft.links[self.links.user].name} that may be re-plugged"
            if self.table is None:
                hint = "to wire all links anew, give the phase ports: free"
            self.draft.problems.add("W213", message, (*path, "ports_from"), hint)
        if self.outgrown and path[1] in self.draft.made:
            facts = self.draft.made[path[1]]
            self.draft.made[path[1]] = replace(facts, diameter=None, bisection=None, pods_alike=False)

    def _room(self, spare: Ints) -> tuple[Room, Ints]:
        """Return where links of other groups go whose ports are pinned here, and the rows they block."""
        pin = np.tile(self.pin_of[self.pin_of >= 0], 2)
        ports = np.concatenate([side[pin[: len(pin) // 2]] for side in self.pins[1:]])
        holder, _ = held_ports(self.draft, self.ids, self.links.user, ports, np.zeros(self.ids.total, bool))
        other = holder != NONE
        room, stuck = make_room(self.draft, self.ids, (ports[other], holder[other]), spare)
        at = np.flatnonzero(np.isin(ports, stuck))
        faults = {
            int(self.pins.row[pin[one]]): _held(self.draft, self.ids, int(ports[one]), int(holder[one]))
            for one in at.tolist()
        }
        _refused(self.table, self.pins, faults)
        return room, self.pins.row[pin[at]]

    # Which links are the pinned ones

    def _keep_joined(self) -> None:
        """Find the pinned links among those of the same ports, then among those of the same devices."""
        links, pins, total = self.links, self.pins, self.ids.total
        some, pin = matched(links.a * total + links.b, pins.a * total + pins.b)
        self.pin_of[some] = pin
        open_links = in_order_of(np.flatnonzero(self.pin_of < 0), links.a)
        open_pins = in_order_of(others(len(pins.row), pin), pins.a)
        some, pin = matched(self._codes_of_links()[open_links], self._codes_of_pins(open_pins))
        self.pin_of[open_links[some]] = open_pins[pin]

    def _exchange(self, left: Ints) -> bool:
        """Move ends so that pins between devices that are not joined become links; return whether all can."""
        end = self._end_side()
        if self.table is None and (end is None or self._joins_switches()):
            return True
        if end is None:
            joined = count_equal(self._codes_of_pins(left), self._codes_of_links())
            self._refuse_pins(left, joined)
            return False
        kinds = Kinds.of(self.draft, self.ids, self.unit[end], self.unit[1 - end], self.alike)
        near, far = self.at_pins[end][left], self.at_pins[1 - end][left]
        if (wrong := ~kinds.allow(near, far)).any():
            return self._exchange_rest(left[~wrong], left[wrong], "another rail, plane or place")
        if self._joins_switches() and self._refuse_pairs(left):
            return False
        own = np.flatnonzero(self.pin_of < 0)
        link, pin = matched(self.unit[end][own], near)
        if len(pin) < len(left):
            rest = left[others(len(left), pin)]
            return self._exchange_full(end, np.sort(left[pin]), rest)
        self.pin_of[own[link]] = left[pin]
        free = self.unit[1 - end][own[link]]
        self.now[1 - end][own[link]] = far[pin]
        lost, gained = matched(free, far)  # where one pinned end goes and another comes, no other makes room
        free, far = free[others(len(free), lost)], far[others(len(far), gained)]
        unpinned = np.flatnonzero(self.pin_of < 0)[::-1]
        link, _ = matched(self.unit[1 - end][unpinned], far)
        self.outgrown = len(link) < len(far)
        self._settle(np.sort(unpinned[link]), np.sort(free), kinds, end)
        return True

    def _exchange_full(self, end: int, rest: Ints, wrong: Ints) -> bool:
        """Refuse pins at devices that have fewer links than are pinned, and go on with the rest."""
        if self.table is not None:
            self._refuse_full(end, wrong)
            return False
        return not len(rest) or self._exchange(rest)

    def _exchange_rest(self, rest: Ints, wrong: Ints, why: str) -> bool:
        """Refuse pins that a table names and no link can match; cables of an earlier phase move instead."""
        if self.table is not None:
            _refuse(self.table, self.ids, self.pins.only(wrong), why)
            return False
        return not len(rest) or self._exchange(rest)

    def _settle(self, moved: Ints, free: Ints, kinds: Kinds, end: int) -> None:
        """Give ends that made room the ports that pinned ends left: of their rail, then of their place."""
        rail = kinds.rail_of_end(self.unit[end])
        for ends, ports in (
            (rail, kinds.rail_of_port),
            (kinds.place_of_end(self.unit[end]), kinds.place_of_port),
        ):
            link, port = matched(ends[moved], ports(free))
            self.now[1 - end][moved[link]] = free[port]
            moved, free = moved[others(len(moved), link)], free[others(len(free), port)]
        self.now[1 - end][moved] = free[: len(moved)]
        other = rail != kinds.rail_of_port(self.now[1 - end])
        self.left_rail = int((other & (rail >= 0) & (self.now[1 - end] != self.unit[1 - end])).sum())

    def _end_side(self) -> int | None:
        """Return at which side ends may be exchanged, None among peers and switches of a fabric."""
        group, groups = self.draft.links[self.links.user], self.draft.tree.groups
        made = [all(groups[block.ends[side].group].role for block in group.blocks) for side in (0, 1)]
        if group.joins_alike or all(made):
            return None
        if any(made):
            return 1 - made.index(True)
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
        many = count_equal(self._codes_of_pins(left), self._codes_of_pins(slice(None))) > most
        if many.any():
            self._refuse_pins(left[many], np.broadcast_to(most, int(many.sum())))
        return bool(many.any())

    def _refuse_full(self, end: int, some: Ints) -> None:
        """Note pins at devices with fewer links than are pinned."""
        assert self.table is not None  # noqa: S101 - only a table is refused
        name = self.draft.links[self.links.user].name
        units = self.at_pins[end]
        have, pinned = (count_equal(units[some], every) for every in (self.unit[end], units))
        faults: dict[int, str] = {}
        for pin, links, pins in zip(some.tolist(), have.tolist(), pinned.tolist(), strict=True):
            device = self.ids.name(int(self.pins[1 + end][pin])).rpartition(":")[0]
            faults[int(self.pins.row[pin])] = (
                f"{device} has {count_words(links, 'link')} of {name}, {pins} are pinned"
            )
        hint = f"delete the line if the cable goes, or give the device its port in {name} back"
        self.table.note("E727", faults, 0, hint)

    def _refuse_pins(self, some: Ints, joined: Ints) -> None:
        """Note pins of two devices that are joined by fewer links."""
        if self.table is None:
            return
        faults: dict[int, str] = {}
        pinned = count_equal(self._codes_of_pins(some), self._codes_of_pins(slice(None)))
        for pin, links, pins in zip(some.tolist(), joined.tolist(), pinned.tolist(), strict=True):
            a, b = (self.ids.name(int(ports[pin])).rpartition(":")[0] for ports in self.pins[1:])
            faults[int(self.pins.row[pin])] = f"{a} and {b} have {links} of these links, {pins} are pinned"
        hint = (
            "delete the lines of cables that have to move, or state as many switches of each role as before"
        )
        self.table.note("E727", faults, 0, hint)

    # Ports

    def _ports(self) -> tuple[Ints, Ints, Ints]:
        """Return the ports of the links, those pinned, else those left on a device, in their old order.

        The third are the ports that none of them has any more.
        """
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
        some, port = matched(now[open_], was[free])
        found[open_[some]] = old[free[port]]
        spare = old[free[others(len(free), port)]]
        return found[: len(self.pin_of)], found[len(self.pin_of) :], spare
