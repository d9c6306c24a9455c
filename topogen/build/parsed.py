"""The validated input of a build: topology and catalog."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.catalog.model import Catalog
    from topogen.errors import Marks, Path, Problem
    from topogen.language.tables import Row
    from topogen.language.topology import TopologySpec


@dataclass(frozen=True)
class Parsed:
    """What a topology file says, exact and checked, and where each value of it stands."""

    spec: TopologySpec
    catalog: Catalog
    marks: Marks
    warnings: tuple[Problem, ...]
    scenario: str
    scenarios: tuple[str, ...]
    about: str = ""
    """What the file says of the scenario."""
    tables: Mapping[Path, tuple[Row, ...]] = field(default_factory=dict)
    """The rows of tables in files beside it, by the path of the key that names each."""
    phase: str = ""
    """The phase that it is the design after, where the file is built in phases."""
    keeps_ports: bool = True
    """Whether cables of the phase before keep their ports."""
    earlier: tuple[Parsed, ...] = ()
    """The designs after the phases before this one."""
