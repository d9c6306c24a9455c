"""Links to cables: what is pulled is a cable, which carries one link or several of one cage."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.cabling.cages import boxes
from topogen.cabling.shuffles import shuffled
from topogen.cabling.turns import turns_in_cages
from topogen.floor.routing import route_of
from topogen.model.equivalence import changes, classify_values
from topogen.model.expand import OUTSIDE, Columns, expand
from topogen.model.length_histogram import BASES, UNKNOWN_MM, added_up, code_length, known_mm

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def link_lengths(fabric: Fabric, group: LinkGroup, columns: Columns) -> tuple[Ints, Ints]:
    """Return the length of each link in mm (-1 unknown) and its basis, an index of ``BASES``."""
    if len(group.lengths.codes) == 1:
        length, basis = divmod(int(group.lengths.codes[0]), len(BASES))
        return np.full(len(columns), length, np.int64), np.full(len(columns), basis, np.int64)
    return route_of(fabric, group).routed(columns.a.astype(np.int64), columns.b.astype(np.int64))


def cable_of_link(fabric: Fabric, group: LinkGroup, columns: Columns) -> Ints:
    """Return the cable of each link, numbered from 0 in the order of the first link of each.

    A cable carries ``links_per_cable`` consecutive links of one a cage; a shuffle cord those of all its
    connectors.
    """
    if group.links_per_cable == 1:
        return np.arange(len(columns), dtype=np.int64)
    if group.shuffle:
        return in_order_of_first(shuffled(fabric, columns, group.links_per_cable // group.shuffle).cord)
    owner, serial, size = turns_in_cages(fabric, columns)
    order = np.lexsort((serial, owner))
    starts = np.flatnonzero(changes(owner[order]) | changes(serial[order] // size[order]))
    in_cage = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    chunk = np.empty(len(order), np.int64)
    chunk[order] = np.cumsum(in_cage % group.links_per_cable == 0) - 1
    return in_order_of_first(chunk)


def cages_of_links(fabric: Fabric, columns: Columns) -> tuple[Ints, Ints]:
    """Return the cage at a and at b of each link, numbered from 0 over both; an end outside has one alone."""
    turns = [turns_in_cages(fabric, columns, side) for side in (0, 1)]
    longest = 1 + max(int(turn.max()) for _, turn, _ in turns)
    cages = np.concatenate([owner * longest + turn // size for owner, turn, size in turns])
    outside = np.flatnonzero(np.concatenate([columns.a, columns.b]) == OUTSIDE)
    cages[outside] = cages.max() + 1 + outside
    number = classify_values(cages)[0].astype(np.int64)
    return number[: len(columns)], number[len(columns) :]


def in_order_of_first(numbers: Ints) -> Ints:
    """Return numbers renamed so that they first appear as 0, 1, 2 ..."""
    class_of, values = classify_values(numbers)
    first = np.empty(len(values), np.int64)
    first[class_of[::-1]] = np.arange(len(numbers))[::-1]  # of several writes the last one stays
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[class_of]


class CableClasses(NamedTuple):
    """The cables of a link group by length: arrays of shape (classes,).

    ``codes``, ascending, are lengths coded with their basis; ``cables`` have it and carry ``links``.
    """

    codes: Ints
    cables: Ints
    links: Ints


def cables_by_length(fabric: Fabric, group: LinkGroup) -> CableClasses:
    """Return the lengths of the cables of a link group, slack included, and how many have each.

    A cable is as long as its longest link, and of unknown length if that of any link is. Links are expanded
    only for `expanded_because`.
    """
    if group.links_per_cable == 1:
        codes, links = added_up(group.lengths.coded, group.lengths.links)
        return CableClasses(codes, links, links)
    if not expanded_because(fabric, group):
        cables = np.array([_cables_from_cages(fabric, group)])
        return CableClasses(group.lengths.codes[:1], cables, np.array([group.count]))
    columns = expand(fabric, group)
    coded = code_length(*link_lengths(fabric, group, columns))
    cable = cable_of_link(fabric, group, columns)
    longest = _longest(cable, coded)
    codes, cables = added_up(longest, np.ones_like(longest))
    return CableClasses(codes, cables, added_up(longest[cable], np.ones_like(cable))[1])


def expanded_because(fabric: Fabric, group: LinkGroup) -> str:
    """Return why every link of a group is looked at to count its parts; empty where classes say it all."""
    if group.links_per_cable == 1:
        return ""
    if group.shuffle:
        return "a shuffle cord joins several cages at both ends"
    if group.choices:
        return "a policy or an override chose the medium of each link"
    if len(group.lengths.codes) > 1:
        return "a cable is as long as the longest of its links"
    ports = [fabric.groups[block.a.group].type.ports[block.a.port] for block in group.blocks]
    if any(port.cage_on for port in ports):
        return "a cage belongs to several devices"
    return "both ends of a cable are ends of the same devices" if group.joins_alike else ""


def _cables_from_cages(fabric: Fabric, group: LinkGroup) -> int:
    """Return the cables of a group of which each leaves one cage of one device: ceilings, cage by cage."""
    user = 2 * next(index for index, one in enumerate(fabric.links) if one.name == group.name)
    total = 0
    for index, port in dict.fromkeys((block.a.group, block.a.port) for block in group.blocks):
        used = fabric.ports[index, port]
        links = (boxes(used.rows, fabric.groups[index].type.ports[port].cage_links) == user).sum(axis=2)
        total += int((-(-links // group.links_per_cable)).sum(axis=1) @ used.weights)
    return total


def lengths_of_cables(fabric: Fabric, group: LinkGroup, columns: Columns, length: Ints) -> Ints:
    """Return the length of the cable that carries each link, that of its longest link, shape (links,)."""
    if group.links_per_cable == 1:
        return length
    cable = cable_of_link(fabric, group, columns)
    return _longest(cable, length)[cable]


def _longest(cable: Ints, length: Ints) -> Ints:
    """Return the longest link of each cable, shape (cables,), and -1 if that of any link is unknown.

    Lengths are in mm or coded with their basis; both are negative where they are unknown.
    """
    longest = np.full(int(cable.max()) + 1, UNKNOWN_MM, np.int64)
    np.maximum.at(longest, cable, length)
    longest[cable[length < 0]] = UNKNOWN_MM
    return longest


def order_length(length_mm: int | None, ladder: tuple[int, ...]) -> int | None:
    """Return the shortest length sold that is not shorter, None above the longest.

    The length itself where no ladder is known.

    >>> order_length(3100, (1000, 3000, 5000)), order_length(3100, ())
    (5000, 3100)
    """
    known = UNKNOWN_MM if length_mm is None else length_mm
    return known_mm(int(order_lengths(np.array([known]), ladder)[0]))


def order_lengths(length_mm: Ints, ladder: tuple[int, ...]) -> Ints:
    """Return `order_length` of many lengths, -1 for what is unknown or above the longest.

    >>> order_lengths(np.array([-1, 1000, 3100, 9000]), (1000, 3000, 5000)).tolist()
    [-1, 1000, 5000, -1]
    """
    if not ladder:
        return length_mm
    sold = np.array([*sorted(ladder), UNKNOWN_MM], np.int64)
    return np.where(length_mm == UNKNOWN_MM, UNKNOWN_MM, sold[np.searchsorted(sold[:-1], length_mm)])
