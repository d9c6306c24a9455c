"""All structure results of a fabric, per network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    from collections.abc import Callable, Collection, Iterable, Iterator
    from fractions import Fraction

    from topogen.model.fabric import Fabric
    from topogen.structure.domain import Domain

BYTES_PER_LINK = 200
"""Memory that the checks take for each link, at most: 165 measured at a million links, 111 at 25 million."""

PARTS = ("connectivity", "hops", "bisection", "paths", "latency", "rails", "light")
"""The parts of the structure, each of which can be asked alone."""


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
    parts: tuple[str, ...] = PARTS


def survey(
    fabric: Fabric,
    times: tuple[Fraction, Fraction] | None = None,
    parts: Collection[str] = PARTS,
    tell: Callable[[str], None] = lambda _: None,
) -> Structure:
    """Return the structure of a fabric, with latencies where ``times`` gives ns a switch and ns a metre.

    Of the ``parts`` that are not asked nothing is computed. ``tell`` is called with what is next.
    """
    what = f"checking the structure of {format_count(fabric.n_links)} links"
    with needing(what, BYTES_PER_LINK * fabric.n_links):
        return _survey(fabric, times, parts, tell)


def _survey(
    fabric: Fabric,
    times: tuple[Fraction, Fraction] | None,
    parts: Collection[str],
    tell: Callable[[str], None],
) -> Structure:
    ways: dict[str, Callable[[Domain], Iterable[object]]] = {
        "connectivity": lambda one: (connectivity(one),),
        "hops": lambda one: (hops(one),),
        "bisection": lambda one: _cuts(fabric, one),
        "paths": lambda one: (disjoint_paths(one),),
        "latency": lambda one: (latency(fabric, one, *times),) if times else (),
    }
    found: dict[str, list[Any]] = {part: [] for part in ways}
    for name in names(fabric) if set(parts) & set(ways) else ():
        one = domain(fabric, name)  # one after another: the links of a network take most of the memory
        for part in (part for part in ways if part in parts):
            tell(f"{part} of {name}")
            found[part] += [row for row in ways[part](one) if row]
    tell("rails and light")
    rails, light = "rails" in parts, "light" in parts
    return Structure(
        connectivity=tuple(found["connectivity"]),
        hops=tuple(found["hops"]),
        cuts=tuple(found["bisection"]),
        paths=tuple(found["paths"]),
        rules=check_rails(fabric) if rails else (),
        separate_rails=separate_rails(fabric) if rails else (),
        losses=loss_rows(fabric) if light else (),
        lasers=laser_rows(fabric) if light else (),
        latencies=tuple(found["latency"]),
        parts=tuple(part for part in PARTS if part in parts),
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
