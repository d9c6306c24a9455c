"""What power costs: the price of energy, the overhead of the hall, and for how many years."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import scaled
from topogen.records import dataclass
from topogen.units import W_PER_KW

if TYPE_CHECKING:
    from topogen.units import Triple

HOURS_PER_YEAR = 8760
"""Hours of a year of 365 days."""


@dataclass(frozen=True)
class Tariff:
    """What power costs: US dollars per kWh, the PUE of the hall, and the years that are paid for."""

    usd_per_kwh: Fraction = Fraction(8, 100)
    pue: Fraction = Fraction(13, 10)
    years: int = 5

    def usd_per_year(self, watts: Triple) -> Triple:
        """Return the cost of drawing some watts for a year.

        >>> from topogen.units import Triple
        >>> Tariff(Fraction(1, 10), Fraction(1)).usd_per_year(Triple(None, Fraction(1000), None)).base
        Fraction(876, 1)
        """
        return scaled(watts, self.usd_per_kwh * self.pue * HOURS_PER_YEAR / W_PER_KW)
