"""Dies per wafer: gross dies, good dies, and the yield implied by a claim.

Dies are square. Roots, logarithms and pi are decimals of 50 digits: no floats here.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from topogen.records import dataclass
from topogen.units import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog.model import Die

PI = Fraction("3.14159265358979323846264338327950288419716939937511")
DIGITS = 50
MM2_PER_CM2 = 100


@dataclass(frozen=True, slots=True)
class GrossDies:
    """The gross dies per wafer, good and bad, and how they are counted."""

    dies: Fraction
    how: str


@dataclass(frozen=True, slots=True)
class ImpliedYield:
    """The yield implied by a number of good dies, and the defect density behind it (Poisson)."""

    gross: GrossDies
    yield_share: Fraction
    defects_per_cm2: Fraction


def gross_readings(die: Die) -> Iterator[GrossDies]:
    """Yield the gross dies per wafer, counted in each way its figures allow; prices use the first.

    Whole dies of area A on the disc of diameter d inside the edge: pi d^2 / 4A - pi d / sqrt(2A), rounded
    down. By area, if a usable area is stated: that area over A, with no loss at the edge. ``scribe_mm`` is
    added to each side of a die.

    >>> from topogen.catalog.model import Die
    >>> die = Die(Fraction(50), "w", None, Fraction(200), Fraction(3), Fraction(31_000), None)
    >>> [str(one.dies) for one in gross_readings(die)]
    ['530', '620']
    """
    if die.area_mm2 is None:
        return
    pitch = _pitch_mm2(die.area_mm2, die.scribe_mm)
    if die.diameter_mm is not None and (die.edge_mm is not None or die.usable_mm2 is None):
        edge = die.edge_mm or Fraction(0)
        whole = floor(_whole_dies(die.diameter_mm - 2 * edge, pitch))
        yield GrossDies(Fraction(whole), f"whole dies with {format_decimal(edge)} mm edge exclusion")
    if die.usable_mm2 is not None:
        areas = f"{format_decimal(die.usable_mm2)} / {format_decimal(pitch, 2)} mm2"
        yield GrossDies(die.usable_mm2 / pitch, f"dies by area, {areas}")


def good_dies(die: Die) -> int | None:
    """Return the good dies per wafer, rounded down; None if too little is known.

    They are stated, or gross dies times a yield, which is stated or exp(-A D) for a defect density D.
    """
    if die.good_per_wafer is not None:
        return die.good_per_wafer
    gross, share = next(gross_readings(die), None), yield_share(die)
    return None if gross is None or share is None else floor(gross.dies * share)


def yield_share(die: Die) -> Fraction | None:
    """Return the yield, stated or from the defect density; None if only good dies are stated."""
    if die.yield_share is not None:
        return die.yield_share
    if die.defects_per_cm2 is None or die.area_mm2 is None:
        return None
    with localcontext(prec=DIGITS):
        return Fraction(_decimal(-die.area_mm2 / MM2_PER_CM2 * die.defects_per_cm2).exp())


def implied(die: Die) -> Iterator[ImpliedYield]:
    """Yield what the stated number of good dies implies, for each count of the gross dies."""
    if die.good_per_wafer is None or die.area_mm2 is None:
        return
    for gross in gross_readings(die):
        share = die.good_per_wafer / gross.dies
        with localcontext(prec=DIGITS):
            defects = -Fraction(_decimal(share).ln()) / (die.area_mm2 / MM2_PER_CM2)
        yield ImpliedYield(gross, share, defects)


def yield_facts(die: Die) -> Iterator[tuple[str, str]]:
    """Yield, as label and text, the yield of a die or the yield that its good dies imply."""
    for one in implied(die):
        defects = f"{format_decimal(one.defects_per_cm2, 2)} defects per cm2"
        yield "implied yield", f"{_percent(one.yield_share)} of {_dies(one.gross)}; {defects}"
    gross, share = next(gross_readings(die), None), yield_share(die)
    if gross is not None and share is not None:
        yield "yield", f"{_percent(share)} of {_dies(gross)}, rounded down to {good_dies(die)} good dies"


def _dies(gross: GrossDies) -> str:
    return f"{format_decimal(gross.dies, 1)} {gross.how}"


def _percent(share: Fraction) -> str:
    return f"{format_decimal(100 * share, 1)}%"


def what_does_not_fit(die: Die) -> tuple[str, str] | None:
    """Return message and hint if a die does not fit its wafer, else None."""
    disc = None if die.diameter_mm is None else PI * die.diameter_mm**2 / 4
    if disc is not None and die.usable_mm2 is not None and die.usable_mm2 > disc:
        whole = f"the {format_decimal(disc, 0)} mm2 of a {format_decimal(die.diameter_mm or disc)} mm wafer"
        return f"usable_mm2 {format_decimal(die.usable_mm2)} is more than {whole}", "lower usable_mm2"
    gross = [one.dies for one in gross_readings(die)]
    if gross and min(gross) < 1:
        return "no whole die fits on the wafer", "compare area_mm2 with diameter_mm, edge_mm and usable_mm2"
    good = good_dies(die)
    if gross and good is not None and good > max(gross):
        message = f"{good} good dies per wafer, but only {format_decimal(max(gross), 1)} dies fit on it"
        return message, "lower good_per_wafer, or correct area_mm2"
    if good == 0:
        return "no good die per wafer at this yield", "raise yield_pct or lower defects_per_cm2"
    return None


def _pitch_mm2(area_mm2: Fraction, scribe_mm: Fraction | None) -> Fraction:
    """Return the area of a square die with its scribe line."""
    if not scribe_mm:
        return area_mm2
    return (_root(area_mm2) + scribe_mm) ** 2


def _whole_dies(disc_mm: Fraction, area_mm2: Fraction) -> Fraction:
    if disc_mm <= 0:
        return Fraction(0)
    return PI * disc_mm**2 / (4 * area_mm2) - PI * disc_mm / _root(2 * area_mm2)


def _root(value: Fraction) -> Fraction:
    with localcontext(prec=DIGITS):
        return Fraction(_decimal(value).sqrt())


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
