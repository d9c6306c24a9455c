"""``one_to_one``: the i-th port of a to the i-th port of b."""

from __future__ import annotations

from typing import Literal

from topogen.language.link import LinkSpec, SomePorts
from topogen.wiring.pairwise import port_by_port
from topogen.wiring.record import LinkPattern


class OneToOne(LinkSpec):
    """The i-th port of a to the i-th port of b."""

    pattern: Literal["one_to_one"]
    """pattern that pairs the ports"""
    a: SomePorts
    """ports of side a"""
    b: SomePorts
    """ports of side b"""


PATTERN = LinkPattern(
    spec=OneToOne,
    joins="port i of a to port i of b",
    links="n_a x p_a = n_b x p_b",
    make=port_by_port,
    uses_all_ports=(True, True),
)
"""The record of the pattern."""
