"""``explicit``: each pair of selectors as it is listed in the file."""

from __future__ import annotations

from typing import Literal

from topogen.language.link import LinkSpec, ListOfPairs
from topogen.wiring.pairwise import port_by_port
from topogen.wiring.record import LinkPattern


class Explicit(LinkSpec):
    """Pairs of selectors: the ports of one are joined to those of the other, in order."""

    pattern: Literal["explicit"]
    """pattern that pairs the ports"""
    pairs: ListOfPairs
    """list of `[selector, selector]`, or a CSV file of such pairs"""


PATTERN = LinkPattern(
    spec=Explicit,
    joins="as listed in the file",
    links="as listed",
    make=port_by_port,
    uses_all_ports=(True, True),
)
"""The record of the pattern."""
