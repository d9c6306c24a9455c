"""Rails that never meet: whether the rails of a fabric or link group are networks of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.graph.contract import lowest_joined
from topogen.naming.rail_numbers import NOT, rail_of
from topogen.records import dataclass
from topogen.structure.domain import NoDomainError, domain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.selector import Selector
    from topogen.structure.domain import Domain


@dataclass(frozen=True)
class SeparateRails:
    """The rails of a fabric or link group, and the networks that they form: more than one.

    No path inside the model joins endpoints of two of these ``networks``.
    """

    name: str
    rails: int
    networks: int


def separate_rails(fabric: Fabric) -> tuple[SeparateRails, ...]:
    """Return the fabrics and link groups of the file whose rails do not all meet in their network."""
    found = []
    for name, network, selectors, level in _with_rails(fabric):
        try:
            links = domain(fabric, network)
        except NoDomainError:
            continue
        group = _group_of_rails(links, rail_of(fabric, selectors, level))
        networks = len(np.unique(group))
        if networks > len(group[:1]):
            found.append(SeparateRails(name, len(group), networks))
    return tuple(found)


def _with_rails(fabric: Fabric) -> Iterator[tuple[str, str, Sequence[Selector], str]]:
    """Yield what is built in rails: its name and network, the ends, and the level that numbers the rails."""
    for name, spec in fabric.spec.fabrics.items():
        if level := spec.levels().rails_by:
            yield name, spec.network, spec.ends, level
    for name, links in fabric.spec.links.items():
        ends = links.ends()
        if ends.rails_by:
            yield name, links.network, ends.a, ends.rails_by


def _group_of_rails(links: Domain, rail: Ints) -> Ints:
    """Return the group of each rail that has links; rails of one group meet over what forwards traffic."""
    node_rail = rail[links.nodes]
    forwards = links.forwards[links.nodes]
    a, b, _ = links.capacity
    both = forwards[a] & forwards[b]
    part = lowest_joined(len(links.nodes), a[both], b[both])
    near, far = np.concatenate([a, b]), np.concatenate([b, a])
    own = np.flatnonzero(forwards & (node_rail != NOT))
    at = (node_rail[near] != NOT) & forwards[far]
    ends, met = np.concatenate([near[at], own]), np.concatenate([part[far[at]], part[own]])
    rails, number = np.unique(node_rail[ends], return_inverse=True)
    _, place = np.unique(met, return_inverse=True)
    joined = lowest_joined(len(rails) + int(place.max(initial=-1)) + 1, number, len(rails) + place)
    return joined[: len(rails)]
