"""Connectivity: into how many parts the links of a network fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.graph.contract import lowest_joined
from topogen.records import dataclass
from topogen.structure.twins import twins

if TYPE_CHECKING:
    from topogen.structure.domain import Domain


@dataclass(frozen=True)
class Connectivity:
    """Devices that have a link, the parts that links join them into, and the devices of the largest part."""

    name: str
    devices: int
    ends: int
    parts: int
    largest: int


def connectivity(domain: Domain) -> Connectivity:
    """Return how many connected components a domain has; an end joins whatever it is linked to."""
    domain = domain.by_links or domain
    a, b, _ = domain.capacity
    first = twins(domain)
    alone = (first[a] == a) & (first[b] == b)
    lowest = lowest_joined(len(domain.nodes), a[alone], b[alone])[first]
    _, sizes = np.unique(lowest, return_counts=True)
    return Connectivity(
        domain.name, len(domain.nodes), len(domain.ends), len(sizes), int(sizes.max(initial=0))
    )
