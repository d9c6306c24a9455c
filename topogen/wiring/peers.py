"""``peers``: every a to the device of the same position in each other place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from topogen.language.fields import Count, Name, Selectors
from topogen.language.link import LinkSpec, SomePorts
from topogen.model.runs import arange
from topogen.wiring.block import Block, BlockSide, PatternError, Request
from topogen.wiring.record import LinkPattern

if TYPE_CHECKING:
    from topogen.model.arrays import Ints


class Peers(LinkSpec):
    """Every a to the device of the same position in each other place."""

    pattern: Literal["peers"]
    """pattern that pairs the ports"""
    a: SomePorts
    """ports of side a"""
    b: Selectors = ()
    """ports of side b; default: those of a"""
    across: Name
    """level whose places are peers of each other"""
    links_per_pair: Count | None = None
    """links between each pair of devices; default: as many as use all ports"""


FEWEST = 2
"""Places that can be peers of each other."""


def peers(request: Request) -> list[Block]:
    """Return every a joined to the device of the same position in each other place of ``across``.

    With ``links_per_pair`` (m) that many links to each: n_a x (q - 1) x m / 2 links over q places. Without,
    all ports are used: p // (q - 1) links to each other place, and what is left over goes to the nearest on
    a ring of the places; n_a x p_a / 2 links.

    >>> from topogen.wiring.block import Ends
    >>> chips = Ends.uniform(4 * 36, 36, per_place=36)
    >>> sum(block.count for block in peers(Request(chips, chips, across=True)))
    2592
    """
    ends = request.a
    if not request.same:
        raise PatternError("E205", "peers joins devices among themselves", "leave b out, or let it be a")
    places, members = np.unique(ends.place, return_counts=True)
    if len(places) < FEWEST or len(set(members.tolist())) > 1:
        sizes = ", ".join(str(size) for size in sorted(set(members.tolist())))
        message = f"peers needs equal places, at least two: here {len(places)} of {sizes} devices"
        raise PatternError(
            "E205", message, "select devices in at least two places of `across`, equally many in each"
        )
    ports = ends.ports if request.links_per_pair is None else request.links_per_pair * (len(places) - 1)
    counts = _links_between(len(places), ports)
    order = np.lexsort((ends.position, np.searchsorted(places, ends.place))).reshape(len(places), -1)
    return [_joined(order, counts, links) for links in sorted(set(counts[counts > 0].tolist()))]


def _links_between(places: int, ports: int) -> Ints:
    """Return how many links join each two places, per position, shape (places, places)."""
    every, rest = divmod(ports, places - 1)
    counts = np.full((places, places), every, np.int64)
    around = arange(places)
    for step in range(1, rest // 2 + 1):
        counts[around, (around + step) % places] += 1
        counts[(around + step) % places, around] += 1
    if rest % 2:
        if places % 2:
            message = (
                f"{ports} ports over {places - 1} other places leave {rest} over, which cannot be paired"
            )
            raise PatternError("E205", message, f"use a multiple of {places - 1} ports, or an even rest")
        counts[around, (around + places // 2) % places] += 1
    np.fill_diagonal(counts, 0)
    return counts


def _joined(order: Ints, counts: Ints, links: int) -> Block:
    """Return the block of all pairs of places with ``links`` links between them."""
    before = np.cumsum(counts, axis=1) - counts
    first, second = np.nonzero(np.triu(counts == links))
    a, b = order[first].ravel(), order[second].ravel()
    each = order.shape[1]
    side_a = BlockSide(0, a, (np.repeat(before[first, second], each), arange(links)))
    side_b = BlockSide(0, b, (np.repeat(before[second, first], each), arange(links)))
    return Block((len(a), links), side_a, side_b)


PATTERN = LinkPattern(
    spec=Peers,
    joins="every a to the device at the same position in every other place",
    links="n_a x p_a / 2, or n_a x (places - 1) x `links_per_pair` / 2",
    make=peers,
)
"""The record of the pattern."""
