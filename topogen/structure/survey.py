"""All structure results of a fabric, per network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.memory import needing
from topogen.records import dataclass
from topogen.structure.bisection import Cut, bisection, cuts, spectral_bound
from topogen.structure.connectivity import Connectivity, connectivity
from topogen.structure.disjoint_paths import DisjointPaths, disjoint_paths
from topogen.structure.domain import domain, names
from topogen.structure.hops import Hops, hops
from topogen.structure.latency import Latency, latency
from topogen.structure.light import LaserRow, LossRow, laser_rows, loss_rows
from topogen.structure.rails import Rule, check_rails
from topogen.structure.separate_rails import SeparateRails, separate_rails
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from topogen.model.fabric import Fabric
    from topogen.structure.domain import Domain

BYTES_PER_LINK = 340
"""Memory that the checks of a link take, measured on 2.6 million links."""


@dataclass(frozen=True)
class Structure:
    """Connectivity, hops, cuts and paths of each fabric and network, rules that fabrics keep, and light."""

    connectivity: tuple[Connectivity, ...]
    hops: tuple[Hops, ...]
    cuts: tuple[Cut, ...]
    paths: tuple[DisjointPaths, ...]
    rules: tuple[Rule, ...]
    separate_rails: tuple[SeparateRails, ...]
    losses: tuple[LossRow, ...]
    lasers: tuple[LaserRow, ...]
    latencies: tuple[Latency, ...]


def survey(fabric: Fabric, times: tuple[Fraction, Fraction] | None = None) -> Structure:
    """Return the structure of a fabric, with latencies where ``times`` gives ns a switch and ns a metre."""
    what = f"checking the structure of {format_count(fabric.n_links)} links"
    with needing(what, BYTES_PER_LINK * fabric.n_links):
        return _survey(fabric, times)


def _survey(fabric: Fabric, times: tuple[Fraction, Fraction] | None) -> Structure:
    domains = [domain(fabric, name) for name in names(fabric)]
    paths = (disjoint_paths(one) for one in domains)
    waits = (latency(fabric, one, *times) for one in domains if times)
    return Structure(
        connectivity=tuple(connectivity(one) for one in domains),
        hops=tuple(hops(one) for one in domains),
        cuts=tuple(cut for one in domains for cut in _cuts(fabric, one)),
        paths=tuple(path for path in paths if path),
        rules=check_rails(fabric),
        separate_rails=separate_rails(fabric),
        losses=loss_rows(fabric),
        lasers=laser_rows(fabric),
        latencies=tuple(wait for wait in waits if wait),
    )


def _cuts(fabric: Fabric, one: Domain) -> Iterator[Cut]:
    """Yield the exact bisection, if known, then cuts by place; without it a bound where no cut is 0."""
    exact = bisection(fabric, one)
    if exact:
        yield exact
    found = cuts(fabric, one)
    yield from found
    bound = spectral_bound(one) if not exact and all(cut.bandwidth for cut in found) else None
    if bound:
        yield bound
