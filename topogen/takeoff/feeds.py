"""Which engine, light source or module carries each port: pooled lanes dealt out one by one.

The take-off counts pieces; here the lanes of a place fill them in the order of devices and ports. Another
order gives as many pieces. The pieces told apart here are those that were counted, without fitted spares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cages import cage_order, first_cage
from topogen.media.medium import port_lanes
from topogen.model.fabric import FREE, Fabric
from topogen.records import dataclass
from topogen.takeoff.pools import pools_of, users_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog.model import Medium
    from topogen.model.arrays import Ints
    from topogen.takeoff.pools import Pool

LIGHT = ("engine", "els")
"""Recipe lines of which one piece may fail and take its ports along."""


@dataclass(frozen=True)
class Ports:
    """Ports of a fabric: device, index of the port group, number in it; arrays of shape (ports,)."""

    device: Ints
    group: Ints
    number: Ints

    def keys(self, fabric: Fabric) -> Ints:
        """Return one number for each port."""
        return port_keys(fabric, self.device, self.group, self.number)


@dataclass(frozen=True)
class Feed:
    """The ports that one recipe line of a medium carries in a network, and by which pieces.

    A port is carried by the pieces ``first`` to ``last`` of its ``place``, a place of ``level``; pieces are
    numbered from 0 in each, for each medium and network anew. All arrays have shape (ports,).

    Its lanes reach from ``start`` to ``stop`` in that place. Every ``span`` of them share ``qty`` pieces, in
    equal parts.
    """

    medium: str
    network: str
    line: str
    part: str
    level: str
    ports: Ports
    place: Ints
    first: Ints
    last: Ints
    start: Ints
    stop: Ints
    span: int
    qty: int

    def parts(self, inside: int = 1) -> tuple[Ints, Ints]:
        """Return the first and the last piece that carries a lane of each port, or of parts inside pieces.

        ``inside`` is how many equal parts a piece has, such as its lasers. They are numbered from 0.
        """
        each = self.qty * inside
        return self.start * each // self.span, -(-self.stop * each // self.span) - 1


def port_keys(fabric: Fabric, device: Ints, group: Ints, number: Ints) -> Ints:
    """Return one number for each port of any device of a fabric."""
    kinds = [port for one in fabric.groups for port in one.type.ports]
    widest = max((port.count for port in kinds), default=1)
    most = max((len(one.type.ports) for one in fabric.groups), default=1)
    return (device.astype(np.int64) * most + group) * widest + number


def feeds(fabric: Fabric, *, every: bool = False) -> list[Feed]:
    """Return what carries the ports of a fabric, medium after medium, in the order of the recipes.

    Pooled lines are engines and light sources only, unless ``every`` one is requested.
    """
    found: list[Feed] = []
    pairs = dict.fromkeys((name, link.network) for link in fabric.links for name in link.media or ())
    for name, network in pairs:
        medium = fabric.catalog.media[name]
        found += _pooled(fabric, medium, network, every=every)
        found += _plugged(fabric, medium, network)
    return found


# Pools


@dataclass(frozen=True)
class _Assignment:
    """A pooled line with all ports that take a share of it; ``linked`` are those with a link."""

    pool: Pool
    ports: Ports
    place: Ints
    first: Ints
    last: Ints
    linked: np.ndarray
    start: Ints
    stop: Ints
    span: int


def _pooled(fabric: Fabric, medium: Medium, network: str, *, every: bool) -> Iterator[Feed]:
    """Yield engines and light sources of a medium; a line that serves another is dealt over its pieces."""
    dealt: dict[str, _Assignment] = {}
    for pool in pools_of(fabric, medium, network, every=True):
        part = pool.line.part_for(1, *_lanes_of_link(fabric, medium, network)) or ""
        unit = (pool.line.serves or (1, "lanes"))[1]
        if unit == "lanes":
            done = _over_lanes(pool, _lanes_of(fabric, medium, network, pool))
        else:
            done = _over_pieces(fabric, pool, dealt[unit])
        dealt[pool.line.name] = done
        if every or pool.line.name in LIGHT:
            yield _feed(done, (medium.id, network, part))


def _lanes_of_link(fabric: Fabric, medium: Medium, network: str) -> tuple[int | None, int | None]:
    """Return lanes and lane rate by which the take-off finds the part of a pool."""
    links = (link for link in fabric.links if link.network == network and medium.id in (link.media or ()))
    first = next(links)
    return first.lanes, first.lane_rate


def _lanes_of(
    fabric: Fabric, medium: Medium, network: str, pool: Pool
) -> tuple[Ports, Ints, Ints, np.ndarray]:
    """Return the ports that bring lanes to a pool, by place: ports, place, lanes, and which have a link."""
    users = list(users_of(fabric, medium, network))
    columns: list[tuple[Ints, ...]] = []
    for index in pool.placed.owner:
        group, owner = fabric.groups[index], pool.placed.place_of(index)
        for port, kind in enumerate(group.type.ports):
            used = fabric.ports[index, port].full()
            linked = np.isin(used, users)
            each = port_lanes(kind, medium)
            if each and linked.any():
                device, number = np.nonzero(_offered(pool, used, linked, users))
                same = np.full((2, len(device)), [[port], [each]])
                has_link = linked[device, number].astype(np.int64)
                columns.append((group.first + device, same[0], number, owner[device], same[1], has_link))
    rows = [np.concatenate(column) for column in zip(*columns, strict=True)]
    order = np.lexsort((rows[2], rows[1], rows[0], rows[3]))
    device, port_group, number, place, lanes, has_link = (row[order] for row in rows)
    return Ports(device, port_group, number), place, lanes, has_link.astype(bool)


def _offered(pool: Pool, used: Ints, linked: np.ndarray, users: list[int]) -> np.ndarray:
    """Return the ports that ask for lanes: those with a link, and the free ones where all ports count."""
    if pool.line.demand != "all_ports":
        return linked
    lowest = np.take_along_axis(used, (used != FREE).argmax(axis=1)[:, None], axis=1)
    return np.asarray(linked | ((used == FREE) & np.isin(lowest, users)))


def _over_lanes(pool: Pool, lanes: tuple[Ports, Ints, Ints, np.ndarray]) -> _Assignment:
    """Return lanes dealt out, so many to a piece, place by place."""
    ports, place, each, linked = lanes
    serves = (pool.line.serves or (1, "lanes"))[0]
    end = np.cumsum(each)
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    before = np.repeat(end[starts] - each[starts], np.diff(np.append(starts, len(end))))
    start, stop = end - each - before, end - before
    return _Assignment(pool, ports, place, start // serves, (stop - 1) // serves, linked, start, stop, serves)


def _over_pieces(fabric: Fabric, pool: Pool, served: _Assignment) -> _Assignment:
    """Return pieces of another line dealt out, in the order of their places."""
    serves = (pool.line.serves or (1, ""))[0]
    place_of = np.zeros(fabric.n_devices, np.int64)
    for index in pool.placed.owner:
        group = fabric.groups[index]
        place_of[group.first : group.first + group.count] = pool.placed.place_of(index)
    above = place_of[served.ports.device]
    pieces = served.pool.placed.by_number()
    before = np.zeros(len(pieces), np.int64)
    inner, at = np.unique(served.place, return_index=True)
    for outer in np.unique(above).tolist():
        inside = inner[above[at] == outer]
        before[inside] = np.cumsum(pieces[inside]) - pieces[inside]
    qty = served.pool.line.qty
    first = (before[served.place] + served.first * qty) // serves
    last = (before[served.place] + (served.last + 1) * qty - 1) // serves
    # Lanes are numbered over all pieces of the other line, those that no port uses included.
    start, stop = (before[served.place] * served.span + at * qty for at in (served.start, served.stop))
    return _Assignment(
        pool, served.ports, above, first, last, served.linked, start, stop, serves * served.span
    )


def _feed(dealt: _Assignment, of: tuple[str, str, str]) -> Feed:
    """Return the ports with a link; the others only took their share. A step is ``qty`` pieces."""
    medium, network, part = of
    keep, qty = dealt.linked, dealt.pool.line.qty
    every = dealt.ports
    ports = Ports(every.device[keep], every.group[keep], every.number[keep])
    first, last = dealt.first[keep] * qty, (dealt.last[keep] + 1) * qty - 1
    line, level = dealt.pool.line.name, dealt.pool.placed.level
    place, start, stop = dealt.place[keep], dealt.start[keep], dealt.stop[keep]
    return Feed(medium, network, line, part, level, ports, place, first, last, start, stop, dealt.span, qty)


# Cages


def _plugged(fabric: Fabric, medium: Medium, network: str) -> Iterator[Feed]:
    """Yield the modules of a medium, kind of port after kind of port, numbered by their cages."""
    users = users_of(fabric, medium, network)
    lines = [line for line in medium.recipe.values() if line.per == "end"]
    for (index, port), used in fabric.ports.items() if lines else ():
        group, kind = fabric.groups[index], fabric.groups[index].type.ports[port]
        if not np.isin(used.rows, list(users)).any():
            continue
        device, number = np.nonzero(np.isin(used.full(), list(users)))
        order = cage_order(fabric, index, port)
        links = kind.cage_links
        turn = number * order.members[device] + order.rank[device] + first_cage(fabric, index, port) * links
        cage = turn // links
        ports = Ports(group.first + device, np.full(len(device), port), number)
        for line in lines:
            part = line.part_for(kind.cage_links, kind.lanes, kind.lane_rate) or ""
            level = kind.cage_on or "device"
            owner = order.owner[device]
            yield Feed(
                medium.id, network, line.name, part, level, ports, owner, cage, cage,
                turn, turn + 1, links, line.qty,
            )  # fmt: skip
