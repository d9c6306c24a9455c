"""How thick and how heavy the cables between two racks are, tied into one bundle."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topogen.catalog.model import Part

FACTOR = Fraction(12, 10)
"""Diameter of a bundle over that of a circle as large as the squares of its cables: a rule of thumb."""
SIDE_BY_SIDE = 2
"""Up to this number, cables are as wide as their diameters together."""


@dataclass(frozen=True)
class BundleSize:
    """Diameter in whole mm, rounded up, and weight of a bundle.

    Cables of unknown diameter, and of unknown weight or length, are left out and counted.
    """

    cables: int
    diameter_mm: int
    without_diameter: int
    kg: Fraction
    without_weight: int


def bundle_size(parts: Mapping[str, Part], kinds: Iterable[tuple[str, str, int]]) -> BundleSize:
    """Return the size of a bundle of so many cables of each part and length in m, either maybe empty."""
    diameters: list[tuple[Fraction, int]] = []
    kilograms, total, light = Fraction(0), 0, 0
    for name, length, count in kinds:
        part = parts.get(name)
        total += count
        if part and part.diameter_mm:
            diameters.append((part.diameter_mm, count))
        if part and part.weight_kg_per_m and length:
            kilograms += count * part.weight_kg_per_m * Fraction(length)
        else:
            light += count
    known = sum(count for _, count in diameters)
    return BundleSize(total, bundle_diameter(diameters), total - known, kilograms, light)


def bundle_diameter(diameters: Sequence[tuple[Fraction, int]]) -> int:
    """Return the diameter of a bundle in whole mm, rounded up, given each diameter and its number of cables.

    One or two cables are as wide as their diameters together. More: 1.2 x the root of the sum of squares.

    >>> bundle_diameter([(Fraction(3), 2)]), bundle_diameter([(Fraction(3), 24)])  # 1.2 x 14.697 = 17.636
    (6, 18)
    """
    if sum(count for _, count in diameters) <= SIDE_BY_SIDE:
        wide = sum((diameter * count for diameter, count in diameters), Fraction(0))
        return -int(-wide // 1)
    square = FACTOR**2 * sum((diameter**2 * count for diameter, count in diameters), Fraction(0))
    least = -(-square // 1)
    return isqrt(int(least) - 1) + 1
