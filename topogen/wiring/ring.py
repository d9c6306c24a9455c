"""``ring``: each a to the next, the last to the first."""

from __future__ import annotations

from typing import Literal

from topogen.language.fields import Count
from topogen.language.link import LinkSpec, SomePorts
from topogen.model.runs import arange
from topogen.wiring.block import Block, PatternError, Request, matching
from topogen.wiring.record import LinkPattern


class Ring(LinkSpec):
    """Each a to the next, the last to the first."""

    pattern: Literal["ring"]
    """pattern that pairs the ports"""
    a: SomePorts
    """ports of side a"""
    links_per_pair: Count | None = None
    """links between each pair of devices; default: 1"""


def ring(request: Request) -> list[Block]:
    """Return each a joined to the next by ``links_per_pair`` (m) links, and the last to the first.

    n_a x m links, degree 2 m; two devices are joined once: m links, degree m.

    >>> from topogen.wiring.block import Ends
    >>> gpus = Ends.uniform(8, 2)
    >>> [block.count for block in ring(Request(gpus, gpus))]
    [8]
    """
    count = request.a.count
    if count == 1:
        hint = "select more devices, or widen `within`"
        raise PatternError("E205", "a ring needs at least 2 devices, 1 is here", hint)
    steps = arange(count if count > 2 else 1)  # noqa: PLR2004 - between two there is one way, not two
    return [matching(steps, (steps + 1) % count, request.per_pair, same=True)]


PATTERN = LinkPattern(
    spec=Ring,
    joins="each a to the next, the last to the first",
    links="n_a x `links_per_pair`; n_a = 2: `links_per_pair`",
    make=ring,
    uses_all_ports=(False, False),
)
"""The record of the pattern."""
