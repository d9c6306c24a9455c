"""Count cages in use; a cage holds one or several links, of one or two link groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.fabric import FREE, Fabric, place_ids
from topogen.model.runs import Rows, cumcount, distinct
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.errors import Path, Problems
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup, Port


@dataclass(frozen=True)
class CageOrder:
    """How the ports of a device group fill cages: arrays of shape (devices of the group,).

    The ports of all devices with one ``owner`` (the device itself, or a place above it) form one row: port 0
    of each of its ``members`` devices in the order of their ``rank``, then port 1.
    """

    owner: Ints
    rank: Ints
    members: Ints


def cage_order(fabric: Fabric, index: int, port: int) -> CageOrder:
    """Return how a port group fills its cages; devices of one type share the cages of their place."""
    group = fabric.groups[index]
    level = group.type.ports[port].cage_on
    if level is None:
        one = np.ones(group.count, np.int64)
        return CageOrder(group.first + np.arange(group.count), one - 1, one)
    alike = [other for other in fabric.groups if other.type.name == group.type.name]
    places = [_cage_places(fabric, other, level) for other in alike]
    every = np.concatenate(places)
    _, row, members = np.unique(every, return_inverse=True, return_counts=True)
    start = sum(len(found) for other, found in zip(alike, places, strict=True) if other.first < group.first)
    part = slice(start, start + group.count)
    return CageOrder(every[part], cumcount(every)[part], members[row][part])


def _cage_places(fabric: Fabric, group: DeviceGroup, level: str) -> Ints:
    places = place_ids(fabric, group, level)
    if places is None:
        message = f'"{group.label}" is not in any place of level "{level}"'
        port = next(port for port in group.type.ports if port.cage_on == level)
        raise CageError(("devices", group.type.name, "ports", port.name, "cage", "on"), message)
    return places


def first_cage(fabric: Fabric, index: int, port: int) -> int:
    """Return the number of the first cage of a port group.

    Cages are numbered from 0 in their device, or in the place that they belong to, one port group after
    the other.
    """
    device = fabric.groups[index].type
    level = device.ports[port].cage_on
    if level is None:
        before = (one for one in device.ports[:port] if one.cage_on is None)
        return sum(-(-one.count // one.cage_links) for one in before)
    total = 0
    types = {group.type.name: (number, group.type) for number, group in enumerate(fabric.groups)}
    for name, (number, kind) in types.items():
        for other, one in enumerate(kind.ports):
            if (name, other) == (device.name, port):
                return total
            if one.cage_on == level:
                members = int(cage_order(fabric, number, other).members.max())
                total += -(-one.count * members // one.cage_links)
    return total


class CageError(ValueError):
    """Cages on a level that does not contain the device."""

    def __init__(self, at: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.at, self.message = at, message


@dataclass(frozen=True)
class CageUse:
    """Cages in use of one kind of port of one device type, by the user of their lowest linked port.

    A user is ``2 * link group + (0 for a, 1 for b)``. A part-filled cage counts whole. ``mixed`` are two
    users of different media that would meet in one cage. ``owners`` has the user of each cage, FREE for an
    empty one, in rows of shape (cages,): a row for each device or place that the cages belong to, in rising
    order.
    """

    group: DeviceGroup
    port: Port
    cages: dict[int, int]
    owners: Rows
    mixed: tuple[int, int] | None = None


def cage_uses(fabric: Fabric) -> Iterator[CageUse]:
    """Yield the cages in use, one device group and kind of port after the other."""
    for group, kind, used in _rows_of_ports(fabric):
        yield _use(fabric, group, kind, used)


def _rows_of_ports(fabric: Fabric) -> Iterator[tuple[DeviceGroup, Port, Rows]]:
    """Yield the users of the ports of each kind in the order that they fill cages in."""
    done: set[tuple[str, int]] = set()
    for (index, port), used in fabric.ports.items():
        group = fabric.groups[index]
        kind = group.type.ports[port]
        if kind.cage_on is None:
            yield group, kind, used
        elif (group.type.name, port) not in done:
            done.add((group.type.name, port))
            yield group, kind, Rows.of(_ports_of_places(fabric, group.type.name, port))


def _use(fabric: Fabric, group: DeviceGroup, kind: Port, used: Rows) -> CageUse:
    """Return the use of cages that ports fill one after the other, row by row."""
    laid = boxes(used.rows, kind.cage_links)
    owners = replace(used, rows=first_users(laid))
    users = distinct(owners.rows[owners.rows != FREE]).tolist()
    cages = {user: int((owners.rows == user).sum(axis=1) @ used.weights) for user in users}
    return CageUse(group, kind, cages, owners, _mixed(fabric, laid, owners.rows))


def boxes(rows: Ints, links: int) -> Ints:
    """Return ports cage by cage, the last cage filled up with FREE, shape (rows, cages, links)."""
    cages = -(-rows.shape[1] // links)
    padded = np.full((len(rows), cages * links), FREE, np.int64)
    padded[:, : rows.shape[1]] = rows
    return padded.reshape(len(rows), cages, links)


def first_users(laid: Ints) -> Ints:
    """Return the user of the lowest linked port of each cage, FREE for an empty one, shape (rows, cages).

    >>> first_users(np.array([[[4, 4], [-1, 6], [-1, -1], [6, -1]]])).tolist()
    [[4, 6, -1, 6]]
    """
    if laid.shape[2] == 1:
        return laid[:, :, 0]
    lowest = (laid != FREE).argmax(axis=2)
    return np.asarray(np.take_along_axis(laid, lowest[:, :, None], axis=2)[:, :, 0])


def _ports_of_places(fabric: Fabric, device: str, port: int) -> Ints:
    """Return the users of ports in the order that they fill cages in, a row for each place with cages."""
    rows: list[tuple[Ints, Ints, Ints]] = []
    for index, group in enumerate(fabric.groups):
        if group.type.name == device:
            order = cage_order(fabric, index, port)
            count = group.type.ports[port].count
            serial = np.arange(count)[None, :] * order.members[:, None] + order.rank[:, None]
            used = fabric.ports[index, port].full()
            rows.append((np.repeat(order.owner, count), serial.ravel(), used.ravel()))
    owner, serial, used = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    _, row = np.unique(owner, return_inverse=True)
    table = np.full((int(row.max()) + 1, int(serial.max()) + 1), FREE, np.int64)
    table[row, serial] = used
    return table


def _mixed(fabric: Fabric, laid: Ints, owners: Ints) -> tuple[int, int] | None:
    """Return two users of the first cage that would hold modules of two media, None without one."""
    media = [name for group in fabric.links for name in group.media or ("", "")]
    names = sorted(set(media))
    codes = np.array([names.index(name) for name in media] + [FREE])
    wrong = np.argwhere((laid != FREE) & (codes[laid] != codes[owners][:, :, None]))
    if not len(wrong):
        return None
    row, cage, slot = wrong[0]
    return int(owners[row, cage]), int(laid[row, cage, slot])


def check_cages(fabric: Fabric, problems: Problems) -> None:
    """Report cages with a missing level, and cages that need modules of two media."""
    try:
        rows = [one for one in _rows_of_ports(fabric) if _may_mix(fabric, one[1], one[2])]
        uses = [use for one in rows if (use := _use(fabric, *one)).mixed]
    except CageError as error:
        problems.add("E213", error.message, error.at, "name a level above it, or omit `on`")
        return
    for message, at, hint in dict.fromkeys(_mixture(fabric, use) for use in uses):  # a type says it once
        problems.add("E306", message, at, hint)


def _may_mix(fabric: Fabric, kind: Port, used: Rows) -> bool:
    """Return whether cages of a port hold several links, and links of several media end at it."""
    if kind.cage_links == 1:
        return False
    ends = [side_of(user) for user in distinct(used.rows).tolist() if user != FREE]
    return len({(fabric.links[link].media or ("", ""))[side] for link, side in ends}) > 1


def meeting_groups(fabric: Fabric, groups: set[int]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield ports of which a cage has links of two of some link groups, and those two."""
    for group, kind, used in _rows_of_ports(fabric):
        if kind.cage_links == 1 or len(groups) < 2:  # noqa: PLR2004 - a group meets another
            continue
        laid = boxes(used.rows, kind.cage_links)
        ends = np.where((laid != FREE) & np.isin(laid // 2, list(groups)), laid // 2, FREE)
        lowest, highest = np.where(ends == FREE, len(fabric.links), ends).min(axis=2), ends.max(axis=2)
        met = np.argwhere((highest != FREE) & (lowest != highest))
        if len(met):
            row, cage = met[0]
            yield f"{group.label}.{kind.name}", (int(lowest[row, cage]), int(highest[row, cage]))


def _mixture(fabric: Fabric, use: CageUse) -> tuple[str, Path, str]:
    """Return what a cage would hold of two media, where the cage is written, and what to do."""
    links = [side_of(user) for user in use.mixed or ()]
    media = sorted((fabric.links[link].media or ("none", "none"))[side] for link, side in links)
    message = f"{use.group.label}.{use.port.name}: one cage would need modules of {' and '.join(media)}"
    one, other = (fabric.links[link] for link, _ in links)
    hint = "start link groups of different media at separate cages"
    if one.base and one.base == other.base:
        hint = "let the override name all links of the cage"
    return message, ("devices", use.group.type.name, "ports", use.port.name, "cage"), hint


def side_of(user: int) -> tuple[int, int]:
    """Return the link group and the side (0 for a, 1 for b) of a user."""
    return divmod(user, 2)
