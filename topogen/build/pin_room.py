"""Room for pinned cables: a link of another group that has the port takes another of the same device."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.build.exchangeable import units
from topogen.build.matching import NONE, matched, others
from topogen.build.pin_claims import links_of_ports
from topogen.build.repinned import Links, enter
from topogen.model.runs import distinct, zeros

if TYPE_CHECKING:
    from topogen.build.draft import Draft
    from topogen.build.pins import PortIds
    from topogen.model.arrays import Bools, Ints

HOSTS = "hosts"
"""The links of a fabric to its ends, at whose ports none stands for a direction."""


class Room(NamedTuple):
    """Ports that links of other groups give up, and those that they take instead."""

    user: Ints
    was: Ints
    now: Ints


def held_ports(draft: Draft, ids: PortIds, own: int, ports: Ints, pinned: Bools) -> tuple[Ints, Bools]:
    """Return the link group that has each port, NONE if free or ``own``, and whether it must keep it."""
    holder = links_of_ports(draft, ids)[ports]
    holder = np.where(holder == own, NONE, holder)
    stays = pinned[ports].copy()
    for link in distinct(holder[holder != NONE]).tolist():
        rows = np.flatnonzero(holder == link)
        made = np.array([bool(draft.tree.groups[index].role) for index, _ in ids.keys])[
            ids.split(ports[rows])[0]
        ]
        stays[rows] |= ~np.where(made, *(_may_move(draft, link, made=one) for one in (True, False)))
    return holder, stays & (holder != NONE)


def _may_move(draft: Draft, number: int, *, made: bool) -> bool:
    """Return whether the file leaves it open which port a link has, at switches of a fabric or elsewhere."""
    link = draft.links[number]
    kind, name, *_ = draft.path_of(link)
    if not link.has_b or link.joins_alike:
        return False
    if kind == "fabrics":
        spec = draft.parsed.spec.fabrics[name]
        return made or (
            link.name.endswith(f"/{HOSTS}") and all(one.port_numbers is None for one in spec.ends)
        )
    ends = draft.parsed.spec.links[name].ends()
    return not ends.pairs and all(one.port_numbers is None for one in (*ends.a, *ends.b))


def make_room(draft: Draft, ids: PortIds, wanted: tuple[Ints, Ints], spare: Ints) -> tuple[Room, Ints]:
    """Return what links of other groups take instead of ``wanted`` ports, and the ports that they keep.

    ``wanted`` are ports and the link groups that have them. They take ``spare`` ports first, which nobody
    needs any more, then free ones.
    """
    ports, holder = wanted
    users = links_of_ports(draft, ids)
    free = np.flatnonzero(users == NONE)
    free = free[np.isin(free - ids.split(free)[2], ports - ids.split(ports)[2])]
    free = np.setdiff1d(free, ports)
    found, stuck = [Room(zeros(0), zeros(0), zeros(0))], [zeros(0)]
    for link in distinct(holder).tolist():
        left, alike = ports[holder == link], draft.alike[draft.path_of(draft.links[link])]
        for source in (0, 1):
            offered = (spare, free)[source]
            some, port = matched(units(draft, ids, left, alike), units(draft, ids, offered, alike))
            found.append(Room(np.full(len(some), link, np.int64), left[some], offered[port]))
            left, rest = left[others(len(left), some)], offered[others(len(offered), port)]
            spare, free = (rest, free) if source == 0 else (spare, rest)
        stuck.append(left)
    return Room(*map(np.concatenate, zip(*found, strict=True))), np.concatenate(stuck)


def give_room(draft: Draft, ids: PortIds, room: Room) -> None:
    """Move links to the ports that they take, after the pinned links have theirs."""
    for link in distinct(room.user).tolist():
        rows = room.user == link
        order = np.argsort(room.was[rows])
        was, now = room.was[rows][order], room.now[rows][order]
        links = Links.of(ids, link, draft.links[link])
        at = [np.minimum(np.searchsorted(was, side), len(was) - 1) for side in (links.a, links.b)]
        a, b = (
            np.where(was[place] == side, now[place], side)
            for place, side in zip(at, (links.a, links.b), strict=True)
        )
        enter(draft, ids, links, a, b)
