"""Links one by one: both ends, what carries the light there, and what goes dark together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import link_lengths
from topogen.cabling.port_names import cages_of_chip, names_of_ports
from topogen.graph.contract import device_names
from topogen.model.expand import OUTSIDE
from topogen.model.length_histogram import known_mm
from topogen.records import dataclass
from topogen.takeoff.feeds import Ports, feeds, port_keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from topogen.catalog.panel import PortName
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.feeds import Feed

    Panels: TypeAlias = dict[tuple[str, int, int], tuple[list[PortName], tuple[int, ...]]]
    """Names of ports and numbers of cages by device type, port group and chip."""

ORDER = ("els", "engine", "module")
"""What may fail, the widest reach first."""


@dataclass(frozen=True)
class Carrier:
    """The pieces that carry one end of a link: ``first`` to ``last`` of a place."""

    medium: str
    network: str
    line: str
    part: str
    level: str
    place: int
    first: int
    last: int

    def has(self, piece: Carrier) -> bool:
        """Return whether one piece is among these."""
        here = replace(self, first=piece.first, last=piece.first) == piece
        return here and self.first <= piece.first <= self.last


@dataclass(frozen=True)
class End:
    """One end of a link: a device by number and name, its port, and what carries the light there.

    ``cage`` is the number printed at the cage of the port, empty where the panel is not known.
    """

    device: int
    name: str
    port: str
    order: tuple[int, int]
    carriers: tuple[Carrier, ...]
    cage: str = ""

    def by(self, line: str) -> Carrier | None:
        """Return what carries this end on a line of the recipe."""
        return next((one for one in self.carriers if one.line == line), None)


@dataclass(frozen=True)
class Row:
    """A link as it is drawn: from the end that was picked; ``far`` is None outside."""

    link: LinkGroup
    near: End
    far: End | None
    a_first: bool
    length_mm: int | None


@dataclass(frozen=True)
class Outage:
    """What goes dark when one piece fails: so many links, and the devices at their ends by label."""

    piece: Carrier
    links: int
    devices: dict[str, int]


@dataclass(frozen=True)
class LinkRows:
    """The links of a picture, by device and by what carries them."""

    rows: tuple[Row, ...]
    dark: Outage | None


def drawn_links(fabric: Fabric, touched: Selection) -> LinkRows:
    """Return the links that touch what is picked, and those that go dark with the first of its pieces."""
    fed = feeds(fabric)
    rows = _rows_of_links(fabric, touched, touched.links, fed)
    piece = _first_piece(rows)
    if piece is None:
        return LinkRows(tuple(rows), None)
    masks = _dark_links(fabric, touched, fed, piece)
    both = [keep | dark for keep, dark in zip(touched.links, masks, strict=True)]
    return LinkRows(tuple(_rows_of_links(fabric, touched, both, fed)), _dark(fabric, touched, masks, piece))


def _first_piece(rows: Sequence[Row]) -> Carrier | None:
    """Return the first light source of the drawn links, else the first engine, else the first module."""
    for line in ORDER:
        found = [one for row in rows if (one := row.near.by(line))]
        if found:
            one = found[0]
            return replace(one, last=one.first)
    return None


def _dark_links(fabric: Fabric, touched: Selection, fed: Sequence[Feed], piece: Carrier) -> list[np.ndarray]:
    """Return, by link group, which links have an end that a piece carries."""
    keys = [
        feed.ports.keys(fabric)[
            (feed.place == piece.place) & (feed.first <= piece.first) & (piece.first <= feed.last)
        ]
        for feed in fed
        if _feed_kind(feed) == (piece.medium, piece.network, piece.line, piece.part, piece.level)
    ]
    dark = np.concatenate(keys)
    ends = [_ports_at_both_ends(columns) for columns in touched.columns]
    return [np.isin(a.keys(fabric), dark) | np.isin(b.keys(fabric), dark) for a, b in ends]


def _dark(fabric: Fabric, touched: Selection, masks: Sequence[np.ndarray], piece: Carrier) -> Outage:
    devices = np.zeros(fabric.n_devices + 1, bool)
    for columns, mask in zip(touched.columns, masks, strict=True):
        devices[columns.a[mask]] = True
        devices[columns.b[mask]] = True
    counts: dict[str, int] = {}
    for group in fabric.groups:
        here = int(devices[group.first : group.first + group.count].sum())
        counts[group.label] = counts.get(group.label, 0) + here
    return Outage(piece, sum(int(mask.sum()) for mask in masks), counts)


# Rows


def _ports_at_both_ends(columns: Columns) -> tuple[Ports, Ports]:
    """Return both ends of the links of a group as ports; a far end outside has the device -1."""
    a_group, b_group = (np.zeros(len(columns), np.int64) for _ in range(2))
    for block, rows in columns.blocks:
        a_group[rows] = block.a.port
        b_group[rows] = block.b.port if block.b else 0
    a = Ports(columns.a.astype(np.int64), a_group, columns.a_port.astype(np.int64))
    return a, Ports(columns.b.astype(np.int64), b_group, columns.b_port.astype(np.int64))


def _rows_of_links(
    fabric: Fabric, touched: Selection, masks: Sequence[np.ndarray], fed: Sequence[Feed]
) -> list[Row]:
    rows: list[Row] = []
    for link, columns, mask in zip(fabric.links, touched.columns, masks, strict=True):
        if not mask.any():
            continue
        lengths = link_lengths(fabric, link, columns)[0][mask].tolist()
        sides = [_end_list(fabric, ports, mask, fed) for ports in _ports_at_both_ends(columns)]
        for a, b, length in zip(*sides, lengths, strict=True):
            assert a is not None  # noqa: S101 - only b may be outside
            a_first = b is None or bool(touched.devices[a.device]) or not touched.devices[b.device]
            near, far = (a, b) if a_first or b is None else (b, a)
            rows.append(Row(link, near, far, a_first, known_mm(length)))
    return sorted(rows, key=lambda row: (not touched.devices[row.near.device], _turn(row)))


def _turn(row: Row) -> tuple[int, bool, list[tuple[int, int]], tuple[int, int]]:
    """Return the order of drawing: by device, by what carries the light, by port."""
    pieces = [(one.place, one.first) for line in ORDER if (one := row.near.by(line))]
    return row.near.device, not pieces, pieces, row.near.order


def _end_list(fabric: Fabric, ports: Ports, mask: np.ndarray, fed: Sequence[Feed]) -> list[End | None]:
    """Return the ends of some links of a group on one side, None where they are outside."""
    device, group, number = ports.device[mask], ports.group[mask], ports.number[mask]
    inside = np.unique(device[device != OUTSIDE])
    names = dict(zip(inside.tolist(), device_names(fabric, inside), strict=True))
    firsts = np.array([one.first for one in fabric.groups])
    groups = [fabric.groups[at] for at in (np.searchsorted(firsts, device, side="right") - 1).tolist()]
    carriers = _carriers(port_keys(fabric, device, group, number), fabric, fed)
    columns = zip(device.tolist(), group.tolist(), number.tolist(), groups, carriers, strict=True)
    panels: Panels = {}
    return [
        None if one == OUTSIDE else _end(fabric, panels, owner, (one, at, turn), names[one], tuple(carried))
        for one, at, turn, owner, carried in columns
    ]


def _end(
    fabric: Fabric,
    panels: Panels,
    group: DeviceGroup,
    at: tuple[int, int, int],
    name: str,
    carriers: tuple[Carrier, ...],
) -> End:
    """Return an end of a link, its port and cage named as the schedule has them."""
    device, index, turn = at
    kind = group.type
    port = kind.ports[index]
    chip = (device - group.first) % port.chips
    key = (kind.name, index, chip)
    if key not in panels:
        panels[key] = names_of_ports(fabric.catalog, kind, port, chip), cages_of_chip(port, chip)
    names, cages = panels[key]
    printed = (names[turn].nos or names[turn].printed) if names else ""
    cage = str(cages[turn // port.cage_links]) if cages else ""
    return End(device, name, printed or f"{port.name} {turn}", (index, turn), carriers, cage)


def _carriers(keys: Ints, fabric: Fabric, fed: Sequence[Feed]) -> list[list[Carrier]]:
    """Return what carries each of some ports."""
    found: list[list[Carrier]] = [[] for _ in keys]
    for feed in fed:
        fed_keys = feed.ports.keys(fabric)
        order = np.argsort(fed_keys)
        at = np.minimum(np.searchsorted(fed_keys[order], keys), len(order) - 1)
        for row in np.flatnonzero(fed_keys[order[at]] == keys).tolist():
            one = order[at[row]]
            pieces = int(feed.place[one]), int(feed.first[one]), int(feed.last[one])
            found[row].append(Carrier(*_feed_kind(feed), *pieces))
    return found


def _feed_kind(feed: Feed) -> tuple[str, str, str, str, str]:
    return feed.medium, feed.network, feed.line, feed.part, feed.level
