"""The lines of the cable schedule as numbers, in parts of bounded size, for the CSV and Parquet files.

A line is a cable, or a leg of a breakout. All scopes of a link block are equal, so links are grouped into
cables for one scope and the result is repeated. If a cable may connect links of two scopes (a cage filled by
two blocks), the lines of the whole link group are computed at once.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cages import cage_order
from topogen.floor.per_link import length_numbers
from topogen.media.medium import is_installed
from topogen.model.equivalence import changes
from topogen.model.expand import cut, expand, expand_parts
from topogen.model.runs import zeros
from topogen.records import dataclass
from topogen.schedule.cable_ids import ids_of, outside_code, port_codes
from topogen.schedule.cable_rows import cable_rows, longest_known
from topogen.schedule.link_ends import ends_in_parts
from topogen.schedule.port_numbers import PortNumbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.cabling.cages import CageOrder
    from topogen.model.arrays import Bools, Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup, Terminal
    from topogen.schedule.cable_ids import Codes
    from topogen.schedule.cable_rows import CableRows
    from topogen.schedule.link_ends import LinkEnds

MEASURED = 1 << 22
"""Links per length lookup, 2 bytes each; every lookup repeats the preparation for its link group."""


@dataclass(frozen=True)
class Lines:
    """Some lines of a link group, each array of shape (lines,).

    ``block`` is that of the line's first link; ``cable`` is the id of the cable (`cable_ids.ids_of`) and
    ``first`` is set in its first line; ``a_port`` and ``b_port`` number the port texts of the link group,
    ``length`` is an index of its length codes; ``leg`` counts the cages of a breakout from 1, 0 without one.
    Of a shuffle cord it is the connector at b, and ``leg_a`` that at a; of others both are alike.
    ``plug_a`` and ``plug_b`` say how many lines back the connector at each end has its first line.
    """

    block: Ints
    cable: Codes
    first: Bools
    a: Ints
    a_port: Ints
    b: Ints
    b_port: Ints
    links: Ints
    leg: Ints
    length: Ints
    leg_a: Ints
    plug_a: Ints
    plug_b: Ints

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.a)

    def __getitem__(self, part: slice | Ints | Bools) -> Lines:
        """Return some of the lines."""
        return Lines(*(column[part] for column in vars(self).values()))

    def plugs(self, side: str) -> Lines:
        """Return the first line of each connector at an end."""
        return self[self._back(side) == 0]

    def by_plug(self, side: str) -> Lines:
        """Return for each line the first one of its connector at an end; all lines of a cable are here."""
        back = self._back(side)
        return self[np.arange(len(self)) - back] if back.any() else self

    def _back(self, side: str) -> Ints:
        return self.plug_a if side == "a" else self.plug_b

    @classmethod
    def joined(cls, parts: Sequence[Lines]) -> Lines:
        """Return the concatenation of parts."""
        if len(parts) == 1:
            return parts[0]
        columns = zip(*(vars(part).values() for part in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))


def scheduled(fabric: Fabric, *, all_links: bool) -> list[LinkGroup]:
    """Return the link groups of the schedule: field-installed ones, or all."""
    return [group for group in fabric.links if group.count and (all_links or is_installed(fabric, group))]


class CableLines:
    """The lines of one link group: their count, the tables their numbers refer to, and the lines in parts."""

    def __init__(self, fabric: Fabric, group: LinkGroup) -> None:
        self.fabric, self.group = fabric, group
        self.ports = {side: PortNumbers(fabric, group, side) for side in ("a", "b")}
        self.codes = group.lengths.codes
        self._source = self._find_source()
        self.count: int = self._source.count
        self.legs: int = self._source.legs

    def parts(self, most: int, devices: Codes) -> Iterator[Lines]:
        """Yield the lines in the order of the schedule, in parts of about ``most`` links.

        ``devices`` are the codes of all devices (`cable_ids.device_codes`).
        """
        return self._source.parts(most, _EndCodes(self, devices))

    def _find_source(self) -> _Scopes | _Whole:
        whole = _joins_scopes(self.fabric, self.group)
        return _Whole(self) if whole else _Scopes(self)


def count_lines(fabric: Fabric, group: LinkGroup) -> int:
    """Return how many lines a link group has, without numbering their ports as ``CableLines`` does."""
    if group.links_per_cable == 1:
        return group.count
    if _joins_scopes(fabric, group):
        return len(cable_rows(fabric, group, expand(fabric, group)))
    return sum(
        block.scopes * len(cable_rows(fabric, group, _first_scope(fabric, block))) for block in group.blocks
    )


def _joins_scopes(fabric: Fabric, group: LinkGroup) -> bool:
    """Return whether a cable may carry links of two scopes."""
    return group.links_per_cable > 1 and not cables_stay_in_scope(fabric, group)


def _first_scope(fabric: Fabric, block: LinkBlock) -> Columns:
    return next(expand_parts(fabric, block, prod(block.shape)))


class _EndCodes:
    """The codes of both ends of the lines of a link group, for the ids of cables."""

    def __init__(self, of: CableLines, devices: Codes) -> None:
        self._devices = devices
        self._ports = {side: port_codes(ports.texts) for side, ports in of.ports.items()}
        self._outside = None if of.group.has_b else outside_code(of.group.outside)

    def of(self, a: Ints, a_port: Ints, b: Ints, b_port: Ints) -> Codes:
        """Return the code of each line."""
        near = self._devices[a] + self._ports["a"][a_port]
        if self._outside is not None:
            return near * self._outside
        return near * (self._devices[b] + self._ports["b"][b_port])


# Scope by scope


class _Scopes:
    """Lines of link blocks whose cables stay inside one scope."""

    def __init__(self, of: CableLines) -> None:
        self._of = of
        blocks = of.group.blocks
        self._rows = [self._rows_of(block) for block in blocks]
        self.count = sum(
            block.count if rows is None else block.scopes * len(rows)
            for block, rows in zip(blocks, self._rows, strict=True)
        )
        self.legs = max((int(rows.leg.max()) for rows in self._rows if rows is not None), default=0)
        self._ports = [self._ports_of(number) for number in range(len(blocks))]

    def _rows_of(self, block: LinkBlock) -> CableRows | None:
        """Return the lines of the first scope of a block, None where every link is one."""
        if self._of.group.links_per_cable == 1:
            return None
        return cable_rows(self._of.fabric, self._of.group, _first_scope(self._of.fabric, block))

    def _ports_of(self, number: int) -> dict[str, Ints]:
        """Return the port texts of the lines of a block's first scope, which all others repeat."""
        rows, block = self._rows[number], self._of.group.blocks[number]
        if rows is None:
            return {}
        columns, blocks = _first_scope(self._of.fabric, block), np.full(len(rows), number)
        ports = {"a": columns.a_port, "b": columns.b_port} if block.b else {"a": columns.a_port}
        return {
            side: self._of.ports[side].of_lines(blocks, port[rows.order], rows.start, rows.links)
            for side, port in ports.items()
        }

    def parts(self, most: int, codes: _EndCodes) -> Iterator[Lines]:
        """Yield the lines block by block."""
        for number, ends, length in self._measured(most):
            rows = self._rows[number]
            made = self._links if rows is None else partial(self._legs, rows)
            yield made(number, ends, length, codes)

    def _measured(self, most: int) -> Iterator[tuple[int, LinkEnds, Ints]]:
        """Yield the links of each block in parts with their lengths, measured for many parts at a time."""
        of = self._of
        for stretches in self._stretches():
            lengths = length_numbers(of.fabric, of.group, (block for _, block in stretches))
            for number, block in stretches:
                for ends in ends_in_parts(of.fabric, block, self._unit(number, most)):
                    yield number, ends, lengths[: len(ends)].astype(np.int64)
                    lengths = lengths[len(ends) :]

    def _stretches(self) -> Iterator[list[tuple[int, LinkBlock]]]:
        """Yield lists of (block number, part of the block), each list small enough for one length lookup."""
        together: list[tuple[int, LinkBlock]] = []
        held = 0
        for number, block in enumerate(self._of.group.blocks):
            for stretch in cut(block, self._unit(number, MEASURED)):
                if together and held + stretch.count > MEASURED:
                    yield together
                    together, held = [], 0
                together.append((number, stretch))
                held += stretch.count
        yield together

    def _unit(self, number: int, most: int) -> int:
        """Return how many links of a block form a part: whole scopes if a cable has several links."""
        if self._rows[number] is None:
            return most
        size = prod(self._of.group.blocks[number].shape)
        return max(most // size, 1) * size

    def _links(self, number: int, ends: LinkEnds, length: Ints, codes: _EndCodes) -> Lines:
        """Return lines of a block in which every link is one."""
        of, block, count = self._of, self._of.group.blocks[number], len(ends)
        a_port = of.ports["a"].of_links(number, ends.a_port)
        b_port = of.ports["b"].of_links(number, ends.b_port) if block.b else zeros(count)
        return Lines(
            block=np.broadcast_to(np.int64(number), count),
            cable=ids_of(codes.of(ends.a, a_port, ends.b, b_port)),
            first=np.broadcast_to(np.bool_(True), count),  # noqa: FBT003
            a=ends.a,
            a_port=a_port,
            b=ends.b,
            b_port=b_port,
            links=np.broadcast_to(np.int64(1), count),
            leg=np.broadcast_to(np.int64(0), count),
            length=length,
            leg_a=np.broadcast_to(np.int64(0), count),
            plug_a=np.broadcast_to(np.int64(0), count),
            plug_b=np.broadcast_to(np.int64(0), count),
        )

    def _legs(self, rows: CableRows, number: int, ends: LinkEnds, length: Ints, codes: _EndCodes) -> Lines:
        """Return lines of a block whose cables carry several links."""
        block, ports = self._of.group.blocks[number], self._ports[number]
        size = prod(block.shape)
        copies = len(ends) // size
        first = rows.order[rows.start]
        new = changes(rows.number)
        # Where each cable begins among the lines: all legs of one are as long as its longest link.
        coded = self._of.codes[length.reshape(copies, size)[:, rows.order]]
        longest = longest_known(coded, rows.start[new])[:, rows.number]
        a, b = (end.reshape(copies, size)[:, first].ravel() for end in (ends.a, ends.b))
        a_port = np.tile(ports["a"], copies)
        b_port = np.tile(ports["b"], copies) if block.b else zeros(copies * len(rows))
        code = codes.of(a, a_port, b, b_port).reshape(copies, len(rows))
        return Lines(
            block=np.broadcast_to(np.int64(number), copies * len(rows)),
            cable=ids_of(_of_cables(code, rows.naming, new)).ravel(),
            first=np.tile(new, copies),
            a=a,
            a_port=a_port,
            b=b,
            b_port=b_port,
            links=np.tile(rows.links, copies),
            leg=np.tile(rows.leg, copies),
            length=np.searchsorted(self._of.codes, longest).ravel(),
            leg_a=np.tile(rows.leg_a, copies),
            plug_a=np.tile(rows.plug_a, copies),
            plug_b=np.tile(rows.plug_b, copies),
        )


def _of_cables(codes: Codes, naming: Ints, new: Bools) -> Codes:
    """Return the code of the naming line of each cable in all its lines, along the last axis."""
    return np.asarray(codes[..., naming][..., np.cumsum(new) - 1])


# Whether cables stay in their scope


def cables_stay_in_scope(fabric: Fabric, group: LinkGroup) -> bool:
    """Return whether no cable joins links of two scopes, and those of all scopes of a block are alike."""
    if group.shuffle:
        return False
    found: dict[tuple[str, int], list[Ints]] = {}
    for block in group.blocks:
        for end in (block.a, block.b):
            if end and (end.table.ndim > 1 or not _cages_alike(fabric, end)):
                return False
        owners = cage_order(fabric, block.a.group, block.a.port).owner[_local(block.a)]
        kind = fabric.groups[block.a.group].type.name, block.a.port
        found.setdefault(kind, []).append(owners[:, np.unique(owners[0], return_index=True)[1]].ravel())
    return all(len(np.unique(every)) == len(every) for every in map(np.concatenate, found.values()))


def _cages_alike(fabric: Fabric, end: Terminal) -> bool:
    """Return whether the devices of all scopes fill cages in the same way."""
    if fabric.groups[end.group].type.ports[end.port].cage_on is None:
        return True
    order: CageOrder = cage_order(fabric, end.group, end.port)
    local = _local(end)
    owner = order.owner[local]
    rows = np.concatenate([owner - owner[:, :1], order.rank[local], order.members[local]], axis=1)
    return bool((rows == rows[0]).all())


def _local(end: Terminal) -> Ints:
    """Return the devices of a terminal by their numbers in their group, shape (scopes, devices)."""
    return np.asarray(end.scope[:, None] + np.unique(end.device))


# All at once


class _Whole:
    """Lines of a link group whose cables may connect links of two scopes: grouped over all links."""

    def __init__(self, of: CableLines) -> None:
        links = expand(of.fabric, of.group)
        rows = cable_rows(of.fabric, of.group, links)
        first = rows.order[rows.start]
        counts = [block.count for block in of.group.blocks]
        block = np.repeat(np.arange(len(counts)), counts)[first]
        ports = {"a": links.a_port, "b": links.b_port} if of.group.has_b else {"a": links.a_port}
        number = {
            side: of.ports[side].of_lines(block, port[rows.order], rows.start, rows.links)
            for side, port in ports.items()
        }
        self._unnamed = Lines(
            block=block,
            cable=np.zeros(len(rows), np.uint64),
            first=changes(rows.number),
            a=links.a[first].astype(np.int64),
            a_port=number["a"],
            b=links.b[first].astype(np.int64),
            b_port=number.get("b", zeros(len(rows))),
            links=rows.links,
            leg=rows.leg,
            length=np.searchsorted(of.codes, rows.length),
            leg_a=rows.leg_a,
            plug_a=rows.plug_a,
            plug_b=rows.plug_b,
        )
        self._naming = rows.naming
        self.count = len(rows)
        self.legs = int(rows.leg.max())

    def parts(self, most: int, codes: _EndCodes) -> Iterator[Lines]:
        """Yield ranges of the lines, of whole cables each."""
        lines = self._unnamed
        code = codes.of(lines.a, lines.a_port, lines.b, lines.b_port)
        lines = replace(lines, cable=ids_of(_of_cables(code, self._naming, lines.first)))
        begins = np.append(np.flatnonzero(lines.first), self.count)
        cuts = np.unique(
            begins[np.searchsorted(begins, np.arange(0, self.count + most, most).clip(max=self.count))]
        )
        for start, stop in pairwise(cuts.tolist()):
            yield lines[start:stop]
