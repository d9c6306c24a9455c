"""How full and how heavy cables make a tray, with what is not known counted apart."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.catalog.model import Catalog

PI = Fraction(3_141_592_653_589_793_238, 10**18)
"""To 18 decimals: no fill in percent differs in the first 15."""


@dataclass(frozen=True)
class Load:
    """Cables side by side: the sum of their cross-sections, and their weight per metre.

    Both leave out cables of unknown diameter or weight, which are counted: the true values are higher.
    """

    cables: int
    area_mm2: Fraction
    without_diameter: int
    kg_per_m: Fraction
    without_weight: int

    def fill(self, area_mm2: int) -> Fraction:
        """Return the share of a cross-section that the cables of known diameter take."""
        return self.area_mm2 / area_mm2


def load_of(catalog: Catalog, parts: Sequence[str | None], cables: Sequence[int]) -> Load:
    """Return the load of so many cables of each part; round cables, each of pi / 4 x diameter^2."""
    squares, kilograms = Fraction(0), Fraction(0)
    thin = light = 0
    for name, count in zip(parts, cables, strict=True):
        part = catalog.parts[name] if name else None
        if part and part.diameter_mm:
            squares += count * part.diameter_mm**2
        else:
            thin += count
        if part and part.weight_kg_per_m:
            kilograms += count * part.weight_kg_per_m
        else:
            light += count
    return Load(sum(cables), PI / 4 * squares, thin, kilograms, light)
