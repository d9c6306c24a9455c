"""Energy at each boundary: what a bit costs at the engine, the laser, the module and the host, in watts.

Beside the power of the parts bought, never in it: a medium names the boundary of each figure, parts do not.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import scaled
from topogen.records import dataclass
from topogen.units import MBPS_PER_TBPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.model.fabric import Fabric, LinkGroup
    from topogen.units import Triple


@dataclass(frozen=True, slots=True)
class Energy:
    """What the ends of one medium draw in one network, inside one boundary."""

    network: str
    medium: str
    boundary: str
    pj_per_bit: Triple
    tbps_ends: Fraction
    """Rate of one direction times the ends in the model."""

    @property
    def power_w(self) -> Triple:
        """Return the watts: 1 pJ/bit at 1 Tb/s is 1 W."""
        return scaled(self.pj_per_bit, self.tbps_ends)


def energies(fabric: Fabric, groups: Iterable[LinkGroup] | None = None) -> tuple[Energy, ...]:
    """Return the energy of link groups (all) by network, medium and boundary.

    Ends are those in the model. A medium without a figure has no row: it is unknown, not zero.
    """
    traffic: dict[tuple[str, str], Fraction] = {}
    for group in fabric.links if groups is None else groups:
        ends = (group.media or ())[: 2 if group.has_b else 1]
        for medium in ends:
            key = (group.network, medium)
            rate = Fraction(group.rate, MBPS_PER_TBPS) * group.count
            traffic[key] = traffic.get(key, Fraction(0)) + rate
    return tuple(
        Energy(network, medium, boundary, pj_per_bit, tbps)
        for (network, medium), tbps in traffic.items()
        for boundary, pj_per_bit in fabric.catalog.media[medium].energy_pj_per_bit.items()
    )
