"""Listed pairs of single devices: thousands of lines of a cable list are wired in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.build.wire import Job
from topogen.build.written_out import written_out
from topogen.model.equivalence import changes, classify
from topogen.model.fabric import FREE
from topogen.model.links import LinkBlock, Terminal
from topogen.model.path import path_name
from topogen.model.runs import arange, zeros
from topogen.model.select import Piece
from topogen.model.select_many import NONE, spread_ports
from topogen.wiring import link_pattern
from topogen.wiring.plan import refuse_many_links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.build.draft import Draft
    from topogen.build.written_out import WrittenOut
    from topogen.errors import Mark, Path
    from topogen.language.link import LinkSpec
    from topogen.model.arrays import Ints
    from topogen.model.select_many import NamedPorts

NO_PORT_LEFT = "a port carries one link: name a free port, or link each once"


class Place(NamedTuple):
    """Where a pair is written: a key, and in a table the line."""

    at: Path
    line: Mark | None

    def __str__(self) -> str:
        """Return the place as a message about another pair says it."""
        return f"line {self.line.line}" if self.line else f"pair {int(self.at[-1]) + 1}"


class ListEnds(NamedTuple):
    """One side of listed links: ports of one port group of equal devices, arrays of shape (links,)."""

    group: int
    port: int
    device: Ints
    number: Ints


class Listed(NamedTuple):
    """Links of listed pairs that join the same two port groups; ``row``, shape (links,), is the pair of each.

    Pairs are numbered from 0 over the whole list; ``place`` says where one is written.
    """

    row: Ints
    sides: tuple[ListEnds, ListEnds]
    place: Callable[[int], Place]


def note(draft: Draft, place: Place, code: str, message: str, hint: str) -> None:
    """Note an error of a pair at the line or key where it is written."""
    if place.line:
        draft.problems.add_at(code, message, place.line, ".".join(place.at), hint)
    else:
        draft.problems.add(code, message, place.at, hint)


def find_listed(
    draft: Draft, texts: tuple[Sequence[str], Sequence[str]], place: Callable[[int], Place]
) -> list[Listed | int]:
    """Return the pairs whose selectors, ``texts``, name ports of one device each, or of several by ranges.

    Of others the number is returned.

    Those are wired one after another, as they may take whichever ports the pairs before have left.
    """
    pairs = written_out(draft.tree.groups, texts)
    a, b = pairs.a, pairs.b
    plain = (a.group != NONE) & (b.group != NONE) & (a.count == b.count)
    plain &= (a.group != b.group) | (a.device != b.device)
    found: list[Listed | int] = []
    start = 0
    for rest in [*np.flatnonzero(~plain).tolist(), len(plain)]:
        found += [_listed(pairs, rows, place) for rows in _by_ports(a, b, np.arange(start, rest))]
        found += [int(pairs.row[rest])] if rest < len(plain) else []
        start = rest + 1
    return found


def _by_ports(a: NamedPorts, b: NamedPorts, rows: Ints) -> Iterator[Ints]:
    """Yield rows that join the same two port groups, in the order of the first of each."""
    keys = zip(*(column[rows].tolist() for column in (a.group, a.port, b.group, b.port)), strict=True)
    yield from (rows[members] for members in classify(keys).members)


def _listed(pairs: WrittenOut, rows: Ints, place: Callable[[int], Place]) -> Listed:
    """Return the links of rows that join the same two port groups."""
    sides = []
    for named in (pairs.a, pairs.b):
        row, number = spread_ports(named, rows)
        first = int(rows[0])
        sides.append(ListEnds(int(named.group[first]), int(named.port[first]), named.device[row], number))
    return Listed(pairs.row[row], (sides[0], sides[1]), place)


def first_job(draft: Draft, spec: LinkSpec, listed: Listed) -> Job:
    """Return the job of the first of some listed links, which stands for all: their ports are alike."""
    a, b = first_pieces(draft, listed)
    record = link_pattern(spec.pattern)
    return Job(user=len(draft.links), pattern=record.make, a=[a], b=[b], all_ports=record.uses_all_ports)


def first_pieces(draft: Draft, listed: Listed) -> list[Piece]:
    """Return both ends of the first of some listed links as selected pieces."""
    return [_piece(draft, ends) for ends in listed.sides]


def row_with_port(listed: Listed, piece: Piece) -> int | None:
    """Return the first pair that has a port of a selected piece, None without one."""
    found = []
    for ends in listed.sides:
        if (ends.group, ends.port) == (piece.group, piece.port):
            has = np.isin(ends.device, piece.devices())
            if piece.ports is not None:
                has &= np.isin(ends.number, piece.ports)
            found += listed.row[has].tolist()[:1]
    return min(found, default=None)


def _piece(draft: Draft, ends: ListEnds, link: int = 0) -> Piece:
    """Return one of some ends as a selected piece."""
    path = draft.tree.groups[ends.group].path
    picks = np.unravel_index(int(ends.device[link]), [step.count for step in path])
    chosen = tuple(np.array([pick], np.int64) for pick in picks)
    return Piece(ends.group, path, chosen, ends.port, (int(ends.number[link]),))


def without_doubles(draft: Draft, pairs: Sequence[Listed]) -> list[Listed]:
    """Return listed links without the pairs that name a port which an earlier pair has; those are noted."""
    if not pairs:
        return []
    ends = _Ends.of(pairs)
    order = np.lexsort((ends.side, ends.row, *ends.ports))
    new = np.any([changes(column[order]) for column in ends.ports], axis=0)
    first = order[np.flatnonzero(new)[np.cumsum(new) - 1]]
    holder = dict(zip(order[~new].tolist(), first[~new].tolist(), strict=True))
    refused: dict[int, int] = {}
    for end in sorted(holder, key=lambda end: (ends.row[end], ends.side[end])):
        refused.setdefault(int(ends.row[end]), end)
    place = pairs[0].place
    for row, end in refused.items():
        name = _port_name(draft, *(int(column[end]) for column in ends.ports))
        _note_taken(draft, place(row), int(ends.side[end]), name, str(place(int(ends.row[holder[end]]))))
    return [_without(one, list(refused)) for one in pairs]


class _Ends(NamedTuple):
    """Both ends of all listed links, each array of shape (ends,).

    ``ports`` tells ports apart: device group, port group, device and number.
    """

    ports: tuple[Ints, Ints, Ints, Ints]
    row: Ints
    side: Ints

    @classmethod
    def of(cls, pairs: Sequence[Listed]) -> _Ends:
        """Return the ends of links of several kinds."""
        tables = []
        for one in pairs:
            for side, ends in enumerate(one.sides):
                columns = (ends.group, ends.port, ends.device, ends.number, one.row, side)
                tables.append(np.stack([np.broadcast_to(column, len(one.row)) for column in columns]))
        group, port, device, number, row, side_of = np.concatenate(tables, axis=1)
        return cls((group, port, device, number), row, side_of)


def _without(listed: Listed, rows: Sequence[int]) -> Listed:
    """Return listed links without those of some pairs."""
    if not rows:
        return listed
    keep = ~np.isin(listed.row, rows)
    a, b = (ends._replace(device=ends.device[keep], number=ends.number[keep]) for ends in listed.sides)
    return Listed(listed.row[keep], (a, b), listed.place)


def wire_listed(
    draft: Draft, job: Job, listed: Listed, earlier: Callable[[Piece], str]
) -> tuple[LinkBlock, ...]:
    """Return the listed links as one block and enter their ports; none if a port is taken, which is noted.

    ``earlier`` says where an earlier pair of the same list stands that has a port.
    """
    refuse_many_links(len(listed.row))
    sides = listed.sides[::-1] if job.turned else listed.sides
    if _note_all_taken(draft, listed, earlier):
        return ()
    a, b = (_terminal(draft, ends) for ends in sides)
    for side, ends in enumerate(sides):
        key = (ends.group, ends.port)
        used = draft.ports.maps[key]
        draft.ports.maps[key] = used.entered(zeros(1), ends.device, ends.number, 2 * job.user + side)
    return (LinkBlock((len(listed.row),), a, b),)


def _terminal(draft: Draft, ends: ListEnds) -> Terminal:
    """Return one side of listed links, its ports by their numbers."""
    ports = arange(draft.tree.groups[ends.group].type.ports[ends.port].count)
    return Terminal(ends.group, ends.port, zeros(1), 0, ends.device, (ends.number,), ports)


def _note_all_taken(draft: Draft, listed: Listed, earlier: Callable[[Piece], str]) -> bool:
    """Note every pair one of whose ports an earlier link has; return whether there is any."""
    refused: dict[int, tuple[int, int]] = {}
    for side, ends in enumerate(listed.sides):
        used = draft.ports.maps[ends.group, ends.port]
        taken = used.rows[used.kind.at(ends.device), ends.number] != FREE
        for link in np.flatnonzero(taken).tolist():
            refused.setdefault(int(listed.row[link]), (side, link))
    for row, (side, link) in sorted(refused.items()):
        ends = listed.sides[side]
        used, device, number = draft.ports.maps[ends.group, ends.port], ends.device[link], ends.number[link]
        user = int(used.rows[used.kind.at(device[None])[0], number]) // 2
        who = f'"{draft.links[user].name}"' if user < len(draft.links) else earlier(_piece(draft, ends, link))
        name = _port_name(draft, ends.group, ends.port, int(device), int(number))
        _note_taken(draft, listed.place(row), side, name, who)
    return bool(refused)


def _note_taken(draft: Draft, place: Place, side: int, name: str, who: str) -> None:
    message = f"{'ab'[side]} has no free port left: {name} has the link of {who}"
    note(draft, place, "E201", message, NO_PORT_LEFT)


def _port_name(draft: Draft, group: int, port: int, device: int, number: int) -> str:
    """Return a port as its selector names it."""
    devices = draft.tree.groups[group]
    kind = devices.type.ports[port]
    return f"{path_name(devices.path, device)}.{kind.name}{f'[{number}]' if kind.count > 1 else ''}"
