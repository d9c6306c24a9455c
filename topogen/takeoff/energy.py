"""Energy per bit of each medium at each boundary, from the watts of its parts.

Boundaries nest: ``module`` is everything that the ends of a medium draw, lasers included, so all media
compare there; ``engine`` and ``laser`` are shares of it. The modules of all media add up to the power of the
interconnect. ``host``, the SerDes that drive the medium, is not a part: it is an estimate of the catalog.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import scaled
from topogen.records import dataclass
from topogen.takeoff.power import watts_of
from topogen.units import MBPS_PER_TBPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.catalog.model import Catalog, Medium
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.quantities import Quantity
    from topogen.units import Triple

LINES = {"engine": ("engine",), "els": ("laser",)}
"""Boundaries of recipe lines besides ``module``, which has them all."""
BOUNDARIES = ("engine", "laser", "module", "host")
PARTS, CATALOG = "parts", "catalog"


@dataclass(frozen=True, slots=True)
class Energy:
    """What the ends of one medium draw in one network, inside one boundary.

    ``origin`` is ``parts`` where the watts are those of the BOM, ``catalog`` where they are the pJ/bit of the
    medium. ``at_least`` tells whether the watts of some part are unknown.
    """

    network: str
    medium: str
    boundary: str
    pj_per_bit: Triple
    tbps_ends: Fraction
    """Rate of one direction times the ends in the model."""
    origin: str
    at_least: bool

    @property
    def power_w(self) -> Triple:
        """Return the watts: 1 pJ/bit at 1 Tb/s is 1 W."""
        return scaled(self.pj_per_bit, self.tbps_ends)


def energies(
    fabric: Fabric, quantities: Iterable[Quantity], groups: Iterable[LinkGroup] | None = None
) -> tuple[Energy, ...]:
    """Return the energy of link groups (all) by network, medium and boundary.

    Ends are those in the model. Groups share what their medium draws in a network by their traffic.
    """
    rows: dict[tuple[str, str], list[Quantity]] = {}
    for row in quantities:
        if row.cost_scope == "interconnect" and row.qty_active:
            rows.setdefault((row.network, row.medium), []).append(row)
    whole = _traffic(fabric.links)
    asked = whole if groups is None else _traffic(groups)
    found = []
    for key, tbps in asked.items():
        medium = fabric.catalog.media[key[1]]
        for boundary, pj_per_bit, origin, at_least in _boundaries(
            fabric.catalog, medium, rows.get(key, []), whole[key]
        ):
            found.append(Energy(*key, boundary, pj_per_bit, tbps, origin, at_least))
    return tuple(found)


def _traffic(groups: Iterable[LinkGroup]) -> dict[tuple[str, str], Fraction]:
    """Return the rate of one direction at all ends in the model in Tb/s, by network and medium."""
    traffic: dict[tuple[str, str], Fraction] = {}
    for group in groups:
        for medium in (group.media or ())[: 2 if group.has_b else 1]:
            key = (group.network, medium)
            rate = Fraction(group.rate, MBPS_PER_TBPS) * group.count
            traffic[key] = traffic.get(key, Fraction(0)) + rate
    return traffic


def _boundaries(
    catalog: Catalog, medium: Medium, quantities: Sequence[Quantity], tbps: Fraction
) -> Iterator[tuple[str, Triple, str, bool]]:
    """Yield boundary, pJ/bit, origin and whether it is a lower bound.

    The figure of the catalog stands in only where the watts of the parts are not known.
    """
    for boundary in BOUNDARIES:
        rows = [row for row in quantities if boundary in (*LINES.get(row.line, ()), "module")]
        known = [row for row in rows if row.part and catalog.parts[row.part].power_w is not None]
        at_least = len(known) < len(rows)
        stated = medium.energy_pj_per_bit.get(boundary)
        if known and not (at_least and stated):
            yield boundary, scaled(watts_of(catalog, known), 1 / tbps), PARTS, at_least
        elif stated:
            yield boundary, stated, CATALOG, False
