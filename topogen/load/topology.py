"""The root of a topology file: every link group and fabric is read by the spec of its pattern."""

from typing import Annotated

from pydantic import Field

from topogen.language.by_pattern import ByPattern
from topogen.language.fabric import FabricSpec
from topogen.language.fields import Name, Strict
from topogen.language.link import LinkSpec
from topogen.language.topology import TopologySpec
from topogen.wiring import GENERATORS, LINK_PATTERNS, generator, link_pattern


def _link_spec(pattern: str) -> type[Strict]:
    return link_pattern(pattern).spec


def _fabric_spec(pattern: str) -> type[Strict]:
    return generator(pattern).spec


LINKS = ByPattern(LinkSpec, LINK_PATTERNS, _link_spec)
FABRICS = ByPattern(FabricSpec, GENERATORS, _fabric_spec)


class Topology(TopologySpec):
    """A topology file with its includes, one scenario applied."""

    links: dict[Name, Annotated[LinkSpec, LINKS]] = Field(default_factory=dict)
    """link groups"""
    fabrics: dict[Name, Annotated[FabricSpec, FABRICS]] = Field(default_factory=dict)
    """fabrics that a generator sizes"""
