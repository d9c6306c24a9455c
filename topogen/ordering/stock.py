"""Spares that last for a lead time: failures are Poisson distributed."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from topogen.catalog.terms import MOST_WEEKS
from topogen.errors import InputError, Problem
from topogen.records import dataclass

if TYPE_CHECKING:
    from fractions import Fraction

HOURS_PER_FIT = 10**9
"""A FIT is one failure in so many device-hours."""
HOURS_PER_WEEK = 168
DIGITS = 60


@dataclass(frozen=True)
class Stock:
    """How many spares last: with a probability of ``service`` for as long as a new piece takes to arrive."""

    service: Fraction
    weeks: Fraction

    def pieces(self, fit: Fraction) -> int:
        """Return the least spares that cover the failures of a lead time, at a FIT of all elements."""
        return poisson_quantile(fit * self.weeks * HOURS_PER_WEEK / HOURS_PER_FIT, self.service)


def stock_for(service: Fraction, weeks: Fraction) -> Stock:
    """Return how long spares are to last, and how surely.

    Raises
    ------
    InputError
        E670 for a service level that is not between 0 and 1, or a lead time above ten years.
    """
    if not 0 < service < 1:
        message = f"a service level of {float(service):g} is not between 0 and 1"
        raise InputError([Problem("E670", message, hint="write it as a share, such as 0.99")])
    if not 0 < weeks <= MOST_WEEKS:
        message = f"a lead time of {float(weeks):g} weeks is not above 0 and at most {MOST_WEEKS}"
        raise InputError([Problem("E670", message, hint="write it in weeks, such as 12")])
    return Stock(service, weeks)


def poisson_quantile(mean: Fraction, share: Fraction) -> int:
    """Return the least number that a Poisson variable stays at or below with a probability of ``share``.

    Summed in decimals of 60 digits.

    >>> from fractions import Fraction
    >>> [poisson_quantile(Fraction(2), Fraction(level, 100)) for level in (10, 50, 95, 99)]
    [0, 2, 5, 6]
    """
    with localcontext(prec=DIGITS):
        rate = Decimal(mean.numerator) / Decimal(mean.denominator)
        wanted = Decimal(share.numerator) / Decimal(share.denominator)
        term = below = (-rate).exp()
        number = 0
        while below < wanted:
            number += 1
            term = term * rate / number
            below += term
    return number
