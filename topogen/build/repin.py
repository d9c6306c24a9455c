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
from topogen.build.pins import PinTable, PortIds, read_pins
from topogen.build.repinned import Links, enter
from topogen.model.runs import distinct
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Draft
    from topogen.build.exchangeable import Alike
    from topogen.build.pins import Pins
    from topogen.errors import Path
    from topogen.model.arrays import Bools, Ints


def pin_links(draft: Draft, path: Path, first: int, alike: Alike) -> None:
    """Give the link groups from ``first`` on the ports that the table of a fabric or link group pins."""
    named = (*path, "ports_from") in draft.parsed.tables
    if first == len(draft.links) or not (named or draft.before):
        return
    ids = PortIds(draft.tree.groups)
    made = [Links.of(ids, index, draft.links[index]) for index in range(first, len(draft.links))]
    mine = np.zeros(ids.total, bool)
    for links in made:
        mine[links.a] = mine[links.b] = True
    table = PinTable(draft, path) if named else None
    pins = read_pins(draft, table, ids, mine) if table else _laid(draft, ids, mine)
    for links, pinned in _by_group(draft, table, ids, made, pins, alike):
        _Repinning(draft, table, ids, links, pinned, alike).apply(path)


def _laid(draft: Draft, ids: PortIds, mine: Bools) -> Pins:
    """Return the links of the design before this one, as far as they can stay."""
    assert draft.before is not None  # noqa: S101 - else nothing is pinned
    return pins_of_phase(draft.before, ids, mine)


def _by_group(
    draft: Draft, table: PinTable | None, ids: PortIds, made: Sequence[Links], pins: Pins, alike: Alike
) -> list[tuple[Links, Pins]]:
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
    if table is not None:
        _refuse(table, ids, left, "no link group of it joins such ports")
    return [(made[place], _joined_up(made[place], draft, parts)) for place, parts in found.items()]


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


def _refuse(table: PinTable, ids: PortIds, pins: Pins, why: str) -> None:
    """Note pinned cables that join what the links do not."""
    faults: dict[int, str] = {}
    for row, a, b in zip(pins.row.tolist(), pins.a.tolist(), pins.b.tolist(), strict=True):
        faults.setdefault(row, f"{ids.name(a)} and {ids.name(b)} are not joined: {why}")
    table.note("E727", faults, 0, "delete the line: its ends are then wired as if nothing were pinned")


class _Repinning:
    """One link group whose links are made to match pinned cables."""

    def __init__(
        self, draft: Draft, table: PinTable | None, ids: PortIds, links: Links, pins: Pins, alike: Alike
    ) -> None:
        self.draft, self.table, self.ids, self.links, self.pins = draft, table, ids, links, pins
        self.alike = alike
        self.unit = [units(draft, ids, ports, alike) for ports in (links.a, links.b)]
        self.at_pins = [units(draft, ids, ports, alike) for ports in (pins.a, pins.b)]
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
            if self.table is None:
                hint = "to wire all links anew, give the phase ports: free"
            self.draft.problems.add("W213", message, (*path, "ports_from"), hint)
        if self.outgrown and path[1] in self.draft.made:
            facts = self.draft.made[path[1]]
            self.draft.made[path[1]] = replace(facts, diameter=None, bisection=None, pods_alike=False)
        enter(self.draft, self.ids, self.links, a, b)

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
            return self._exchange_rest(np.sort(left[pin]), rest, "that device has no further link in it")
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
        many = count_equal(self._codes_of_pins(left), self._codes_of_pins(slice(None))) > most
        if many.any():
            self._refuse_pins(left[many], np.broadcast_to(most, int(many.sum())))
        return bool(many.any())

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
        some, port = matched(now[open_], was[free])
        found[open_[some]] = old[free[port]]
        return found[: len(self.pin_of)], found[len(self.pin_of) :]
