"""Derivations of link groups: links by ends and by pairs, fibres, differential pairs, lanes of pools."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Literal

import numpy as np

from topogen.media.medium import pairs, port_lanes, strands
from topogen.model.expand import links_at
from topogen.records import dataclass
from topogen.takeoff.derivation import Ceiling, Leaf, Product, Ratio, Sum, Value, sum_of
from topogen.takeoff.pools import free_ports, host_name, users_of
from topogen.units import MBPS_PER_GBPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.catalog.model import Medium
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup, Terminal

FREE_PORTS = "free"
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


def value_by_ends(fabric: Fabric, link: LinkGroup, side: SideIndex) -> Value:
    """Return the links of a group as devices x links each, seen from one side."""
    rows = end_rows(fabric, link, sides_of(link) if link.joins_alike else (side,))
    terms = tuple(Product((Leaf(row.devices, row.device), Leaf(row.links, unit="link"))) for row in rows)
    return Ratio(Sum(terms), Leaf(2, "ends")) if link.joins_alike else Sum(terms)


def value_by_pairs(fabric: Fabric, link: LinkGroup) -> Value | None:
    """Return the links of a group as scopes x a x b x links per pair, None where it is no such product."""
    terms: Counter[tuple[tuple[int, str], tuple[int, str], int, str]] = Counter()
    for block in link.blocks:
        if block.b is None or block.a.axis == block.b.axis:
            return None
        ends = (block.a, block.b)
        if any(len(np.unique(end.device)) < len(end.device) for end in ends):
            return None
        a, b = ((len(end.device), fabric.groups[end.group].label) for end in ends)
        each = prod(block.shape) // (len(block.a.device) * len(block.b.device))
        terms[a, b, each, _scope_name(fabric, link, block)] += block.scopes
    products = [
        Product((*_scopes(scopes, place), Leaf(*a), Leaf(*b), Leaf(each, unit="link")))
        for (a, b, each, place), scopes in terms.items()
    ]
    return sum_of(products)


def _scopes(scopes: int, place: str) -> tuple[Leaf, ...]:
    """Return the factor of the places in which a pattern repeats; a single block without a place has none."""
    if place:
        return (Leaf(scopes, place),)
    return (Leaf(scopes, unit="block"),) if scopes > 1 else ()


def _scope_name(fabric: Fabric, link: LinkGroup, block: LinkBlock) -> str:
    return host_name(fabric, block.a.group, link.within) if link.within else ""


# Fibres and pairs


def fibres_value(fabric: Fabric, link: LinkGroup) -> Value | None:
    """Return the data fibres of a link group, None where it has none."""
    medium = fabric.catalog.media[link.media[0]] if link.media else None
    if medium is None or strands(link, medium) is None:
        return None
    lanes = _lanes_on_line(link, medium)
    if medium.fibres_per_lane != 1:
        source = ("catalog", "media", medium.id, "fibres_per_lane")
        lanes = Ceiling(Product((lanes, Leaf(medium.fibres_per_lane or 0, "fibres a lane", source=source))))
    ways = Leaf(1, "fibre both ways") if link.bidi else Leaf(2, "directions")
    return Product((Leaf(link.count, unit="link"), lanes, ways))


def pairs_value(fabric: Fabric, link: LinkGroup) -> Value | None:
    """Return the differential pairs of a link group, None where it has none."""
    medium = fabric.catalog.media[link.media[0]] if link.media else None
    if medium is None or not pairs(link, medium):
        return None
    if medium.pairs_per_link is not None:
        source = ("catalog", "media", medium.id, "pairs_per_link")
        return Product(
            (Leaf(link.count, unit="link"), Leaf(medium.pairs_per_link, "pairs per link", source=source))
        )
    ways = Leaf(1, "pair both ways") if link.bidi else Leaf(2, "directions")
    return Product((Leaf(link.count, unit="link"), _lanes_on_line(link, medium), ways))


def _lanes_on_line(link: LinkGroup, medium: Medium) -> Value:
    """Return the lanes of one link, more than those of its port where light runs slower."""
    lanes = Leaf(link.lanes or 0, unit="lane")
    if medium.lane_rate is None or medium.lane_rate == link.lane_rate:
        return lanes
    source = ("catalog", "media", medium.id, "lane_rate")
    port = Leaf(Fraction(link.lane_rate or 0, MBPS_PER_GBPS), "Gb/s")
    return Ceiling(
        Ratio(Product((lanes, port)), Leaf(Fraction(medium.lane_rate, MBPS_PER_GBPS), "Gb/s", source=source))
    )


# Lanes that draw on a pool


@dataclass(frozen=True)
class LaneRow:
    """Lanes that link ends, or free ports, bring to a medium: which, at which ports, and how many."""

    name: str
    where: tuple[str, ...]
    value: Value


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
        lanes = next(iter(found))[2]
        return [LaneRow(link.name, where, _lanes(link.count, lanes, len(sides)))]
    return [
        LaneRow(link.name, (at,), _lanes(links, lanes, 1)) for (_, at, lanes), links in found.items() if lanes
    ]


def _lanes(links: int, lanes: int, ends: int) -> Value:
    return Product((Leaf(links, unit="link"), Leaf(lanes, unit="lane"), Leaf(ends, unit="end")))


def free_rows(fabric: Fabric, medium: Medium, network: str) -> list[LaneRow]:
    """Return the lanes of free ports, where a port of that kind is used by a medium."""
    users = users_of(fabric, medium, network)
    rows: Counter[tuple[str, int]] = Counter()
    for index, group in enumerate(fabric.groups):
        for port, kind in enumerate(group.type.ports):
            used = fabric.ports[index, port]
            lanes = port_lanes(kind, medium)
            if lanes and np.isin(used.rows, list(users)).any():
                free = free_ports(used.rows, users) @ used.weights
                rows[f"{group.label}.{kind.name}", lanes] += int(free)
    return [
        LaneRow(FREE_PORTS, (where,), Product((Leaf(ports, unit="port"), Leaf(lanes, unit="lane"))))
        for (where, lanes), ports in rows.items()
        if ports
    ]
