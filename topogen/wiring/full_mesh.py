"""``full_mesh``: every a to every b."""

from __future__ import annotations

from typing import Literal

import numpy as np

from topogen.language.fields import Count, Name
from topogen.language.link import LinkSpec, SomePorts
from topogen.wiring.block import Block, Ends, PatternError, Request, biclique, matching
from topogen.wiring.record import LinkPattern


class FullMesh(LinkSpec):
    """Every a to every b."""

    pattern: Literal["full_mesh"]
    """pattern that pairs the ports"""
    a: SomePorts
    """ports of side a"""
    b: SomePorts
    """ports of side b"""
    across: Name | None = None
    """level: connect only ports in different places of it"""
    links_per_pair: Count | None = None
    """links between each pair of devices; default: 1"""


def full_mesh(request: Request) -> list[Block]:
    """Return every a joined to every b ``links_per_pair`` (m) times.

    n_a x n_b x m links, degree n_b x m and n_a x m; with a = b, n(n-1)/2 x m links and degree (n-1) x m.
    With ``across``, only ends in different places are joined.

    >>> from topogen.wiring.block import Ends
    >>> [block.count for block in full_mesh(Request(Ends.uniform(72, 18), Ends.uniform(18, 72)))]
    [1296]
    >>> gpus = Ends.uniform(8, 7)
    >>> [block.count for block in full_mesh(Request(gpus, gpus))]
    [28]
    """
    a, b = request.a, request.b or request.a
    _refuse_too_many(request, a, b)
    if not request.same and not request.across:
        return [biclique(a.count, b.count, request.per_pair)]
    joined = a.place[:, None] != b.place[None, :] if request.across else np.ones((a.count, b.count), bool)
    first, second = np.nonzero(np.triu(joined, 1) if request.same else joined)
    return [matching(first, second, request.per_pair, same=request.same)]


def _refuse_too_many(request: Request, a: Ends, b: Ends) -> None:
    """Raise where a mesh needs more ports than there are, before it is laid out."""
    for name, own, other in (("a", a, b), ("b", b, a)):
        met = other.count - int(request.same)
        if request.across:
            places, sizes = np.unique(other.place, return_counts=True)
            met = other.count - int(sizes[np.isin(places, own.place)].max(initial=0))
        needed = met * request.per_pair
        if needed > own.ports:
            message = (
                f"full_mesh: every {name} meets {met:,} devices, {request.per_pair:,} x each = "
                f"{needed:,} ports; {own.ports:,} are free ({needed - own.ports:,} over)"
            )
            hint = "give the devices more ports, select fewer, or use pattern: planes or spread"
            raise PatternError("E201", message, hint)


PATTERN = LinkPattern(
    spec=FullMesh,
    joins="every a to every b",
    links="n_a x n_b x `links_per_pair`; a = b: n (n - 1) / 2 x `links_per_pair`",
    make=full_mesh,
    uses_all_ports=(False, False),
)
"""The record of the pattern."""
