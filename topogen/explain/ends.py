"""Which devices a link group ends at, with how many links each, and the lanes it brings to a medium."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Literal

import numpy as np

from topogen.explain.steps import count_of, exact
from topogen.media.medium import port_lanes
from topogen.model.expand import links_at
from topogen.model.fabric import FREE
from topogen.records import dataclass
from topogen.takeoff.pools import host_name, users_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.catalog.model import Medium
    from topogen.model.fabric import Fabric, LinkBlock, LinkGroup, Terminal

SideIndex = Literal[0, 1]


@dataclass(frozen=True)
class EndRow:
    """``devices`` of a name that each end ``links`` links of a group at one kind of port."""

    device: str
    port: str
    devices: int
    links: int

    @property
    def where(self) -> str:
        """Return the ports as a selector."""
        return f"{self.device}.{self.port}"

    @property
    def total(self) -> int:
        """Return the links that end here."""
        return self.devices * self.links


def sides_of(link: LinkGroup) -> tuple[SideIndex, ...]:
    """Return the sides of a link group whose ends are in the model."""
    return (0, 1) if link.has_b else (0,)


def terminals(link: LinkGroup, side: SideIndex) -> Iterator[tuple[LinkBlock, Terminal]]:
    """Yield each block of a link group with where it ends on one side."""
    for block in link.blocks:
        terminal = block.b if side else block.a
        if terminal is not None:
            yield block, terminal


def networks_at(fabric: Fabric, index: int) -> list[str]:
    """Return the networks that the devices of a group end links of, by name."""
    return sorted(
        {
            link.network
            for link in fabric.links
            for side in sides_of(link)
            for _, terminal in terminals(link, side)
            if terminal.group == index
        }
    )


def end_rows(fabric: Fabric, link: LinkGroup, sides: Iterable[SideIndex]) -> list[EndRow]:
    """Return the devices at some sides of a link group, equal ones together."""
    ends: dict[tuple[int, int], list[tuple[LinkBlock, Terminal]]] = {}
    for side in sides:
        for block, terminal in terminals(link, side):
            ends.setdefault((terminal.group, terminal.port), []).append((block, terminal))
    rows: Counter[tuple[str, str, int]] = Counter()
    for (index, port), here in ends.items():
        group = fabric.groups[index]
        degree = links_at(here, group.count)
        for links in np.unique(degree.values[degree.values > 0]).tolist():
            devices = int(degree.lengths[degree.values == links].sum())
            rows[group.label, group.type.ports[port].name, links] += devices
    return [EndRow(device, port, devices, links) for (device, port, links), devices in rows.items()]


def end_formula(fabric: Fabric, link: LinkGroup, side: SideIndex) -> str:
    """Return the links of a group as devices x links each, seen from one side."""
    rows = end_rows(fabric, link, sides_of(link) if link.joins_alike else (side,))
    terms = " + ".join(f"{exact(row.devices)} {row.device} x {count_of(row.links, 'link')}" for row in rows)
    if link.joins_alike:
        return f"({terms}) / 2 ends = {count_of(link.count, 'link')}"
    return f"{terms} = {count_of(link.count, 'link')}"


def pair_formula(fabric: Fabric, link: LinkGroup) -> str:
    """Return the links of a group as scopes x a x b x links a pair, nothing where it is no such product."""
    terms: Counter[tuple[str, ...]] = Counter()
    for block in link.blocks:
        if block.b is None or block.a.axis == block.b.axis:
            return ""
        ends = (block.a, block.b)
        if any(len(np.unique(end.device)) < len(end.device) for end in ends):
            return ""
        sizes = [f"{exact(len(end.device))} {fabric.groups[end.group].label}" for end in ends]
        each = prod(block.shape) // (len(block.a.device) * len(block.b.device))
        place = host_name(fabric, block.a.group, link.within) if link.within else ""
        terms[place, *sizes, f"{count_of(each, 'link')}"] += block.scopes
    written = [
        " x ".join([f"{exact(scopes)} {place}", *words] if place else words)
        for (place, *words), scopes in terms.items()
    ]
    return f"{' + '.join(written)} = {count_of(link.count, 'link')}"


# Lanes that meet a pool


@dataclass(frozen=True)
class LaneRow:
    """Lanes that the ends of a link group bring to a medium."""

    group: str
    links: int
    lanes: int
    ends: int
    where: tuple[str, ...]

    @property
    def total(self) -> int:
        """Return the lanes of this row."""
        return self.links * self.lanes * self.ends

    @property
    def formula(self) -> str:
        """Return where the lanes of this row come from."""
        each = (
            f"{count_of(self.links, 'link')} x {count_of(self.lanes, 'lane')} x {count_of(self.ends, 'end')}"
        )
        return f"{each} = {count_of(self.total, 'lane')}"


def lane_rows(fabric: Fabric, medium: Medium, network: str) -> list[LaneRow]:
    """Return the lanes of a medium in a network, one row a link group where its ends are alike."""
    rows: list[LaneRow] = []
    for link in fabric.links:
        if link.media and link.network == network:
            rows += _rows_of(fabric, link, medium)
    return rows


def _rows_of(fabric: Fabric, link: LinkGroup, medium: Medium) -> list[LaneRow]:
    found: Counter[tuple[SideIndex, str, int]] = Counter()
    for side in sides_of(link):
        if link.media and link.media[side] == medium.id:
            for block, terminal in terminals(link, side):
                group = fabric.groups[terminal.group]
                port = group.type.ports[terminal.port]
                found[side, f"{group.label}.{port.name}", port_lanes(port, medium) or 0] += block.count
    sides = {side for side, _, lanes in found if lanes}
    if len({lanes for _, _, lanes in found}) == 1 and sides:
        where = tuple(dict.fromkeys(where for _, where, _ in found))
        return [LaneRow(link.name, link.count, next(iter(found))[2], len(sides), where)]
    return [LaneRow(link.name, links, lanes, 1, (at,)) for (_, at, lanes), links in found.items() if lanes]


def free_rows(fabric: Fabric, medium: Medium, network: str) -> list[tuple[str, int, int]]:
    """Return (ports, how many are free, lanes each) where a port of that kind is used by a medium."""
    users = list(users_of(fabric, medium, network))
    rows: Counter[tuple[str, int]] = Counter()
    for index, group in enumerate(fabric.groups):
        for port, kind in enumerate(group.type.ports):
            used = fabric.ports[index, port]
            lanes = port_lanes(kind, medium)
            if lanes and np.isin(used.rows, users).any():
                free = (used.rows == FREE).sum(axis=1) @ used.weights
                rows[f"{group.label}.{kind.name}", lanes] += int(free)
    return [(where, ports, lanes) for (where, lanes), ports in rows.items()]
