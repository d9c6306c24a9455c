"""Pinned cables: the lines of a table that says which ports links keep, as numbers of ports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.model.equivalence import changes
from topogen.model.path import path_name, path_names
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Draft
    from topogen.errors import Path
    from topogen.model.arrays import Bools, Ints
    from topogen.model.devices import DeviceGroup, Port

KEPT = ("", "connected", "planned")
DROPPED = "decommissioning"
"""States of a cable, as a DCIM has them: those in which it holds its ports, and one in which it does not."""
CABLE, STATUS, LINK_GROUP = 4, 5, 6
"""Where the cells stand that a line may lack."""
SHOWN = 8
"""Lines with the same fault that are shown."""

_NUMBERS = r"\d+(?:-\d+)?(?:\+\d+(?:-\d+)?)*"
_PADDING = re.compile(r"(?<!\d)0+(?=\d)", re.ASCII)


class PortIds:
    """A number for each port of a fabric: those of a port group of equal devices follow on each other."""

    def __init__(self, groups: Sequence[DeviceGroup]) -> None:
        ports = [(index, port) for index, group in enumerate(groups) for port in range(len(group.type.ports))]
        counts = [groups[index].type.ports[port].usable for index, port in ports]
        sizes = [groups[index].count * count for (index, _), count in zip(ports, counts, strict=True)]
        self.keys, self.groups = ports, groups
        self.counts = np.array(counts, np.int64)
        self._ends = np.cumsum(np.array(sizes, np.int64))
        self.bases = self._ends - sizes
        self._of = {key: number for number, key in enumerate(ports)}
        self.total = sum(sizes)

    def number_of(self, group: int, port: int) -> int:
        """Return the place of a port group in ``keys``."""
        return self._of[group, port]

    def split(self, ids: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the place in ``keys``, the device in its group and the port number of each port."""
        key = np.searchsorted(self._ends, ids, side="right")
        device, number = np.divmod(ids - self.bases[key], self.counts[key])
        return key, device, number

    def name(self, port: int) -> str:
        """Return a port as the schedule names it."""
        key, device, number = (int(one[0]) for one in self.split(np.array([port])))
        group = self.groups[self.keys[key][0]]
        return f"{path_name(group.path, device)}:{group.type.ports[self.keys[key][1]].name}{number}"


class Pins(NamedTuple):
    """Pinned links, arrays of shape (links,): the line of each, and the ports at its two ends."""

    row: Ints
    a: Ints
    b: Ints

    def only(self, some: Ints | Bools) -> Pins:
        """Return some of the links."""
        return Pins(*(column[some] for column in self))


class PinTable:
    """The lines of a table of pinned cables that hold, and where faults of them are noted."""

    def __init__(self, draft: Draft, path: Path) -> None:
        self._draft, self.path, self._at = draft, path, (*path, "ports_from")
        rows = draft.parsed.tables.get(self._at, ())
        states = {row.cells[STATUS] for row in rows} - {*KEPT, DROPPED}
        for row in [row for row in rows if row.cells[STATUS] in states][:SHOWN] if states else ():
            message = f'no status "{row.cells[STATUS]}"'
            hint = f"connected and planned hold the ports, {DROPPED} gives them free"
            draft.problems.add_at("E729", message, row.at(STATUS), ".".join(self._at), hint)
        names = {*draft.parsed.spec.links, *draft.parsed.spec.fabrics} - {path[1]}
        self.rows = [
            row
            for row in rows
            if row.cells[STATUS] in KEPT and row.cells[2] and _first(row.cells[LINK_GROUP]) not in names
        ]
        others = self._fabrics_beside()
        self.own = np.array(
            [_first(row.cells[LINK_GROUP]) == path[1] and row.cells[3] != "" for row in self.rows], bool
        )
        self.foreign = np.array(
            [any(_first(row.cells[cell]) in others for cell in (0, 2)) for row in self.rows], bool
        )

    def _fabrics_beside(self) -> set[str]:
        """Return the fabrics at whose switches none of the links ends."""
        draft = self._draft
        mine = [link for link in draft.links if link.has_b and draft.path_of(link) == self.path]
        ends = (end for link in mine for block in link.blocks for end in block.ends)
        met = {_first(draft.tree.groups[end.group].role) for end in ends}
        return {*draft.parsed.spec.fabrics} - {self.path[1], *met}

    def note(self, code: str, faults: dict[int, str], cell: int, hint: str) -> None:
        """Note what is wrong with lines, by their number: the first of them, and how many follow."""
        shown = sorted(faults.items())[:SHOWN]
        for row, message in shown:
            more = len(faults) - SHOWN if row == shown[-1][0] else 0
            cable = self.rows[row].cells[CABLE]
            text = (f"{cable}: " if cable else "") + message
            text += f"; the same holds of {format_count(more)} further lines" if more > 0 else ""
            self._draft.problems.add_at(code, text, self.rows[row].at(cell), ".".join(self._at), hint)

    def line(self, row: int) -> int:
        """Return the line in which a cable stands."""
        return self.rows[row].mark.line


def _first(name: str) -> str:
    return name.partition("/")[0]


def read_pins(table: PinTable, sides: Sequence[EndOfLine], concern: Bools) -> Pins:
    """Return the links of the lines of a table that concern its link group; what is wrong is noted."""
    a, b = sides
    for cell, side in zip((0, 2), sides, strict=True):
        _note_gone(table, side, concern, cell)
    whole = concern & a.there & b.there
    counts = a.counts[np.maximum(a.combination, 0)], b.counts[np.maximum(b.combination, 0)]
    unlike = np.flatnonzero(whole & (counts[0] != counts[1])).tolist()
    faults = {row: f"{counts[0][row]} ports at a, {counts[1][row]} at b" for row in unlike}
    table.note("E728", faults, 1, "a link has one port at each end: name as many ports at both")
    whole[unlike] = False
    rows = np.flatnonzero(whole)
    pins = Pins(np.repeat(rows, counts[0][rows]), a.ports(rows), b.ports(rows))
    return _without_doubles(table, a.ids, pins)


class EndOfLine(NamedTuple):
    """One end of each line: its device, and its ports as one of few combinations; -1 where not there."""

    ids: PortIds
    texts: list[tuple[str, str]]
    device: Ints
    combination: Ints
    key: Ints
    counts: Ints
    numbers: Ints
    start: Ints

    @classmethod
    def of(cls, ids: PortIds, texts: list[tuple[str, str]]) -> EndOfLine:
        """Return the ends of lines from the texts of their devices and ports."""
        device = devices_named(ids.groups, [text for text, _ in texts])
        firsts = np.array([group.first for group in ids.groups])
        group = np.where(device >= 0, np.searchsorted(firsts, device, side="right") - 1, -1)
        seen: dict[tuple[int, str], int] = {}
        pairs = zip(group.tolist(), (port for _, port in texts), strict=True)
        at = np.array([seen.setdefault(pair, len(seen)) for pair in pairs], np.int64)
        named = [_ports_named(ids, *pair) for pair in seen]
        counts = np.array([len(numbers) for _, numbers in named], np.int64)
        numbers = np.array([number for _, some in named for number in some], np.int64)
        found = np.where(counts[at] > 0, at, -1)
        local = np.where(device >= 0, device - firsts[np.maximum(group, 0)], -1)
        key = np.array([key for key, _ in named], np.int64)
        return cls(ids, texts, local, found, key, counts, numbers, np.cumsum(counts) - counts)

    @property
    def there(self) -> Bools:
        """Return which lines name ports that are there."""
        return self.combination >= 0

    @property
    def first(self) -> Ints:
        """Return the first port of each line, any port where it has none."""
        at = np.maximum(self.combination, 0)
        number = (
            self.numbers[np.minimum(self.start[at], max(len(self.numbers) - 1, 0))]
            if len(self.numbers)
            else 0
        )
        found = self.ids.bases[self.key[at]] + self.device * self.ids.counts[self.key[at]] + number
        return np.where(self.there, found, 0)

    def ports(self, rows: Ints) -> Ints:
        """Return the ports of some lines, one after another."""
        at = self.combination[rows]
        counts = self.counts[at]
        inside = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        at, device = np.repeat(at, counts), np.repeat(self.device[rows], counts)
        key = self.key[at]
        return np.asarray(
            self.ids.bases[key] + device * self.ids.counts[key] + self.numbers[self.start[at] + inside]
        )


def devices_named(groups: Sequence[DeviceGroup], texts: Sequence[str]) -> Ints:
    """Return the device that each text names, -1 for none; zeros ahead of a number do not count."""
    names = {
        name: group.first + number
        for group in groups
        if group.type.ports
        for number, name in enumerate(path_names(group.path))
    }
    found = np.array([names.get(text, -1) for text in texts], np.int64)
    gone = np.flatnonzero(found < 0).tolist()
    if gone:
        bare = {_PADDING.sub("", name): device for name, device in names.items()}
        found[gone] = [bare.get(_PADDING.sub("", texts[row]), -1) for row in gone]
    return found


def _ports_named(ids: PortIds, group: int, text: str) -> tuple[int, tuple[int, ...]]:
    """Return the port group and the port numbers that a text such as ``up0-1`` names; none for no port."""
    ports: Sequence[Port] = ids.groups[group].type.ports if group >= 0 else ()
    for index, port in enumerate(ports):
        if re.fullmatch(_NUMBERS, text.removeprefix(port.name), re.ASCII) and text.startswith(port.name):
            runs = [run.partition("-") for run in text.removeprefix(port.name).split("+")]
            numbers = tuple(n for a, _, b in runs for n in range(int(a), int(b or a) + 1))
            if numbers and max(numbers) < port.usable:
                return ids.number_of(group, index), numbers
    return 0, ()


def _note_gone(table: PinTable, side: EndOfLine, concern: Bools, cell: int) -> None:
    """Note the lines whose device or port is not there."""
    devices, ports = {}, {}
    for row in np.flatnonzero(concern & ~side.there).tolist():
        device, port = side.texts[row]
        if side.device[row] < 0:
            devices[row] = f'no device "{device}"'
        else:
            ports[row] = f'{device} has no port "{port}"'
    hint = f"delete the line, or give it status {DROPPED}"
    table.note("E723", devices, cell, hint)
    table.note("E724", ports, cell + 1, hint)


def _without_doubles(table: PinTable, ids: PortIds, pins: Pins) -> Pins:
    """Return pinned links without lines that name a port of an earlier line; those are noted."""
    port, row = np.concatenate([pins.a, pins.b]), np.concatenate([pins.row, pins.row])
    order = np.lexsort((row, port))
    new = changes(port[order])
    first = order[np.flatnonzero(new)[np.cumsum(new) - 1]] if len(order) else order
    faults: dict[int, str] = {}
    for end, holder in zip(order[~new].tolist(), first[~new].tolist(), strict=True):
        line = table.line(int(row[holder]))
        faults.setdefault(int(row[end]), f"{ids.name(int(port[end]))} is in line {line} too")
    table.note("E725", faults, 0, "a port has one cable: delete one of the lines")
    return pins.only(~np.isin(pins.row, list(faults))) if faults else pins
