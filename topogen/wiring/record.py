"""What a pattern is, for the rest of topogen: one record in the file of each pattern, called ``PATTERN``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.language.fabric import FabricSpec
    from topogen.language.link import LinkSpec
    from topogen.wiring.block import Block, Request
    from topogen.wiring.plan import GeneratorRequest, Plan


@dataclass(frozen=True)
class LinkPattern:
    """A wiring pattern of link groups.

    Parameters
    ----------
    spec
        Its keys in a file.
    joins
        What it joins, in a phrase.
    links
        How many links it makes of n devices with p ports each, as a formula.
    make
        Returns the blocks of links inside one scope.
    uses_all_ports
        Whether every free port of a, and of b, gets a link.
    is_even
        Whether devices of one place are meant to get equally many links.
    """

    spec: type[LinkSpec]
    joins: str
    links: str
    make: Callable[[Request], list[Block]]
    uses_all_ports: tuple[bool, bool] = (True, False)
    is_even: bool = False


@dataclass(frozen=True)
class Generator:
    """A sized generator of fabrics.

    Parameters
    ----------
    spec
        Its keys in a file, its roles and its link groups.
    make
        Returns the plan of one plane.
    switches, links
        How many it makes, as formulas: N ends of p ports, switches of k ports.
    unlike_ports
        Whether its ends may bring unlike numbers of ports.
    ends_forward
        Whether traffic passes through its ends, even where none is linked to another.
    """

    spec: type[FabricSpec]
    make: Callable[[GeneratorRequest[Any]], Plan]
    switches: str
    links: str
    unlike_ports: bool = False
    ends_forward: bool = False
