"""Links to cables: what is pulled is a cable, which carries one link or several of one cage."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from topogen.expand import Columns, expand
from topogen.layout import route_of

if TYPE_CHECKING:
    from topogen.fabric import Fabric, Ints, LinkGroup

UNKNOWN_MM = -1
BASIS_CODES = ("routed", "default", "stated", "board", "unknown")


def link_lengths(fabric: Fabric, group: LinkGroup, columns: Columns) -> tuple[Ints, Ints]:
    """Return the length of each link in mm (-1 unknown) and its basis, an index of ``BASIS_CODES``."""
    first = group.lengths[0]
    if len(group.lengths) == 1:
        length = UNKNOWN_MM if first.length_mm is None else first.length_mm
        size = len(columns)
        return np.full(size, length, np.int64), np.full(size, BASIS_CODES.index(first.basis), np.int64)
    return route_of(fabric, group).routed(columns.a.astype(np.int64), columns.b.astype(np.int64))


def cable_of_link(fabric: Fabric, group: LinkGroup, columns: Columns) -> Ints:
    """Return the cable of each link, numbered from 0 in the order of the first link of each.

    A cable carries ``links_per_cable`` consecutive links of one a cage.
    """
    if group.links_per_cable == 1:
        return np.arange(len(columns), dtype=np.int64)
    order = np.lexsort((columns.a_port, columns.a))
    device = columns.a[order]
    cage = columns.a_port[order].astype(np.int64) // _cage_links(fabric, group)[order]
    starts = np.flatnonzero(_changes(device) | _changes(cage))
    in_cage = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    chunk = np.empty(len(order), np.int64)
    chunk[order] = np.cumsum(in_cage % group.links_per_cable == 0) - 1
    return _in_order_of_first(chunk)


def _cage_links(fabric: Fabric, group: LinkGroup) -> Ints:
    sizes = [fabric.groups[block.a.group].type.ports[block.a.port].cage_links for block in group.blocks]
    return np.repeat(sizes, [block.count for block in group.blocks])


def _changes(values: np.ndarray) -> np.ndarray:
    """Return where a value differs from the one before; the first always does."""
    return np.concatenate([[True], values[1:] != values[:-1]])


def _in_order_of_first(numbers: Ints) -> Ints:
    """Return numbers renamed so that they first appear as 0, 1, 2 ..."""
    _, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[inverse]


def cables_by_length(fabric: Fabric, group: LinkGroup) -> dict[int | None, int]:
    """Return how many cables of a link group have which length in mm, slack included (None = unknown).

    A cable is as long as its longest link. With one link a cable no link is expanded.
    """
    if group.links_per_cable == 1:
        counts: Counter[int | None] = Counter()
        for one in group.lengths:
            counts[one.length_mm] += one.links
        return counts
    columns = expand(fabric, group)
    cable = cable_of_link(fabric, group, columns)
    length, _ = link_lengths(fabric, group, columns)
    longest = np.full(int(cable.max()) + 1, UNKNOWN_MM, np.int64)
    np.maximum.at(longest, cable, length)
    kinds, number = np.unique(longest, return_counts=True)
    return {None if kind == UNKNOWN_MM else int(kind): int(n) for kind, n in zip(kinds, number, strict=True)}


def order_length(length_mm: int | None, ladder: tuple[int, ...]) -> int | None:
    """Return the shortest length sold that is not shorter, None above the longest.

    The length itself where no ladder is known.

    >>> order_length(3100, (1000, 3000, 5000)), order_length(3100, ())
    (5000, 3100)
    """
    if length_mm is None or not ladder:
        return length_mm
    return next((sold for sold in sorted(ladder) if sold >= length_mm), None)
